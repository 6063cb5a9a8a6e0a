"""导入名册: files in, a check in the back, a preview, and nothing is written before it is confirmed."""

import json
from pathlib import PurePath
from typing import Any

from handlers import administration_drafts as dialogues
from handlers import roster_views as views
from handlers.turn import Turn
from models.post import Draft
from services import drafts, roster
from services.errors import Invalid
from services.messages import button
from services.roster import checks
from services.rules.roster.reading import MAX_FILE_BYTES, MAX_FILES
from services.rules.roster.stored import from_json

JOURNEY = "import"
WORKBOOKS = frozenset({".xlsx"})
TABLES = frozenset({".csv", ".tsv", ".txt"})  # one sheet each, so there may be more to come


def begin(turn: Turn) -> None:
    if not dialogues.ask_first(turn, "administration.import_anew"):
        _begin(turn)


def begin_anew(turn: Turn) -> None:
    """What was unsaved is given up."""
    turn.show(turn.t("administration.given_up"))
    _begin(turn)


def receive(turn: Turn) -> None:
    """A workbook is checked at once; .csv files are collected until 完成 is pressed."""
    draft = drafts.expect(turn.session, turn.actor.id, JOURNEY)
    if turn.is_edit:
        raise Invalid("administration.import.edited")
    document = turn.message.document if turn.message else None
    if document is None:
        raise Invalid("administration.import.not_a_file")
    name = (document.file_name or "roster")[:100]
    kind = PurePath(name).suffix.lower()
    if (document.file_size or 0) > MAX_FILE_BYTES:
        raise Invalid("roster.refused.too_large", file=name, most=MAX_FILE_BYTES // 2**20)
    if kind == ".xls":
        raise Invalid("roster.refused.old_xls", file=name)
    if kind not in WORKBOOKS | TABLES:
        raise Invalid("roster.refused.not_a_workbook", file=name)
    files = [*draft.data["files"], [document.file_id, name]]
    if len(files) > MAX_FILES:
        raise Invalid("roster.refused.too_many_files", count=len(files), most=MAX_FILES)
    drafts.change(turn.session, turn.office, draft, files=files)
    if kind in WORKBOOKS:
        _check(turn, draft)
    else:
        _show_collected(turn, draft)


def receive_unasked(turn: Turn) -> None:
    """A table outside any dialogue, as if the button had been pressed: nothing is written before it is confirmed."""
    drafts.begin(turn.session, turn.office, turn.actor.id, JOURNEY, {"files": []})
    receive(turn)


def finish(turn: Turn) -> None:
    """完成: these are all files."""
    draft = drafts.expect(turn.session, turn.actor.id, JOURNEY, turn.number(0))
    if not draft.data["files"]:
        raise Invalid("roster.refused.no_file")
    _check(turn, draft)


def checked(turn: Turn) -> None:
    """The letter with what the check found."""
    letter = turn.letter
    if "refused" in letter:
        raise Invalid(letter["refused"], **letter.get("params", {}))
    found = from_json(json.dumps(letter["checked"]))
    if found.errors:
        turn.reply(views.errors(turn.t, found), (views.again_row(turn.t),))
        return
    changes = roster.preview(turn.session, turn.office, found)
    checks.require_own_units(turn.session, turn.actor, changes)
    text = views.preview(turn.t, found, changes)
    if changes.is_empty:
        turn.reply(text)
        return
    check = roster.keep_check(turn.session, turn.office, turn.actor, found)
    turn.reply(text, (views.decision(turn.t, check.id),))


def confirm(turn: Turn) -> None:
    changes = roster.confirm(turn.session, turn.office, turn.actor, turn.number(0))
    turn.show(views.done(turn.t, changes), views.next_steps(turn.t))


def discard(turn: Turn) -> None:
    roster.discard(turn.session, turn.actor, turn.number(0))
    turn.show(turn.t("administration.import.discarded"))


def _begin(turn: Turn) -> None:
    draft = drafts.begin(turn.session, turn.office, turn.actor.id, JOURNEY, {"files": []})
    draft.form_id = turn.reply(turn.t("administration.import.send"), (dialogues.cancel_row(turn),))
    turn.session.flush()


def _check(turn: Turn, draft: Draft) -> None:
    files: list[list[Any]] = draft.data["files"]
    turn.errand("check_roster", file_ids=[file_id for file_id, _ in files], names=[name for _, name in files])
    text = turn.t("administration.import.checking", files="、".join(name for _, name in files))
    form_id = draft.form_id
    drafts.end(turn.session, turn.actor.id)
    if turn.query is None:
        dialogues.put_away(turn, form_id, "administration.import.received")
        turn.reply(text)
    else:
        turn.show(text)


def _show_collected(turn: Turn, draft: Draft) -> None:
    """The list moves to the bottom; the message it stood in loses its buttons."""
    names = [name for _, name in draft.data["files"]]
    dialogues.put_away(turn, draft.form_id, "administration.import.received")
    done = button(turn.t.plain("administration.button.done"), "administration.import_done", draft.id)
    text = turn.t("administration.import.collected", n=len(names), files="、".join(names))
    draft.form_id = turn.reply(text, ((done, *dialogues.cancel_row(turn)),))
    turn.session.flush()
