"""The course of a problem: reporting, handling, asking the household, and the household's own means."""
