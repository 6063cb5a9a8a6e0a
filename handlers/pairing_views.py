"""A proposal of pairs as text, village by village."""

from collections.abc import Sequence

from handlers.administration_paging import turning
from services.i18n import Html, Translator
from services.messages import Rows, button
from services.pairing import Proposal, ProposedVillage, Unpaired

VILLAGES = 8  # a page
NAMED = 20  # cadres of one village
UNPAIRED = 10  # households shown


def page_text(t: Translator, proposal: Proposal, page: int) -> Html:
    """One page of villages; what can't be paired stands on every page."""
    shown = proposal.villages[page * VILLAGES : (page + 1) * VILLAGES]
    lines = [t("administration.pairing.title"), _summary(t, proposal), "", *_villages(t, proposal, shown)]
    lines += _unpaired(t, proposal)
    if proposal.pairs:
        lines += ["", t("administration.pairing.confirm")]
    return Html("\n").join(lines)


def page_buttons(t: Translator, proposal: Proposal, page: int) -> Rows:
    turns = turning(t, "administration.pairing_page", number=page, total=len(proposal.villages), page=VILLAGES)
    return (*_decision(t, proposal), *turns, *by_hand(t))


def by_hand(t: Translator) -> Rows:
    return ((button(t.plain("administration.button.by_hand"), "administration.search", "household"),),)


def done_text(t: Translator, proposal: Proposal) -> Html:
    cadres = len({cadre_id for _, cadre_id in proposal.pairs})
    return t("administration.pairing.done", n=len(proposal.pairs), cadres=cadres)


def _decision(t: Translator, proposal: Proposal) -> Rows:
    close = button(t.plain("words.button.cancel"), "administration.close")
    if not proposal.pairs:
        return ((close,),)
    return ((button(t.plain("words.button.confirm"), "administration.pairing_yes", proposal.fingerprint), close),)


def _summary(t: Translator, proposal: Proposal) -> Html:
    waiting = sum(village.households for village in proposal.villages)
    chosen = {cadre_id for _, cadre_id in proposal.pairs}
    loads = [one.before + one.given for cadre_id, one in proposal.cadres.items() if cadre_id in chosen]
    if not loads:
        return t("administration.pairing.nobody", waiting=waiting)
    return t(
        "administration.pairing.summary",
        waiting=waiting,
        paired=len(proposal.pairs),
        cadres=len(chosen),
        least=min(loads),
        most=max(loads),
    )


def _villages(t: Translator, proposal: Proposal, villages: Sequence[ProposedVillage]) -> list[Html]:
    return [
        t(
            "administration.pairing.village",
            name=village.name,
            households=village.households,
            shares=_shares(proposal, village),
        )
        for village in villages
    ]


def _shares(proposal: Proposal, village: ProposedVillage) -> str:
    """王联系 6、李联系 5; a place with very many cadres names the first of them."""
    named = [f"{proposal.cadres[one].name} {count}" for one, count in village.shares.items()]
    more = ["…"] if len(named) > NAMED else []
    return "、".join([*named[:NAMED], *more]) or "—"


def _unpaired(t: Translator, proposal: Proposal) -> list[Html]:
    if not proposal.unpaired:
        return []
    lines = [Html(""), t("administration.pairing.unpaired", n=len(proposal.unpaired))]
    lines += [_unpaired_line(t, one) for one in proposal.unpaired[:UNPAIRED]]
    left_out = len(proposal.unpaired) - UNPAIRED
    return [*lines, t("administration.more", n=left_out)] if left_out > 0 else lines


def _unpaired_line(t: Translator, one: Unpaired) -> Html:
    why = t(f"administration.pairing.reason.{one.reason}")
    return t("administration.pairing.unpaired_line", head=one.head, code=one.code, unit=one.unit_name, why=why)
