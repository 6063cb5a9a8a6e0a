"""Methods that bring updates to the bot."""

import re
from urllib.parse import urlsplit

from sandbox import parameters as kind
from sandbox.errors import WEBHOOK_ACTIVE, bad_request, conflict
from sandbox.parameters import Parameters
from sandbox.registry import method
from sandbox.shapes import Encoded, Json
from sandbox.state import Sandbox

SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
LONGEST_POLL = 50  # seconds
MOST_UPDATES = 100


@method(
    "getUpdates",
    offset=kind.integer,
    limit=kind.integer,
    timeout=kind.integer,
    allowed_updates=kind.strings,
)
async def get_updates(box: Sandbox, params: Parameters) -> Encoded:
    if box.webhook.url:
        raise conflict(WEBHOOK_ACTIVE)
    if "allowed_updates" in params:
        box.updates.allowed = params["allowed_updates"]
    limit = min(max(params.get("limit", MOST_UPDATES), 1), MOST_UPDATES)
    timeout = min(max(params.get("timeout", 0), 0), LONGEST_POLL)
    updates = await box.updates.poll(params.get("offset", 0), limit, timeout)
    return Encoded(b"[" + b",".join(update.raw for update in updates) + b"]")


@method(
    "setWebhook",
    url=kind.string,
    certificate=kind.file,
    ip_address=kind.string,
    max_connections=kind.integer,
    allowed_updates=kind.strings,
    drop_pending_updates=kind.boolean,
    secret_token=kind.string,
)
async def set_webhook(box: Sandbox, params: Parameters) -> bool:
    """Plain http is accepted, as by a Bot API server of one's own."""
    url = params.get("url", "")
    if not url:
        return await delete_webhook(box, params)
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    secret = params.get("secret_token", "")
    if secret and not SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    if "allowed_updates" in params:
        box.updates.allowed = params["allowed_updates"]
    if params.get("drop_pending_updates"):
        box.updates.drop()
    connections = min(max(params.get("max_connections", 40), 1), 100)
    await box.webhook.set(url, secret, connections, params.get("ip_address"))
    return True


@method("deleteWebhook", drop_pending_updates=kind.boolean)
async def delete_webhook(box: Sandbox, params: Parameters) -> bool:
    await box.webhook.delete()
    if params.get("drop_pending_updates"):
        box.updates.drop()
    return True


@method("getWebhookInfo")
def get_webhook_info(box: Sandbox, params: Parameters) -> Json:
    hook = box.webhook
    info: Json = {"url": hook.url, "has_custom_certificate": False, "pending_update_count": len(box.updates)}
    if hook.url:
        info |= {"max_connections": hook.max_connections, "ip_address": hook.ip_address or "127.0.0.1"}
    if hook.last_error_date:
        info |= {"last_error_date": hook.last_error_date, "last_error_message": hook.last_error_message}
    if box.updates.allowed:
        info["allowed_updates"] = box.updates.allowed
    return info


@method("logOut")
@method("close")
def say_goodbye(box: Sandbox, params: Parameters) -> bool:
    """Accepted and without effect: there is no other server to move to."""
    return True
