"""The commands of `python -m bot`, one file each, and what they have in common.

console     settings, words and database at hand; a failure becomes one line and an exit code
failures    which line and which code
places      where the database is, as people may read it; files written whole or not at all
"""
