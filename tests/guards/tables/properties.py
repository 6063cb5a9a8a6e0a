"""The guards that the course of any events must notice."""

from tests.guards.guard import Guard

COURSE = "tests/properties/test_any_course_of_events.py -k 'must_hold and sqlite'"

GUARDS = (
    Guard(
        "properties: a correction keeps what was there",
        "services/visits/correcting.py",
        "    session.add(",
        "    _ = (",
        COURSE,
    ),
)
