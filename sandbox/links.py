"""Which links Telegram accepts, and in what form it keeps them."""

import re
from urllib.parse import parse_qs, urlsplit

HOST = re.compile(r"^(?:[\w-]+\.)+[^\W\d_]{2,}$|^localhost$|^\d{1,3}(?:\.\d{1,3}){3}$")
WEB = ("http", "https")
APP = ("tg", "ton", "tonsite")


def checked_link(url: str) -> str | None:
    """The link as an entity or a button carries it; None for one that Telegram doesn't follow."""
    url = url.strip()
    if "://" not in url:
        url = f"http://{url}"
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return None
    if parts.scheme in APP:
        return url
    if parts.scheme not in WEB or not HOST.match(host) or re.search(r"\s", url):
        return None
    return url if parts.path or parts.query or parts.fragment else f"{url}/"


def mentioned_user(url: str) -> int | None:
    """The id in tg://user?id=N."""
    if not url.startswith("tg://user?"):
        return None
    value = parse_qs(urlsplit(url).query).get("id", [""])[0]
    return int(value) if value.isdigit() else None
