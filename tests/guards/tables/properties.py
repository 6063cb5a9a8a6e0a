"""The guards that must be noticed whatever course events take."""

from tests.guards.guard import Guard

COURSE = "tests/properties/test_any_course_of_events.py -k 'must_hold and sqlite'"

GUARDS = (
    Guard(
        "any course of events: an update that comes again is the same one",
        "models/queries/inbox.py",
        '.on_conflict_do_nothing(index_elements=["update_id"])',
        "",
        COURSE,
    ),
    Guard(
        "any course of events: nobody finds other people's households",
        "models/queries/scope.py",
        "        paired_with(actor),\n        supervised_by(actor, Role.SUPERVISOR, Role.ADMIN),",
        "        ~false(),",
        COURSE,
    ),
    Guard(
        "any course of events: a correction keeps what was there",
        "services/visits/correcting.py",
        "    session.add(\n        VisitCorrection(",
        "    print(\n        VisitCorrection(",
        COURSE,
    ),
)
