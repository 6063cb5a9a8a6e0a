"""Everything that people and operators can do is either recorded or not for a reason; what is new needs a decision.

What a route or command records is read from the source (`tests.reach`), so the lists below can't drift from the code.
"""

import ast

import pytest

from handlers import ROUTES
from handlers.routes import Route
from services.i18n import Language
from services.i18n.catalogue import read_catalogue
from tests.console import commands
from tests.reach import reachable, strings
from tests.source import dotted, modules

RECORDING = {"services.audit.recording.record", "services.audit.recording.record_each"}
WORDS = read_catalogue(Language.EN)
ACTS = frozenset(name.removeprefix("audit.act.") for name in WORDS if name.startswith("audit.act."))
PAIRS, ROLES = "pairing_begun pairing_ended", "role_granted role_revoked"

# Commands begin with a slash, what is typed in a dialogue with its kind.
RECORDED = {
    # reading
    "words.button.my_card": "card_read",
    "/card": "card_read",
    "cards.open": "card_read",
    "cards.show": "card_read",
    "cards.correct": "card_read",
    "cards.mute": "card_read",
    "cards.status": "card_read",
    "visits.media": "visit_media_read",
    "/diary": "diary_read",
    "households.diary": "diary_read",
    "problems.open": "problem_read",
    "problems.ends": "problem_read",
    "problems.accept": "problem_read",
    "problems.note_save": "problem_read",
    "problems.media": "problem_media_read",
    "/mydata": "mydata_read",
    # handing out
    "cards.print": "cards_exported",
    "administration.print_cards": "cards_exported",
    "ledger.download": "ledger_exported",
    "onboarding.download": "mydata_exported",
    # rights
    "/start": "account_linked invitation_used role_granted",
    "event:loose": "account_linked",
    "onboarding.join": "account_linked",
    "event:contact": "claim_linked",
    "onboarding.agree": "consent_agreed",
    "onboarding.decline": "consent_declined",
    "onboarding.decline_yes": "consent_declined",
    "onboarding.confirm": "claim_confirmed",
    "onboarding.refuse": "claim_refused",
    "onboarding.release_yes": "account_unlinked",
    "onboarding.unlink_yes": "member_unlinked",
    "content:renaming": "member_renamed",
    "content:correction": "correction_asked",
    "onboarding.corrected": "correction_decided",
    "content:explanation": "correction_decided",
    "onboarding.erase_yes": "erased",
    "administration.pairing_yes": PAIRS,
    "administration.pair_yes": PAIRS,
    "administration.unpair_yes": PAIRS,
    "administration.invite_one": "invitation_made",
    "administration.invite_all": "invitation_made",
    "administration.revoke_yes": "role_revoked",
    "administration.deactivate_yes": "official_deactivated role_revoked",
    "administration.reactivate": "official_reactivated",
    # changing
    "administration.apply": f"roster_applied {PAIRS} {ROLES}",
    "cards.take_off_yes": f"card_read household_taken_off {PAIRS}",
    "cards.put_back": "card_read household_put_back",
    "visits.apply": "visit_corrected",
}

NOT_RECORDED = {
    "it shows nobody's data": """
        /cancel /help /promises cancel event:unknown_command event:unknown_button event:group event:membership
        onboarding.show_notice onboarding.correction onboarding.erase onboarding.close onboarding.no_phone /language onboarding.language words.button.role
        onboarding.role onboarding.act_as words.button.settings administration.settings administration.keep
        administration.close administration.cards words.button.invite /invite administration.invite
        administration.invite_role administration.search administration.search_anew words.button.import_roster /import
        administration.import administration.import_anew administration.discard households.close visits.keep""",
    "it is about the own leave": """
        /leave onboarding.leave onboarding.leave_until onboarding.leave_yes onboarding.leave_end""",
    "a list: names, codes and states; what is opened from it is recorded": """
        words.button.my_households /households households.all households.page content:households words.button.today
        /today /problems words.button.problems problems.list words.button.digest /digest digest.open digest.section
        words.button.follow_up follow_up.open follow_up.section words.button.find /find content:find find.cadre
        onboarding.waiting visits.page content:administration administration.overseers administration.not_joined
        administration.invite_unit administration.candidates problems.assign""",
    "numbers of a unit, nobody's page": "words.button.ledger /ledger",
    "a form being filled in by whoever writes it; saved, it is a record with their name": """
        words.button.log_visit /visit visits.open visits.resume visits.restart visits.pick content:visits visits.method
        visits.condition visits.pane visits.day visits.solved visits.category visits.danger visits.clear visits.leave
        visits.correct /report words.button.report problems.report_for problems.report_anew problems.household
        problems.category problems.categories problems.toggle problems.resume content:problem_report problems.note
        problems.note_anew content:problem_note content:import event:table administration.import_done
        letter:administration.roster_checked""",
    "a record itself: who, when and what stand in it": """
        visits.save problems.submit problems.give problems.answer problems.proxy problems.proxied problems.still_fine
        problems.came_back problems.rate problems.urge problems.withdraw problems.withdraw_yes cards.call_back
        cards.contacted""",
    "asks an official for a sentence; the answer is recorded": "onboarding.explain",
    "names of a household's members, opened from its card, which is recorded": """
        onboarding.members onboarding.rename onboarding.unlink""",
    "a household's own": "/progress words.button.progress words.button.call_me_back",
    "name, post and roles of an official in the administrator's own units": """
        administration.person administration.revoke administration.deactivate onboarding.release""",
    "name and code of a household, with its cadre, in the administrator's own units": """
        administration.household administration.pair administration.unpair""",
    "name and code of a household, opened from its card, which is recorded": "cards.take_off",
    "a proposal, village by village; written, it is recorded": """
        words.button.pairing /pair administration.pairing administration.pairing_page""",
}

RECORDED_AT_THE_CONSOLE = {
    "import-roster": f"roster_applied {PAIRS} {ROLES}",
    "pair": PAIRS,
    "invite": "invitation_made",
    "cards": "cards_exported",
    "export": "ledger_exported",
    "backup": "backed_up",
    "erase": f"erased {PAIRS}",
    "unlink": "account_unlinked",
    "retention": "retention_swept erased",
    "letters show": "letter_read",
    "letters replay": "letter_replayed",
    "letters drop": "letter_dropped",
    "keys rotate": "keys_rotated",
    # those of an erased household, which an older backup brings back
    "restore": f"restored {PAIRS}",
    "migrate": PAIRS,
    "run": PAIRS,
    "tick": PAIRS,
}
NOT_RECORDED_AT_THE_CONSOLE = {
    "it shows nobody's data": "doctor, stats",
    "a sample town in a database of its own": "demo",
    "the audit itself: ids and codes": "audit verify, audit show",
    "numbers, codes and kinds of errors": "letters list",
}

# Where a page or a file of somebody's data is put together.
PERSONAL = {
    "services.cards.card_of",
    "services.card_printing.printed_cards",
    "services.supervision.ledger.export_sheets",
    "services.problem_page.words.page",
    "models.queries.problems.media",
    "models.queries.visits.attachments",
    "models.queries.visits.diary",
    "services.onboarding.my_data.my_data",
}


def called(route: Route) -> str:
    kind, name = route.key
    return {"command": f"/{name}", "button": name, "label": name}.get(kind, f"{kind}:{name}")


def recorded_by(function: str) -> set[str]:
    return {act for name in reachable(function) if RECORDING & reachable(name) for act in strings(name) & ACTS}


COMMANDS = {name: f"{act.__module__}.{act.__name__}" for name, act in commands().items()}
FUNCTIONS = {called(route): f"{route.act.__module__}.{route.act.__name__}" for route in ROUTES}
SILENT = [name for names in NOT_RECORDED.values() for name in names.split()]
SILENT_AT_THE_CONSOLE = [name for names in NOT_RECORDED_AT_THE_CONSOLE.values() for name in names.split(", ")]


def test_every_route_is_decided_upon_once() -> None:
    assert sorted([*RECORDED, *SILENT]) == sorted(FUNCTIONS)


def test_every_command_is_decided_upon_once() -> None:
    assert sorted([*RECORDED_AT_THE_CONSOLE, *SILENT_AT_THE_CONSOLE]) == sorted(COMMANDS)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_route_records_what_was_decided(name: str) -> None:
    assert recorded_by(FUNCTIONS[name]) == set(RECORDED.get(name, "").split())


@pytest.mark.parametrize("name", sorted(COMMANDS.keys() - {"demo"}))
def test_a_command_records_what_was_decided(name: str) -> None:
    assert recorded_by(COMMANDS[name]) == set(RECORDED_AT_THE_CONSOLE.get(name, "").split())


def test_nobodys_page_or_file_is_made_without_a_record() -> None:
    pages = {page for name in RECORDED for page in reachable(FUNCTIONS[name]) & PERSONAL}
    assert pages == PERSONAL, "each of them is still what some route comes to"
    silent = {name: FUNCTIONS[name] for name in SILENT}
    silent |= {name: COMMANDS[name] for name in SILENT_AT_THE_CONSOLE if name != "demo"}
    assert {name: found for name, one in silent.items() if (found := reachable(one) & PERSONAL)} == {}


def test_every_act_and_object_that_is_recorded_has_words() -> None:
    said = {
        f"audit.{kind}.{argument.value}"
        for module in modules("bot", "handlers", "services")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and dotted(node.func) in {"audit.record", "audit.record_each"}
        for kind, argument in zip(("act", "about"), node.args[3:5], strict=False)
        if isinstance(argument, ast.Constant)
    }
    assert len(said) > 30
    assert sorted(said - WORDS.keys()) == []
