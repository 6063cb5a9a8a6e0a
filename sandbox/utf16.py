"""Lengths as Telegram counts them: UTF-16 code units, in which most emoji count twice."""


def length(text: str) -> int:
    if text.isascii():
        return len(text)
    return len(text) + sum(char > "\uffff" for char in text)
