"""Numbers that the command line shows as defaults; to load the teachers for them takes too long."""

from __future__ import annotations

IN_FLIGHT = 512
"""Never more calls at once than this."""
TIMEOUT_S = 300
"""Seconds until a reply must be whole; `facelm.teach.Patience` has the same."""
