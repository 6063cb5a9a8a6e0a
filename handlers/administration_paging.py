"""上一页 and 下一页 below a long list of choices."""

from services.i18n import Translator
from services.messages import Button, button


def turning(
    t: Translator, action: str, *references: str | int, number: int, total: int, page: int
) -> list[tuple[Button, ...]]:
    """One row, or none where everything fits on one `page`; the page's number becomes the last reference."""
    turns: list[Button] = []
    if number:
        turns.append(button(t.plain("administration.button.before"), action, *references, number - 1))
    if (number + 1) * page < total:
        turns.append(button(t.plain("administration.button.after"), action, *references, number + 1))
    return [tuple(turns)] if turns else []
