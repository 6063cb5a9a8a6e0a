"""The process: everything with a socket, a thread, a clock or a configuration file."""
