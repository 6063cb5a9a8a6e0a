"""What the post and the machine do: updates that come again or in disorder, kills and restarts, blocks, and time."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.properties.course import CADRES, Course, chats
from tests.properties.people import SAYINGS


class Post(Course):
    @rule(which=st.integers(0, 10_000), again=st.integers(1, 3))
    def an_update_comes_again(self, which: int, again: int) -> None:
        if found := self.world.may_come_again():
            self._arrives(*[found[which % len(found)]] * again)

    @rule(senders=st.lists(st.tuples(chats, st.sampled_from(SAYINGS)), min_size=2, max_size=6), order=st.randoms())
    def many_write_at_once(self, senders: list[tuple[int, str]], order: Any) -> None:
        updates = [self.world.says(chat, words) for chat, words in senders]
        order.shuffle(updates)
        self._arrives(*updates)

    @rule(points=st.integers(0, 9), chat=chats, words=st.sampled_from(SAYINGS))
    def the_process_is_killed_over_it(self, points: int, chat: int, words: str) -> None:
        self._arrives(self.world.says(chat, words), killed_after=points)

    @rule(points=st.integers(0, 9), chat=st.sampled_from(CADRES), which=st.integers(0, 40))
    def the_process_is_killed_over_a_tap(self, points: int, chat: int, which: int) -> None:
        found = self.world.buttons(chat)
        if found:
            number, _, data = found[which % len(found)]
            self._arrives(self.world.presses(chat, number, data), killed_after=points)

    @rule()
    def the_process_is_restarted(self) -> None:
        self.world.restart()

    @rule(chat=chats, notices=st.booleans())
    def blocks_the_bot(self, chat: int, notices: bool) -> None:
        self.world.blocked.add(chat)
        if notices:  # else the bot finds out when it writes next
            self._arrives(self.world.lets_in(chat, lets=False))

    @rule(chat=chats)
    def lets_the_bot_in_again(self, chat: int) -> None:
        self.world.blocked.discard(chat)
        self._arrives(self.world.lets_in(chat, lets=True))

    @rule(hour=st.sampled_from((8, 15, 22)))
    def a_day_goes_by(self, hour: int) -> None:
        self.world.next_day(hour)
