"""The journey `supervision`."""

from handlers.routes import Route

ROUTES: tuple[Route, ...] = ()
