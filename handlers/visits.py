"""The journey `visits`: logging a visit is one message that fills itself in."""

from handlers import visits_beginning, visits_filling, visits_media, visits_picking, visits_saving
from handlers.routes import CADRE, OFFICIALS, Route, command, content, label, pressed

ROUTES: tuple[Route, ...] = (
    label("words.button.log_visit", visits_beginning.begin, CADRE),
    command("visit", visits_beginning.begin, CADRE),
    pressed("visits.open", visits_beginning.open_, CADRE),  # household
    pressed("visits.resume", visits_beginning.resume, CADRE),  # draft
    pressed("visits.restart", visits_beginning.restart, CADRE),  # draft given up, household or 0, typed name
    pressed("visits.keep", visits_beginning.keep, CADRE),
    pressed("visits.page", visits_picking.page, CADRE),  # draft, page
    pressed("visits.pick", visits_picking.pick, CADRE),  # draft, household
    content("visits", visits_filling.content, CADRE),
    pressed("visits.method", visits_filling.method, CADRE),  # draft, method
    pressed("visits.condition", visits_filling.condition, CADRE),  # draft, condition
    pressed("visits.pane", visits_filling.pane, CADRE),  # draft, pane
    pressed("visits.day", visits_filling.day, CADRE),  # draft, yyyymmdd
    pressed("visits.solved", visits_filling.solved, CADRE),  # draft
    pressed("visits.category", visits_filling.category, CADRE),  # draft, category or "none"
    pressed("visits.danger", visits_filling.danger, CADRE),  # draft
    pressed("visits.clear", visits_filling.clear, CADRE),  # draft
    pressed("visits.save", visits_saving.save, CADRE),  # draft
    pressed("visits.leave", visits_saving.leave, CADRE),  # draft
    pressed("visits.correct", visits_saving.correct, CADRE),  # visit
    pressed("visits.apply", visits_saving.apply, CADRE),  # draft, visit
    pressed("visits.media", visits_media.media, OFFICIALS),  # visit, after which attachment
)
