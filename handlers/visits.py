"""The journey `visits`."""

from handlers.routes import Route

ROUTES: tuple[Route, ...] = ()
