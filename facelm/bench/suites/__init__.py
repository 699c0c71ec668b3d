"""Benchmarks: one file each, questions out. Adding one is a file and a line here.

A suite is named on the command line as `NAME` or `NAME:DATA_DIR`.
"""

from __future__ import annotations

from collections.abc import Callable

from facelm.bench.suites.corpus_mcq import CorpusMcq
from facelm.bench.suites.facexbench import FaceXBench
from facelm.bench.suites.fairface_mcq import FairFaceMcq
from facelm.bench.suites.heads_clips_mcq import HeadsClipsMcq
from facelm.bench.suites.heads_mcq import HeadsMcq
from facelm.errors import choose
from facelm.types import Suite

SUITES: dict[str, Callable[[str], Suite]] = {
    "corpus-mcq": CorpusMcq,
    "facexbench": FaceXBench,
    "fairface-mcq": FairFaceMcq,
    "heads-clips-mcq": HeadsClipsMcq,
    "heads-mcq": HeadsMcq,
}


def open_suite(spec: str) -> Suite:
    """Open a benchmark by name and place.

    Args:
        spec: `NAME` or `NAME:DATA_DIR`, for example `heads-mcq` or `fairface-mcq:data/fairface`.

    Raises:
        InputError: no suite has that name, it needs a folder and has none, or the folder does not
            hold its layout.
        MissingError: the default faces are not installed.
    """
    name, _, place = spec.partition(":")
    return SUITES[choose("suite", name, tuple(SUITES))](place)


def chosen_split(suite: Suite, split: str | None) -> str | None:
    """The split that is asked for, else the one to test on; None where a suite has none.

    Raises:
        InputError: there is no such split.
    """
    splits = suite.splits()
    if split is None:
        return splits[0] if splits else None
    return choose(f"split of {suite.name}", split, splits) if splits else split


__all__ = ["SUITES", "chosen_split", "open_suite"]
