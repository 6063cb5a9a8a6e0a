"""The database: tables by topic, the session with the only commit, and every query (`models.queries`)."""
