"""`make bench`: how fast the whole bot is on this machine, against the sandbox."""
