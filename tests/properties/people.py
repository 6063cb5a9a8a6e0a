"""What people do: visits, problems, and whatever is written or tapped."""

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy import select

from models.visits import Visit, VisitCorrection
from tests.properties.course import CADRES, HEADS, MEMBERS, NEWCOMERS, OFFICIALS, chats, codes
from tests.properties.invariants import Invariants
from tests.properties.oracle import Oracle

CARDS = {"H001": "ACEFH773", "H002": "ACEFH774", "H003": "ACEFH776", "H004": "ACEFH777"}
SAYINGS = (
    *("/start", "/today", "/households", "/visit", "/diary", "/problems", "/progress", "/report", "/card", "/digest"),
    *("/find", "/ledger", "/mydata", "/pair", "/invite", "/leave", "/cancel", "/promises", "督办", "请干部联系我"),
    *("H00", "H003", "cc", "张", "查一下", "好的"),
)


class People(Invariants):
    @rule(chat=st.sampled_from(CADRES), code=codes)
    def logs_a_visit(self, chat: int, code: str) -> None:
        self._logs(chat, code)

    @rule(chat=st.sampled_from(CADRES), code=codes)
    def corrects_a_visit(self, chat: int, code: str) -> None:
        self._corrects(chat, code)

    def _logs(self, chat: int, code: str) -> None:
        tag = self._tag("访", chat, code)
        mine = self._sight(chat).own
        self._says(chat, "/cancel")
        self._says(chat, "记走访")
        picked = self._taps(chat, HEADS[code])
        self._says(chat, tag)
        done = self._taps(chat, "保存") and picked
        with self.world.database.reading() as session:
            logged = [visit for visit in session.scalars(select(Visit)) if tag in (visit.said or "")]
            assert len(logged) <= 1, "one message, one visit"
            for visit in logged:
                assert visit.cadre_id == Oracle(session).persons[chat]
        if done and self.ids[code] in mine and chat not in self.world.blocked:
            assert logged, f"{chat} saved a visit to {code}, and it is not there"

    def _corrects(self, chat: int, code: str) -> bool:
        """Whether a visit says something else now; what it said before must be kept with it.

        Where nothing could be logged it is an earlier visit that is corrected.
        """
        self._logs(chat, code)
        self.a_visit_changes_only_with_its_history()  # so that the first state is known
        with self.world.database.reading() as session:
            before = {visit.id: visit.said for visit in session.scalars(select(Visit))}
        if not self._taps(chat, "更正"):
            return False
        after = self._tag("访", chat, code)
        self._says(chat, after)
        self._taps(chat, "保存")
        with self.world.database.reading() as session:
            for visit in session.scalars(select(Visit)):
                if visit.said == after:
                    of_it = VisitCorrection.visit_id == visit.id
                    kept = session.scalars(select(VisitCorrection.said).where(of_it).order_by(VisitCorrection.id))
                    assert list(kept)[-1:] == [before[visit.id]], f"visit {visit.id} has lost what it said"
                    return True
        return False

    @rule(chat=st.sampled_from((*MEMBERS, *NEWCOMERS)), category=st.sampled_from(("饮水", "道路", "救助")))
    def reports_a_problem(self, chat: int, category: str) -> None:
        self._says(chat, "/cancel")
        self._says(chat, "/report")
        self._taps(chat, category)
        self._says(chat, self._tag("诉", chat, self._home(chat)))
        self._taps(chat, "提交")

    @rule(chat=st.sampled_from(OFFICIALS), act=st.sampled_from(("受理", "记进展", "办结", "更多")), code=codes)
    def works_a_problem(self, chat: int, act: str, code: str) -> None:
        self._says(chat, "/problems")
        self._taps(chat, "P-")
        if self._taps(chat, act):
            self._says(chat, self._tag("诉", chat, code))

    @rule(chat=st.sampled_from(MEMBERS), answer=st.sampled_from(("已解决", "没解决", "说不清", "撤回", "催办")))
    def answers_for_the_household(self, chat: int, answer: str) -> None:
        if not self._taps(chat, answer):
            self._says(chat, "/progress")
            self._taps(chat, "P-")
            self._taps(chat, answer)

    @rule(chat=chats, which=st.integers(0, 40))
    def taps_anything(self, chat: int, which: int) -> None:
        found = self.world.buttons(chat)
        if found:
            number, _, data = found[which % len(found)]
            self._arrives(self.world.presses(chat, number, data))

    @rule(chat=chats, words=st.sampled_from(SAYINGS))
    def says_anything(self, chat: int, words: str) -> None:
        self._says(chat, words)

    @rule(chat=st.sampled_from(NEWCOMERS), code=codes, cadre=st.sampled_from(CADRES))
    def joins_by_the_card(self, chat: int, code: str, cadre: int) -> None:
        self._says(chat, f"/start {CARDS[code]}")
        self._taps(chat, "同意")
        self._taps(cadre, "是")
