"""The guards of the process: webhook, leases, several processes, health."""

from tests.guards.guard import Guard

GUARDS = (
    Guard(
        "webhook: the secret is asked for",
        "bot/webhook.py",
        "        if not hmac.compare_digest(",
        "        if False and not hmac.compare_digest(",
        "tests/bot/test_webhook.py -k secret",
    ),
    Guard(
        "webhook: a large body is refused before it comes",
        "bot/webhook.py",
        '        if int(request.headers.get("Content-Length", 0)) > LARGEST:',
        '        if int(request.headers.get("Content-Length", 0)) > 99 * LARGEST:',
        "tests/bot/test_webhook.py -k before_it_comes",
    ),
    Guard(
        "webhook: a body without a length is cut off",
        "bot/webhook.py",
        "        if len(body) > LARGEST:",
        "        if len(body) > 99 * LARGEST:",
        "tests/bot/test_webhook.py -k 'ninety or in_chunks'",
    ),
    Guard(
        "webhook: committed before 200",
        "bot/webhook.py",
        "                await self._store(update)",
        "                asyncio.ensure_future(self._store(update))",
        "tests/bot/test_webhook.py -k 'before_the_commit or database_is_away'",
    ),
    Guard(
        "webhook: only what is an update is stored",
        "bot/webhook.py",
        "    return update if type(number) is int and 0 <= number <= LARGEST_ID else None",
        "    return update",
        "tests/bot/test_webhook.py -k no_update",
    ),
    Guard(
        "web: a head that doesn't come isn't waited for",
        "bot/web.py",
        "            self._patience = self.loop.call_later(HEAD_WITHIN, self._lose_patience)",
        "            pass",
        "tests/bot/test_webhook.py -k head_that",
    ),
    Guard(
        "web: a chosen port must be had",
        "bot/app.py",
        '        if web.is_chosen or settings.telegram.mode == "webhook":',
        "        if False:",
        "tests/processes/test_webhook_process.py -k chosen_port",
    ),
    Guard(
        "webhook: somebody else's is left alone",
        "bot/webhook_address.py",
        "        if not ours:",
        "        if False:",
        "tests/processes/test_webhook_process.py -k somebody_else",
        second=("bot/webhook_address.py", "        if present == ours:", "        if present:"),
    ),
)
