"""The journey `problems`."""

from handlers.routes import Route

ROUTES: tuple[Route, ...] = ()
