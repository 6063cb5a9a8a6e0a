"""Telegram in, one use-case, words out. `ROUTES` is the map of the bot: everything anybody can do."""

from handlers import administration, cards, everywhere, households, onboarding, problems, supervision, visits
from handlers.routes import Route

ROUTES: tuple[Route, ...] = (
    *everywhere.ROUTES,
    *onboarding.ROUTES,
    *visits.ROUTES,
    *households.ROUTES,
    *problems.ROUTES,
    *cards.ROUTES,
    *supervision.ROUTES,
    *administration.ROUTES,
)
