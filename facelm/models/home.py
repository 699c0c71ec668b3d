"""Where prepared models are kept on this machine: one folder, safe to delete at any time."""

from __future__ import annotations

import os
from pathlib import Path


def home() -> Path:
    """`$FACELM_HOME`, else `~/.cache/facelm`."""
    given = os.environ.get("FACELM_HOME")
    return Path(given) if given else Path.home() / ".cache" / "facelm"


SHIPPED = Path(__file__).parent / "weights"
"""Weights that come with the package."""
