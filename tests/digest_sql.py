"""The lists of a digest once more, as plain SQL: what the product's own queries are held to."""

from services.supervision.exceptions import Section

UNDER = "h.unit_id IN (SELECT id FROM units WHERE path LIKE :path)"
LAST = "(SELECT max(visited_on) FROM visits WHERE household_id = h.id AND method <> 'not_home')"
SINCE = """coalesce(
    (SELECT max(started_on) FROM pairings WHERE household_id = h.id AND kind = 'primary' AND ended_on IS NULL),
    (SELECT min(started_on) FROM pairings WHERE household_id = h.id AND ended_on IS NULL))"""
INTERVAL = "CASE h.tier WHEN 'red' THEN 7 WHEN 'yellow' THEN 30 ELSE 90 END"
OWED = f"h.status = 'active' AND (h.muted_until IS NULL OR h.muted_until < :today) AND {UNDER}"
PRIMARY = "SELECT 1 FROM pairings p WHERE p.household_id = h.id AND p.kind = 'primary' AND p.ended_on IS NULL"
RUNNING = "pr.stage IN ('reported', 'accepted', 'in_progress')"
PROBLEMS = f"FROM problems pr JOIN households h ON h.id = pr.household_id WHERE {UNDER}"
COUNTED_FROM = """coalesce(
    (SELECT max(at) FROM problem_events e WHERE e.problem_id = pr.id AND e.act = 'reopen'), pr.reported_at)"""
MY_CADRES = f"""FROM persons c LEFT JOIN role_grants g ON g.person_id = c.id AND g.revoked_at IS NULL
    WHERE c.id IN (SELECT p.cadre_id FROM pairings p JOIN households h ON h.id = p.household_id
                   WHERE p.kind = 'primary' AND p.ended_on IS NULL AND {UNDER})"""
LOAD = """(SELECT count(*) FROM pairings p JOIN households h ON h.id = p.household_id
    WHERE p.cadre_id = c.id AND p.kind = 'primary' AND p.ended_on IS NULL AND h.status = 'active')"""


def oracle(days: str) -> dict[Section, str]:
    """`days` is the number of days since the last contact or the pairing, in the dialect's words."""
    return {
        Section.OVERDUE: f"SELECT h.id FROM households h WHERE {OWED} AND {days} > {INTERVAL}",
        Section.SILENT: f"""SELECT h.id FROM households h WHERE {OWED} AND {days} >= 2 * {INTERVAL}
            AND NOT EXISTS (SELECT 1 FROM memberships m WHERE m.household_id = h.id AND m.state = 'linked')""",
        Section.WITHOUT_CADRE: f"""SELECT h.id FROM households h
            WHERE h.status = 'active' AND {UNDER} AND NOT EXISTS ({PRIMARY})""",
        Section.PAST_DUE: f"SELECT pr.id {PROBLEMS} AND {RUNNING} AND pr.due_at <= :now",
        # Reported by Thursday is to be accepted by Friday 18:00, in danger within 2 hours; accepted ones reported
        # before Monday the 2nd are to be begun by Friday (Saturday, 28 February, was worked).
        Section.NOT_STARTED: f"""SELECT pr.id {PROBLEMS} AND pr.due_at > :now AND (
            (pr.stage = 'reported' AND pr.urgency = 'normal' AND {COUNTED_FROM} < :friday)
            OR (pr.stage = 'reported' AND pr.urgency = 'danger' AND {COUNTED_FROM} <= :two_hours_ago)
            OR (pr.stage = 'accepted' AND {COUNTED_FROM} < :week_start))""",
        Section.NOT_SOLVED: f"""SELECT DISTINCT pr.id {PROBLEMS} AND pr.id IN (SELECT problem_id FROM problem_events
            WHERE act = 'answer_not_solved' AND at >= :week_start AND at < :week_end)""",
        Section.OWNERLESS: f"""SELECT pr.id {PROBLEMS} AND pr.owner_id IS NULL
            AND pr.stage IN ('reported', 'accepted', 'in_progress', 'waiting')""",
        Section.OVERLOADED: f"SELECT DISTINCT c.id {MY_CADRES} AND {LOAD} > coalesce(c.max_households, 10)",
        Section.ABSENT: f"""SELECT DISTINCT c.id {MY_CADRES} AND (c.is_active IS FALSE OR c.telegram_user_id IS NULL
            OR c.consented_at IS NULL OR g.id IS NULL OR c.away_until >= :today)""",
        Section.UNREACHABLE: f"""SELECT c.id FROM persons c WHERE c.unreachable_since IS NOT NULL AND (
            (c.is_active IS TRUE AND c.unit_id IN (SELECT id FROM units WHERE path LIKE :path)
                AND c.id IN (SELECT person_id FROM role_grants WHERE revoked_at IS NULL))
            OR c.id IN (SELECT m.person_id FROM memberships m JOIN households h ON h.id = m.household_id
                        WHERE m.state <> 'ended' AND h.status IN ('active', 'away') AND {UNDER}))""",
    }


def days_since(is_sqlite: bool) -> str:
    """Days since the last contact or the pairing."""
    counted = f"coalesce({LAST}, {SINCE})"
    if is_sqlite:
        return f"(julianday(:today) - julianday({counted}))"
    return f"(CAST(:today AS date) - {counted})"
