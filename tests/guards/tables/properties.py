"""The guards that must be noticed whatever course events take."""

from tests.guards.guard import Guard

COURSE = "tests/properties/test_any_course_of_events.py -k 'must_hold and sqlite'"
INVARIANTS = "tests/properties/test_invariants.py -k 'sqlite and {}'"

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
    Guard(
        "any course of events: who gets a household ends the pairing before",
        "models/queries/pairings.py",
        "        session.execute(update(Pairing), ending)",
        "        pass",
        COURSE,
        second=(
            "models/migrations/versions/0001_first_schema.py",
            "'uq_pairings_one_active_primary', ['household_id'], unique=True",
            "'uq_pairings_one_active_primary', ['household_id'], unique=False",
        ),
    ),
    Guard(
        "any course of events: a notice asks at the last moment whose it is",
        "models/queries/problems.py",
        ".where(scope.problem_visible_to(actor))\n\n\ndef _visible_with_household",
        "\n\n\ndef _visible_with_household",
        INVARIANTS.format("outlives"),
    ),
    Guard(
        "any course of events: problems are numbered one after the other",
        "models/queries/problem_numbers.py",
        "NumberSeries.last + 1}",
        "NumberSeries.last + 2}",
        INVARIANTS.format("gap"),
    ),
    Guard(
        "any course of events: a digest names each household without a cadre",
        "services/supervision/exceptions.py",
        "household.cadre_name is None:",
        "household.cadre_name is None and household.has_member:",
        INVARIANTS.format("digest"),
    ),
)
