"""The journey `administration`: roster, pairing, invitations, settings and people."""

from handlers import administration_by_hand as by_hand
from handlers import administration_drafts as dialogues
from handlers import administration_import as importing
from handlers import administration_invite as inviting
from handlers import administration_pairing as pairing
from handlers import administration_people as people
from handlers import administration_search as searching
from handlers import administration_settings as settings
from handlers.routes import ADMIN, Route, command, content, event, label, letter, pressed

ROUTES: tuple[Route, ...] = (
    pressed("administration.keep", dialogues.keep, ADMIN),
    pressed("administration.close", settings.close, ADMIN),
    # the roster
    label("words.button.import_roster", importing.begin, ADMIN),
    command("import", importing.begin, ADMIN),
    pressed("administration.import", importing.begin, ADMIN),
    pressed("administration.import_anew", importing.begin_anew, ADMIN),
    content(importing.JOURNEY, importing.receive, ADMIN),
    event("table", importing.receive_unasked, ADMIN, needs_consent=True),
    pressed("administration.import_done", importing.finish, ADMIN),  # draft
    letter("administration.roster_checked", importing.checked, ADMIN),
    pressed("administration.apply", importing.confirm, ADMIN),  # check
    pressed("administration.discard", importing.discard, ADMIN),  # check
    # pairing
    label("words.button.pairing", pairing.show, ADMIN),
    command("pair", pairing.show, ADMIN),
    pressed("administration.pairing", pairing.show, ADMIN),
    pressed("administration.pairing_page", pairing.page, ADMIN),  # page
    pressed("administration.pairing_yes", pairing.confirm, ADMIN),  # fingerprint of what was shown
    pressed("administration.household", by_hand.household, ADMIN),  # household
    pressed("administration.candidates", by_hand.candidates, ADMIN),  # household, page
    pressed("administration.pair", by_hand.ask_pair, ADMIN),  # household, cadre, present cadre or 0
    pressed("administration.pair_yes", by_hand.pair, ADMIN),  # the same
    pressed("administration.unpair", by_hand.ask_unpair, ADMIN),  # household, present cadre
    pressed("administration.unpair_yes", by_hand.unpair, ADMIN),  # the same
    # finding households and people
    pressed("administration.search", searching.begin, ADMIN),  # what is wanted
    pressed("administration.search_anew", searching.begin_anew, ADMIN),  # what is wanted
    content(searching.JOURNEY, searching.find, ADMIN),
    # invitations
    label("words.button.invite", inviting.begin, ADMIN),
    command("invite", inviting.begin, ADMIN),
    pressed("administration.invite", inviting.begin, ADMIN),
    pressed("administration.invite_role", inviting.choose_unit, ADMIN),  # role, page
    pressed("administration.invite_unit", inviting.choose_person, ADMIN),  # role, unit, page
    pressed("administration.invite_one", inviting.invite_one, ADMIN),  # person, role held
    pressed("administration.invite_all", inviting.invite_all, ADMIN),  # role, unit, offset
    pressed("administration.not_joined", inviting.list_not_joined, ADMIN),  # page
    # settings and people
    label("words.button.settings", settings.show, ADMIN),
    pressed("administration.settings", settings.back, ADMIN),
    pressed("administration.cards", settings.choose_cards, ADMIN),  # page
    pressed("administration.print_cards", settings.print_cards, ADMIN),  # unit
    pressed("administration.overseers", people.overseers, ADMIN),  # page
    pressed("administration.person", people.person, ADMIN),  # person
    pressed("administration.revoke", people.ask_revoke, ADMIN),  # person, role held
    pressed("administration.revoke_yes", people.revoke, ADMIN),  # person, role held
    pressed("administration.deactivate", people.ask_deactivate, ADMIN),  # person
    pressed("administration.deactivate_yes", people.deactivate, ADMIN),  # person
    pressed("administration.reactivate", people.reactivate, ADMIN),  # person
)
