"""The journey `cards`."""

from handlers.routes import Route

ROUTES: tuple[Route, ...] = ()
