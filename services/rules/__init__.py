"""Pure functions over values: dates, ids and small frozen dataclasses in, decisions out."""
