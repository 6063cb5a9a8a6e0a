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
)
