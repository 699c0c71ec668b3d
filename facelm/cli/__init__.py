"""The front door: `facelm COMMAND`. It parses, calls one function, prints."""

from facelm.cli.main import main

__all__ = ["main"]
