"""Joining: consent, the card of a household, who confirms it, and what people may set for themselves."""
