"""The phones page: its files, the font it is set in, and what a browser may do with them."""

import os
from functools import cache
from importlib import metadata
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

STATIC = Path(__file__).parent / "static"
FONT = "fonts/NotoSansSC-Regular.ttf"
FONT_WHEEL = "zhplot"  # carries the font; importing it would load matplotlib
HEADERS = {
    # Nothing from elsewhere; what people attach is shown from memory.
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob: data:; connect-src 'self'"
    ),
    "Cache-Control": "no-cache",  # asked for each time, answered 304 while unchanged: never an old script
}


class PageFiles(StaticFiles):
    """The page's folder and the font of an installed wheel; without the wheel the browser falls back to its own."""

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        font = font_file()
        if path == FONT and font is not None:
            return str(font), font.stat()
        return super().lookup_path(path)

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers.update(HEADERS)
        return response


@cache
def font_file() -> Path | None:
    try:
        file = Path(str(metadata.distribution(FONT_WHEEL).locate_file(f"{FONT_WHEEL}/{FONT}")))
    except metadata.PackageNotFoundError:
        return None
    return file if file.is_file() else None


FILES = PageFiles(directory=STATIC, check_dir=False)


async def page(request: Request) -> Response:
    if not (STATIC / "index.html").is_file():
        return PlainTextResponse("the sandbox is running; its page is not installed", 404)
    return await FILES.get_response("index.html", request.scope)


ROUTES: list[BaseRoute] = [Route("/", page), Mount("/static", FILES)]
