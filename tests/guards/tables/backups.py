"""Dead letters, backups and the nightly copy."""

from tests.guards.guard import Guard

GUARDS = (
    Guard(
        "letters: the person is told once that it is kept",
        "services/outbox.py",
        "    if not rows.has_key(session, unique_key):\n        body = message.to_json()",
        "    if True:\n        unique_key, body = None, message.to_json()",
        "tests/bot/test_letters.py -k 'told_once or bothers_nobody or whole_life'",
    ),
    Guard(
        "letters: only a dead one is dropped",
        "bot/commands/letters.py",
        '        if letter.state != "dead":',
        '        if letter.state == "never":',
        "tests/bot/test_letters.py -k 'only_dead or dropping_wants'",
    ),
    Guard(
        "letters: only dead ones are played again",
        "models/queries/letters.py",
        'update(InboxLetter).where(InboxLetter.state == "dead", *which)',
        "update(InboxLetter).where(*which)",
        "tests/bot/test_letters.py -k 'only_dead or dropping_wants'",
    ),
    Guard(
        "letters: dropping erases what was written",
        "models/queries/letters.py",
        '"body": "{}", "error": error, ',
        "",
        "tests/bot/test_letters.py -k dropping_wants",
    ),
    Guard(
        "letters: what was written is shown only with --body",
        "bot/commands/letters.py",
        "    if body:\n",
        "    if True:\n",
        "tests/bot/test_letters.py -k only_where_it_is_asked_for",
    ),
    Guard(
        "letters: the list names the kind of an error without its words",
        "bot/commands/letters.py",
        '    return found[1] if found else "?"',
        "    return tail",
        "tests/bot/test_letters.py -k 'without_its_words or whole_life'",
    ),
)
