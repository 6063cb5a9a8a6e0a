"""Visits: the form that fills itself in, saving it, correcting it for 72 h, and the diary derived from it."""
