"""The guards of households that leave the register, and of what is left of them."""

from tests.guards.guard import Guard

GUARDS = (
    Guard(
        "leaving: whoever pairs a household waits for what becomes of it",
        "models/queries/pairings.py",
        "issuperset(session.scalars(query.with_for_update()))",
        "issuperset(session.scalars(query))",
        "tests/services/test_pairing_while_leaving.py -k 'leaving_is_not and postgresql'",
    ),
    Guard(
        "leaving: of an erased household the page doesn't say that its records stay",
        "handlers/card_views.py",
        "    if household.erased_at is not None:\n",
        "    if household.erased_at is None and household.status is None:\n",
        "tests/services/test_erasure.py -k is_not_put_back",
    ),
    Guard(
        "leaving: a code that opens nothing is shown to nobody",
        "handlers/card_views.py",
        "    if card.household.status not in GONE:\n",
        "    if card.household.status is not None:\n",
        "tests/handlers/test_register.py -k code_of_the_card",
    ),
    Guard(
        "leaving: an old backup doesn't leave an erased household to its cadre",
        "services/erasure.py",
        "    end_pairings(session, office, household.id, by=None)\n",
        "",
        "tests/services/test_erasure_restored.py",
    ),
)
