"""Prints the conversations of the scripted week as they go."""

from typing import Any

from sandbox.client import Hand, Message, words


def scene(title: str) -> None:
    _print(f"\n━━ {title} ━━")


def remark(text: str) -> None:
    _print(f"   {text}")


def tell_act(hand: Hand, shown: str) -> None:
    _print(f"{hand.name} ▸ {shown}")


def tell_message(hand: Hand, message: Message) -> None:
    """What a person sees, with the buttons under it."""
    if message.get("outgoing"):
        return
    _print("\n".join(f"      {line}" for line in (f"连心 → {hand.name}：", *words(message).splitlines())))
    for row in message.get("reply_markup", {}).get("inline_keyboard", []):
        _print("      " + " ".join(f"[{button['text']}]" for button in row))


def _print(*what: Any) -> None:
    print(*what, flush=True)  # noqa: T201  # printing is what this module is for
