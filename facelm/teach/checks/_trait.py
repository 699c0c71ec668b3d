"""A trait of a face or a picture of which one of two things may be said."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from facelm.teach.checks._prose import Rule, signs


@dataclass(frozen=True)
class Trait:
    """Two opposite things that may be said of one trait."""

    name: str
    """`eyes`, `mouth`, `sharpness` or `light`."""
    says: dict[str, tuple[Rule, ...]]
    """What is said to how it is said."""
    not_of: re.Pattern[str]
    """Words of the clause that make it about something else, or leave it open."""
    not_in: re.Pattern[str] = re.compile(r"(?!)")
    """Words that make the whole sentence such a clause."""

    @cached_property
    def signs(self) -> dict[str, int]:
        """What is said to the signs of its rules."""
        return {value: signs(rules) for value, rules in self.says.items()}
