"""Who may do what to whose: every route of the bot, read as a table; see `test_matrix.py` for how it is proved.

A line is `route | what it takes | open dialogue | verdicts`. A verdict is two letters, for an own and for a foreign
object; one letter where the route takes none (or for a stranger, who owns nothing):

A  done                          a  answered, without doing or telling anything
X  not theirs to do at all       N  “not there”, in the same words whether it isn't there or isn't theirs
K  refused with the reason       ~  what they send goes another way and never gets here

What it takes are the kinds of `tests.access.places`, "draft" the open dialogue, and after `=` a word as it stands.
Own and foreign are those of `tests.access.actors`; the foreign dialogue is that of the cadre there, for content the
person's own that was begun when the household was still theirs.
"""

from dataclasses import dataclass

from handlers.routes import Key
from tests.access.actors import ACTORS


@dataclass(frozen=True)
class Entry:
    key: Key
    takes: tuple[str, ...]
    dialogue: str
    verdicts: dict[str, str]


def _entries(table: str) -> list[Entry]:
    return [_entry(line) for line in table.splitlines() if line and not line.startswith("#")]


def _entry(line: str) -> Entry:
    route, takes, dialogue, verdicts = (part.strip() for part in line.split("|"))
    kind, _, name = route.partition(" ")
    return Entry((kind, name), tuple(takes.split()), dialogue, dict(zip(ACTORS, verdicts.split(), strict=True)))


MATRIX = _entries(
    """
# stranger, pending, household, other household, cadre, other cadre, supervisor elsewhere, supervisor, administrator
command cancel                       |                                   |                   | a  A  A  A  A  A  A  A  A
command help                         |                                   |                   | a  A  A  A  A  A  A  A  A
command promises                     |                                   |                   | X  A  A  A  A  A  A  A  A
button cancel                        |                                   |                   | X  A  A  A  A  A  A  A  A
event unknown_command                |                                   |                   | X  A  A  A  A  A  A  A  A
event unknown_button                 |                                   |                   | N  N  N  N  N  N  N  N  N
event group                          |                                   |                   | a  A  A  A  A  A  A  A  A
command start                        |                                   |                   | a  A  A  A  A  A  A  A  A
event loose                          |                                   |                   | X  A  A  A  A  A  A  A  A
event membership                     |                                   |                   | a  A  A  A  A  A  A  A  A
event contact                        | phone                             |                   | X  Aa Aa Aa Aa Aa Aa Aa Aa
button onboarding.agree              | notice                            |                   | X  Aa Aa Aa Aa Aa Aa Aa Aa
button onboarding.decline            | notice                            |                   | a  NN NN NN NN NN NN NN NN
button onboarding.decline_yes        | notice                            |                   | a  NN NN NN NN NN NN NN NN
button onboarding.show_notice        |                                   |                   | X  A  A  A  A  A  A  A  A
button onboarding.join               | card                              |                   | X  XX XX XX AA AA AA AA AA
button onboarding.close              |                                   |                   | X  A  A  A  A  A  A  A  A
button onboarding.no_phone           |                                   |                   | X  A  A  A  X  X  X  X  X
button onboarding.waiting            |                                   |                   | X  X  X  X  A  A  A  A  A
button onboarding.confirm            | claim                             |                   | X  XX XX XX AN AN AN AN NN
button onboarding.refuse             | claim                             |                   | X  XX XX XX AN AN AN AN NN
button onboarding.release            | cadre cadre_account               |                   | X  XX XX XX XX XX XX XX AN
button onboarding.release_yes        | cadre cadre_account               |                   | X  XX XX XX XX XX XX XX AN
button onboarding.members            | household                         |                   | X  XX XX XX AN AN AN AN AN
button onboarding.rename             | membership                        |                   | X  XX XX XX AN AN AN AN AN
content renaming                     |                                   | renaming          | ~  ~~ ~~ ~~ AN AN AN AN AN
button onboarding.unlink             | membership                        |                   | X  XX XX XX AN AN AN AN AN
button onboarding.unlink_yes         | membership                        |                   | X  XX XX XX AN AN AN AN AN
command language                     |                                   |                   | X  A  A  A  A  A  A  A  A
button onboarding.language           | =en                               |                   | X  A  A  A  A  A  A  A  A
label words.button.role              |                                   |                   | X  A  A  A  A  A  A  A  A
button onboarding.role               |                                   |                   | X  A  A  A  A  A  A  A  A
button onboarding.act_as             | =supervisor                       |                   | X  N  N  N  N  N  A  A  N
command mydata                       |                                   |                   | a  A  A  A  A  A  A  A  A
button onboarding.download           |                                   |                   | a  A  A  A  A  A  A  A  A
button onboarding.correction         |                                   |                   | X  A  A  A  A  A  A  A  A
content correction                   |                                   | correction        | ~  A  A  A  A  A  A  A  A
button onboarding.corrected          | correction                        |                   | X  XX XX XX AN AN AN AN AN
button onboarding.explain            | correction                        |                   | X  XX XX XX AN AN AN AN AN
content explanation                  |                                   | explanation       | ~  ~~ ~~ ~~ AN AN AN AN AN
button onboarding.erase              |                                   |                   | a  A  A  A  K  K  K  K  K
button onboarding.erase_yes          |                                   |                   | a  A  A  A  K  K  K  K  K
command leave                        |                                   |                   | X  X  X  X  A  A  X  X  X
button onboarding.leave              |                                   |                   | X  X  X  X  A  A  X  X  X
button onboarding.leave_until        | =20260305                         |                   | X  X  X  X  A  A  X  X  X
button onboarding.leave_yes          | =20260305                         |                   | X  X  X  X  A  A  X  X  X
button onboarding.leave_end          |                                   |                   | X  X  X  X  A  A  X  X  X
label words.button.log_visit         |                                   |                   | X  X  X  X  A  A  X  X  X
command visit                        |                                   |                   | X  X  X  X  A  A  X  X  X
button visits.open                   | household                         |                   | X  XX XX XX AN AN XX XX XX
button visits.resume                 | draft                             | visits            | X  XX XX XX AN AN XX XX XX
button visits.restart                | draft household                   | visits            | X  XX XX XX AN AN XX XX XX
button visits.keep                   |                                   |                   | X  X  X  X  A  A  X  X  X
button visits.page                   | draft =0                          | visits            | X  XX XX XX AN AN XX XX XX
button visits.pick                   | draft household                   | visits            | X  XX XX XX AN AN XX XX XX
content visits                       |                                   | visits            | ~  ~~ ~~ ~~ AN AN ~~ ~~ ~~
button visits.method                 | draft =phone                      | visits            | X  XX XX XX AN AN XX XX XX
button visits.condition              | draft =steady                     | visits            | X  XX XX XX AN AN XX XX XX
button visits.pane                   | draft =more                       | visits            | X  XX XX XX AN AN XX XX XX
button visits.day                    | draft =20260301                   | visits            | X  XX XX XX AN AN XX XX XX
button visits.solved                 | draft                             | visits            | X  XX XX XX AN AN XX XX XX
button visits.category               | draft =water                      | visits            | X  XX XX XX AN AN XX XX XX
button visits.danger                 | draft                             | visits            | X  XX XX XX AN AN XX XX XX
button visits.clear                  | draft                             | visits            | X  XX XX XX AN AN XX XX XX
button visits.save                   | draft                             | visits            | X  XX XX XX AN AN XX XX XX
button visits.leave                  | draft                             | visits            | X  XX XX XX AN AN XX XX XX
button visits.correct                | visit                             |                   | X  XX XX XX AN AN XX XX XX
button visits.apply                  | draft visit                       | visits.correction | X  XX XX XX AN AN XX XX XX
button visits.media                  | visit =0                          |                   | X  XX XX XX AN AN AN AN AN
label words.button.my_households     |                                   |                   | X  X  X  X  A  A  X  X  X
command households                   |                                   |                   | X  X  X  X  A  A  X  X  X
button households.all                |                                   |                   | X  X  X  X  A  A  X  X  X
button households.page               | =0                                |                   | X  X  X  X  A  A  X  X  X
button households.close              |                                   |                   | X  X  X  X  A  A  X  X  X
content households                   |                                   | households        | ~  ~  ~  ~  A  A  ~  ~  ~
label words.button.today             |                                   |                   | X  X  X  X  A  A  X  X  X
command today                        |                                   |                   | X  X  X  X  A  A  X  X  X
command diary                        |                                   |                   | X  X  X  X  A  A  X  X  X
button households.diary              | =0                                |                   | X  X  X  X  A  A  X  X  X
command problems                     |                                   |                   | X  X  X  X  A  A  A  A  X
label words.button.problems          |                                   |                   | X  X  X  X  A  A  A  A  X
command progress                     |                                   |                   | X  A  A  A  X  X  X  X  X
label words.button.progress          |                                   |                   | X  A  A  A  X  X  X  X  X
button problems.list                 | =mine =0                          |                   | X  A  A  A  A  A  A  A  X
button problems.open                 | problem.in_progress               |                   | X  NN AN AN AN AN AN AN XX
button problems.media                | problem.in_progress =0            |                   | X  NN AN AN AN AN AN AN XX
button problems.assign               | problem.in_progress =0            |                   | X  XX XX XX XX XX AN AN XX
button problems.give                 | problem.in_progress newcomer      |                   | X  XX XX XX XX XX AN AN XX
command report                       |                                   |                   | X  A  A  A  A  A  A  A  X
label words.button.report            |                                   |                   | X  A  A  A  X  X  X  X  X
button problems.report_for           | household                         |                   | X  AN AN AN AN AN AN AN XX
button problems.report_anew          | household                         |                   | X  AN AN AN AN AN AN AN XX
button problems.household            | draft household                   | problem_report    | X  AN AN AN AN AN AN AN XX
button problems.category             | draft =water                      | problem_report    | X  AN AN AN AN AN AN AN XX
button problems.categories           | draft =all                        | problem_report    | X  AN AN AN AN AN AN AN XX
button problems.toggle               | draft =confidential               | problem_report    | X  AN AN AN AN AN AN AN XX
button problems.submit               | draft                             | problem_report    | X  AN AN AN AN AN AN AN XX
button problems.resume               |                                   | problem_report    | X  A  A  A  A  A  A  A  X
content problem_report               |                                   | problem_report    | ~  AN AN AN AN AN AN AN ~~
button problems.accept               | problem.reported                  |                   | X  XX XX XX AN AN KN KN XX
button problems.ends                 | problem.in_progress               |                   | X  XX XX XX AN AN KN KN XX
button problems.note                 | problem.in_progress =progress     |                   | X  NN KN KN AN AN KN KN XX
button problems.note_anew            | problem.in_progress =material     |                   | X  NN AN AN KN KN KN KN XX
button problems.note_save            | draft                             | problem_note      | X  NN AN AN AN AN KN KN XX
content problem_note                 |                                   | problem_note      | ~  AA AA AA AA AA AA AA ~~
button problems.answer               | problem.done =partly finished.done |                   | X  NN AN AN XX XX XX XX XX
button problems.proxy                | problem.done                      |                   | X  XX XX XX XX XX AN AN XX
button problems.proxied              | problem.done =partly finished.done |                   | X  XX XX XX XX XX AN AN XX
button problems.still_fine           | problem.confirmed finished.confirmed |                   | X  NN AN AN XX XX XX XX XX
button problems.came_back            | problem.confirmed finished.confirmed |                   | X  NN AN AN XX XX XX XX XX
button problems.rate                 | problem.confirmed =satisfied      |                   | X  NN AN AN XX XX XX XX XX
button problems.urge                 | problem.in_progress               |                   | X  NN AN AN XX XX XX XX XX
button problems.withdraw             | problem.in_progress               |                   | X  NN AN AN XX XX XX XX XX
button problems.withdraw_yes         | problem.in_progress               |                   | X  NN AN AN XX XX XX XX XX
label words.button.my_card           |                                   |                   | X  A  A  A  X  X  X  X  X
command card                         |                                   |                   | X  A  A  A  A  A  A  A  A
button cards.open                    | household                         |                   | X  AN AN AN AN AN AN AN AN
button cards.show                    | household                         |                   | X  XX XX XX AN AN AN AN AN
button cards.correct                 | household                         |                   | X  XX XX XX AN AN AN AN AN
button cards.mute                    | household =7                      |                   | X  XX XX XX AN AN AN AN AN
button cards.status                  | household =away                   |                   | X  XX XX XX AN AN AN AN AN
button cards.take_off                | household =moved                  |                   | X  XX XX XX XX XX AN AN AN
button cards.take_off_yes            | household =closed                 |                   | X  XX XX XX XX XX AN AN AN
button cards.put_back                | household                         |                   | X  XX XX XX XX XX AN AN AN
button cards.print                   | household                         |                   | X  XX XX XX AN AN AN AN AN
label words.button.call_me_back      |                                   |                   | X  A  A  A  X  X  X  X  X
button cards.call_back               | household                         |                   | X  AN AN AN XX XX XX XX XX
button cards.contacted               | household asked_at                |                   | X  XX XX XX AN AN NN NN XX
label words.button.digest            |                                   |                   | X  X  X  X  X  X  A  A  X
command digest                       |                                   |                   | X  X  X  X  X  X  A  A  X
button digest.open                   | digest                            |                   | X  XX XX XX XX XX AN AN XX
button digest.section                | digest =overdue =0                |                   | X  XX XX XX XX XX AN AN XX
label words.button.follow_up         |                                   |                   | X  X  X  X  X  X  A  A  X
button follow_up.open                |                                   |                   | X  X  X  X  X  X  A  A  X
button follow_up.section             | =past_due =0                      |                   | X  X  X  X  X  X  A  A  X
label words.button.ledger            |                                   |                   | X  X  X  X  X  X  A  A  X
command ledger                       |                                   |                   | X  X  X  X  X  X  A  A  X
button ledger.download               | unit                              |                   | X  XX XX XX XX XX AN AN XX
label words.button.find              |                                   |                   | X  X  X  X  X  X  A  A  X
command find                         |                                   |                   | X  X  X  X  X  X  A  A  X
content find                         |                                   | find              | ~  ~  ~  ~  ~  ~  A  A  ~
button find.cadre                    | cadre =0                          |                   | X  XX XX XX XX XX AN AN XX
button administration.keep           |                                   |                   | X  X  X  X  X  X  X  X  A
button administration.close          |                                   |                   | X  X  X  X  X  X  X  X  A
label words.button.import_roster     |                                   |                   | X  X  X  X  X  X  X  X  A
command import                       |                                   |                   | X  X  X  X  X  X  X  X  A
button administration.import         |                                   |                   | X  X  X  X  X  X  X  X  A
button administration.import_anew    |                                   |                   | X  X  X  X  X  X  X  X  A
content import                       |                                   | import            | ~  ~  ~  ~  ~  ~  ~  ~  A
event table                          |                                   |                   | ~  ~  ~  ~  ~  ~  ~  ~  A
button administration.import_done    | draft                             | import            | X  XX XX XX XX XX XX XX AN
letter administration.roster_checked |                                   |                   | X  X  X  X  X  X  X  X  A
button administration.apply          | check                             |                   | X  XX XX XX XX XX XX XX AN
button administration.discard        | check                             |                   | X  XX XX XX XX XX XX XX Aa
label words.button.pairing           |                                   |                   | X  X  X  X  X  X  X  X  A
command pair                         |                                   |                   | X  X  X  X  X  X  X  X  A
button administration.pairing        |                                   |                   | X  X  X  X  X  X  X  X  A
button administration.pairing_page   | =0                                |                   | X  X  X  X  X  X  X  X  A
button administration.pairing_yes    | =fingerprint                      |                   | X  X  X  X  X  X  X  X  K
button administration.household      | household                         |                   | X  XX XX XX XX XX XX XX AN
button administration.candidates     | household =0                      |                   | X  XX XX XX XX XX XX XX AN
button administration.pair           | household newcomer cadre          |                   | X  XX XX XX XX XX XX XX AN
button administration.pair_yes       | household newcomer cadre          |                   | X  XX XX XX XX XX XX XX AN
button administration.unpair         | household cadre                   |                   | X  XX XX XX XX XX XX XX AN
button administration.unpair_yes     | household cadre                   |                   | X  XX XX XX XX XX XX XX AN
button administration.search         | =household                        |                   | X  X  X  X  X  X  X  X  A
button administration.search_anew    | =household                        |                   | X  X  X  X  X  X  X  X  A
content administration               |                                   | administration    | ~  ~  ~  ~  ~  ~  ~  ~  A
label words.button.invite            |                                   |                   | X  X  X  X  X  X  X  X  A
command invite                       |                                   |                   | X  X  X  X  X  X  X  X  A
button administration.invite         |                                   |                   | X  X  X  X  X  X  X  X  A
button administration.invite_role    | =cadre =0                         |                   | X  X  X  X  X  X  X  X  A
button administration.invite_unit    | =cadre village =0                 |                   | X  XX XX XX XX XX XX XX Aa
button administration.invite_one     | newcomer newcomer_grant           |                   | X  XX XX XX XX XX XX XX AN
button administration.invite_all     | =cadre village =0                 |                   | X  XX XX XX XX XX XX XX Aa
button administration.not_joined     | =0                                |                   | X  X  X  X  X  X  X  X  A
label words.button.settings          |                                   |                   | X  X  X  X  X  X  X  X  A
button administration.settings       |                                   |                   | X  X  X  X  X  X  X  X  A
button administration.cards          | =0                                |                   | X  X  X  X  X  X  X  X  A
button administration.print_cards    | unit                              |                   | X  XX XX XX XX XX XX XX AN
button administration.overseers      | =0                                |                   | X  X  X  X  X  X  X  X  A
button administration.person         | cadre                             |                   | X  XX XX XX XX XX XX XX AN
button administration.revoke         | newcomer newcomer_grant           |                   | X  XX XX XX XX XX XX XX AN
button administration.revoke_yes     | newcomer newcomer_grant           |                   | X  XX XX XX XX XX XX XX AN
button administration.deactivate     | newcomer                          |                   | X  XX XX XX XX XX XX XX AN
button administration.deactivate_yes | newcomer                          |                   | X  XX XX XX XX XX XX XX AN
button administration.reactivate     | newcomer                          |                   | X  XX XX XX XX XX XX XX AN
"""
)
