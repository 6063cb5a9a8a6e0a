"""Findings and previews in words, for the screen and (as plain text) for the command line."""

from collections.abc import Iterable, Sequence

from services.i18n import Html, Translator
from services.roster.previewing import Plan
from services.rules.phones import mask_phone
from services.rules.roster.changes import Changed, FieldChange, Missing, RosterChanges, SheetChanges, Value
from services.rules.roster.erased import Erased
from services.rules.roster.values import CadreRow, CheckedRoster, Finding, HouseholdRow, UnitRow

MOST_SHOWN = 15  # findings on a phone's screen; the rest is counted
MOST_CHANGES = 10
LONGEST = 60  # characters of one value, of one problem twice that

AnyRow = UnitRow | CadreRow | HouseholdRow


def findings_text(t: Translator, checked: CheckedRoster) -> str:
    """All of them as plain text, errors first."""
    return _joined([*findings(t, checked.errors, None), *findings(t, checked.doubts, None)]).text


def preview_text(t: Translator, checked: CheckedRoster, changes: RosterChanges) -> str:
    """What the file holds and what it would change, as plain text with every finding."""
    if checked.errors:
        return _joined(errors(t, checked, None)).text
    return _joined([*doubts(t, checked, None), *preview(t, changes)]).text


def errors(t: Translator, checked: CheckedRoster, most: int | None = MOST_SHOWN) -> list[Html]:
    return [t("roster.preview.errors", count=len(checked.errors)), *findings(t, checked.errors, most)]


def doubts(t: Translator, checked: CheckedRoster, most: int | None = MOST_SHOWN) -> list[Html]:
    if not checked.doubts:
        return []
    return [t("roster.preview.doubts", count=len(checked.doubts)), *findings(t, checked.doubts, most), Html("")]


def findings(t: Translator, found: Sequence[Finding], most: int | None) -> list[Html]:
    """One line each, where and what; `most` None shows all."""
    lines = [_finding(t, one) for one in found[:most]]
    left_out = len(found) - len(lines)
    return [*lines, t("roster.finding.more", count=left_out)] if left_out else lines


def preview(t: Translator, changes: RosterChanges) -> list[Html]:
    if changes.is_empty:
        return [t("roster.preview.nothing"), *_left_alone(t, changes)]
    return [t("roster.preview.title"), *counts(t, changes), *_details(t, changes), *_left_alone(t, changes)]


def counts(t: Translator, changes: RosterChanges) -> list[Html]:
    """What is added and changed, sheet by sheet; sheets that the file doesn't hold are left out."""
    sheets = (("units", changes.units), ("cadres", changes.cadres), ("households", changes.households))
    lines = [
        t(f"roster.preview.{name}", added=len(one.added), changed=len(one.changed), unchanged=len(one.unchanged))
        for name, one in sheets
        if one.added or one.changed or one.unchanged
    ]
    if changes.pairs_begun or changes.pairs_ended:
        lines.append(t("roster.preview.pairs", begun=len(changes.pairs_begun), ended=len(changes.pairs_ended)))
    return lines


def _finding(t: Translator, found: Finding) -> Html:
    params = {name: _short(value) if isinstance(value, str) else value for name, value in found.params.items()}
    problem = t(found.message_id, **params)
    return _bullet(t(found.frame_id, sheet=found.sheet, row=found.row or 0, column=found.column or "", problem=problem))


def _details(t: Translator, changes: RosterChanges) -> list[Html]:
    lines = [
        _change(t, name, one.row.code, field)
        for sheet in (changes.units, changes.cadres, changes.households)
        for one in sheet.changed
        for name, field in _fields(one)
    ]
    lines += [
        t(
            "administration.pair_changed",
            head=one.head,
            code=one.household_code,
            old=one.old,
            old_code=one.old_code,
            new=one.new,
            new_code=one.new_code,
        )
        for one in (changes.handovers if isinstance(changes, Plan) else ())
    ]
    shown = [_bullet(line) for line in lines[:MOST_CHANGES]]
    return [*shown, t("roster.finding.more", count=len(lines) - len(shown))] if len(lines) > len(shown) else shown


def _fields(changed: Changed[UnitRow] | Changed[CadreRow] | Changed[HouseholdRow]) -> Iterable[tuple[str, FieldChange]]:
    row = changed.row
    name = row.head if isinstance(row, HouseholdRow) else row.name
    return ((name, field) for field in changed.fields)


def _change(t: Translator, name: str, code: str, change: FieldChange) -> Html:
    old, new = (_value(t, change.field, value) for value in (change.old, change.new))
    return t(
        "roster.preview.changed", name=name, code=code, field=t.plain(f"roster.field.{change.field}"), old=old, new=new
    )


def _value(t: Translator, field: str, value: Value) -> str:
    if value in (None, "", ()):
        return t.plain("roster.preview.no_value")
    if field == "phone":
        return mask_phone(str(value))
    if field == "roles" and isinstance(value, tuple):
        return "、".join(t.plain(f"words.role.{role}") for role in value)
    if field in ("tier", "kind"):
        return t.plain(f"words.{'tier' if field == 'tier' else 'unit'}.{value}")
    return _short(str(value))


def _left_alone(t: Translator, changes: RosterChanges) -> list[Html]:
    """What the import doesn't touch: what the file doesn't name, roles that it leaves out, whoever was erased."""
    sheets: tuple[SheetChanges[UnitRow] | SheetChanges[CadreRow] | SheetChanges[HouseholdRow], ...]
    sheets = (changes.units, changes.cadres, changes.households)
    missing = [one for sheet in sheets for one in sheet.missing]
    lines = []
    if missing:
        units, cadres, households = (len(sheet.missing) for sheet in sheets)
        lines = [t("roster.preview.missing", units=units, cadres=cadres, households=households), _names(t, missing)]
    if isinstance(changes, Plan):
        lines += [*_roles_kept(t, changes), *_erased(t, changes.erased)]
    return lines


def _roles_kept(t: Translator, changes: Plan) -> list[Html]:
    lines = [
        _bullet(t("administration.roles_kept_line", name=kept.name, roles=_value(t, "roles", kept.roles)))
        for kept in changes.roles_kept[:MOST_CHANGES]
    ]
    return [t("administration.roles_kept"), *lines] if lines else []


def _erased(t: Translator, erased: Erased) -> list[Html]:
    """Only codes: the names are what was taken away."""
    kinds = (("cadres", erased.cadres), ("households", erased.households))
    lines = [
        t(f"roster.preview.erased_{kind}", n=len(codes), codes="、".join(codes[:MOST_CHANGES]) + _and_more(codes))
        for kind, codes in kinds
        if codes
    ]
    return [*lines, t("roster.preview.erased_again")] if lines else []


def _names(t: Translator, missing: Sequence[Missing]) -> Html:
    shown = "、".join(f"{one.name}（{one.code}）" for one in missing[:MOST_CHANGES])
    return t("administration.missing_names", names=shown + _and_more(missing))


def _and_more(found: Sequence[object]) -> str:
    return "…" if len(found) > MOST_CHANGES else ""


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _bullet(line: Html) -> Html:
    return Html(f"· {line}")


def _joined(lines: Iterable[Html]) -> Html:
    return Html("\n").join(lines)
