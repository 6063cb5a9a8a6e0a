"""The journey `households`."""

from handlers.routes import Route

ROUTES: tuple[Route, ...] = ()
