"""The guards of who gets in and how fast: the access matrix, scope at delivery, hostile input, flooding."""

from tests.guards.guard import Guard

MATRIX = "tests/access/test_matrix.py"

GUARDS = (
    Guard(
        "matrix: a route without an entry fails",
        "tests/access/matrix.py",
        "\nbutton cards.mute ",
        "\n# button cards.mute ",
        "tests/test_completeness.py -k access_matrix",
    ),
    Guard(
        "matrix: whose role it isn't",
        "handlers/guards.py",
        "    if not audiences & route.allowed:",
        "    if audiences is None:",
        f"{MATRIX} -k cards.mute",
    ),
    Guard(
        "matrix: first the notice",
        "handlers/guards.py",
        "not turn.actor.is_stranger and not turn.actor.consented:",
        "turn.actor.is_stranger and not turn.actor.consented:",
        "tests/access/test_after_losing.py -k 'notice_and_nothing and households.page'",
    ),
    Guard(
        "matrix: a household of somebody else is not there",
        "models/queries/scope.py",
        "        supervised_by(actor, Role.SUPERVISOR, Role.ADMIN),\n        lived_in_by(actor),",
        "        Household.id > 0,",
        f"{MATRIX} -k cards.open",
    ),
    Guard(
        "matrix: a problem of somebody else is not there",
        "models/queries/scope.py",
        "        supervised_by(actor),\n",
        "        Problem.id > 0,\n",
        f"{MATRIX} -k problems.open",
    ),
    Guard(
        "matrix: an administrator's people are those of the own units",
        "models/queries/officials.py",
        "return _grants(session, units_under(actor.paths(Role.ADMIN)), RoleGrant.person_id == person_id)",
        "return _grants(session, Unit.id > 0, RoleGrant.person_id == person_id)",
        f"{MATRIX} -k administration.revoke",
        (
            "services/officials.py",
            "    if person is None:\n        raise NotFound\n    return person, ",
            "    person = person or session.get_one(Person, person_id)\n    return person, ",
        ),
    ),
    Guard(
        "matrix: whoever has a role elsewhere isn't the administrator's to take over",
        "models/queries/officials.py",
        "    if person is None or session.scalar(select(_holds_roles_elsewhere(actor, person.id))):",
        "    if person is None:",
        "tests/access/test_held_elsewhere.py",
    ),
    Guard(
        "matrix: whoever has a role elsewhere isn't on the list of those to invite",
        "models/queries/officials.py",
        "Person.telegram_user_id.is_(None), ~elsewhere)",
        "Person.telegram_user_id.is_(None))",
        "tests/access/test_held_elsewhere.py -k list",
    ),
    Guard(
        "matrix: a form begun before a reassignment is no way in",
        "services/visits/drafting.py",
        "    line = households.get_own(session, office, actor, form.household_id or 0)\n    return line.head, line.code",
        "    line = session.get_one(Household, form.household_id)\n    return line.head, line.code",
        "tests/access/test_after_losing.py -k 'reassigned and visits.method'",
    ),
    Guard(
        "delivery: without the role a pairing that still stands opens nothing",
        "models/queries/scope.py",
        "    if not actor.has(Role.CADRE):\n        return false()\n",
        "",
        "tests/access/test_at_delivery.py -k new_households",
    ),
    Guard(
        "delivery: a digest dies with the role",
        "services/outbox.py",
        '    if message is None and not is_wordless:\n        _drop(session, row, real_now, "cancelled", "no longer in scope")',
        '    if message is None and not is_wordless:\n        _drop(session, row, real_now, "failed", "no longer in scope")',
        "tests/access/test_at_delivery.py -k digest",
    ),
    Guard(
        "hostile: what rewrites the line around it is left out",
        "services/i18n/html.py",
        "\\u202a-\\u202e\\u2066-\\u2069",
        "\\u2066-\\u2069",
        "tests/access/test_hostile.py -k shown_as_a_name",
    ),
    Guard(
        "hostile: a number on a button is a number",
        "handlers/turn.py",
        "        if not (value.isascii() and value.isdigit() and int(value) <= most):",
        "        if value is None:",
        "tests/access/test_hostile.py -k any_byte",
    ),
    Guard(
        "hostile: an album is answered once",
        "handlers/visits_filling.py",
        "    elif same_album:",
        "    elif part is None:",
        "tests/access/test_hostile.py -k album",
    ),
    Guard(
        "flood: what comes too fast isn't handled",
        "handlers/front.py",
        "    if verdict is Verdict.SILENT:",
        "    if verdict is None:",
        "tests/handlers/test_pace.py -k 'sqlite and silence'",
    ),
    Guard(
        "flood: it is told once",
        "services/rules/pace.py",
        "    return Verdict.SILENT if pace.silent else Verdict.TOLD, now",
        "    return Verdict.TOLD, now",
        "tests/rules/test_pace.py",
    ),
    Guard(
        "flood: judged by when it was sent",
        "handlers/pace.py",
        "    return message.edit_date or message.date",
        "    return max(message.date, message.date.now(message.date.tzinfo))",
        "tests/handlers/test_pace.py -k 'sqlite and outage'",
    ),
    Guard(
        "flood: a chat with ten thousand waiting letters is passed in one step",
        "models/queries/inbox.py",
        "InboxLetter.chat_id > chats.c.chat_id)",
        "InboxLetter.chat_id + 0 > chats.c.chat_id)",
        "tests/models/test_post_plans.py",
    ),
    Guard(
        "flood: others don't stand behind it",
        "models/queries/inbox.py",
        "oldest = [found for found in session.scalars(_OLDEST_OF_EACH_CHAT, asked) if found is not None]",
        "first = select(InboxLetter.id).where(InboxLetter.state == WAITING).order_by(InboxLetter.id).limit(limit)\n"
        "    oldest = list(session.scalars(first))",
        "tests/torture/test_flood.py",
    ),
    Guard(
        "flood: the flooder gets no more answers than the limit",
        "handlers/front.py",
        "    if verdict is Verdict.SILENT:\n        return",
        "    if verdict is Verdict.SILENT:\n        pass",
        "tests/torture/test_flood.py",
    ),
)
