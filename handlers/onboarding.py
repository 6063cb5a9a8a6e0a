"""The journey `onboarding`."""

from handlers.routes import Route

ROUTES: tuple[Route, ...] = ()
