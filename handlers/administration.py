"""The journey `administration`."""

from handlers.routes import Route

ROUTES: tuple[Route, ...] = ()
