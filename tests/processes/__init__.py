"""Several bots on one database, and one bot with several ways in: always as real processes."""
