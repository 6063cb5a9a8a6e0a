"""The process: everything with a socket, a thread, a clock or a configuration file."""

VERSION = "0.1.0"
