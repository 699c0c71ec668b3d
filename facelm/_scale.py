"""Running a command's parts side by side: as processes of this machine, or on a Ray cluster.

A part is the command itself with `shard="i/n"`, so however many there are and wherever they run,
the files are those of one run. On a cluster all machines must see the source and the output under
the same paths.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stderr
from typing import TYPE_CHECKING, Any, Literal

from facelm._io import progress
from facelm.errors import FacelmError, InputError, MissingError

if TYPE_CHECKING:
    from concurrent.futures import Future

Engine = Literal["local", "ray"]
Work = Callable[..., dict[str, Any]]
Bar = tuple[str, int, Callable[[], int]]
"""A few words, the number of rows, and how many are done."""
_BEAT_S = 0.5


def run_parts(
    work: Work,
    arguments: Mapping[str, Any],
    count: int,
    engine: Engine,
    bar: Bar,
) -> list[dict[str, Any]]:
    """Call `work(**arguments, shard="i/n")` for every part.

    Args:
        work: a function of a module, whose result JSON can carry.
        arguments: what all parts get; plain values.
        count: number of parts; on this machine, so many processes.
        engine: `local` or `ray` (extra `scale`).
        bar: what is shown while parts run on this machine.

    Returns:
        The parts' results, in their order.

    Raises:
        FacelmError: what a part raised.
        MissingError: Ray is not installed.
    """
    shards = [f"{index + 1}/{count}" for index in range(count)]
    if engine == "ray":
        return _on_ray(work, arguments, shards)
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    with ProcessPoolExecutor(count, get_context("spawn")) as pool:
        parts = [pool.submit(_silently, work, {**arguments, "shard": one}) for one in shards]
        what, total, done = bar
        for _ in progress(_beats(parts, total, done), what, total):
            pass
        return [part.result() for part in parts]


def _silently(work: Work, arguments: dict[str, Any]) -> dict[str, Any]:
    """A part's own bar would be drawn over the other parts'."""
    with open(os.devnull, "w") as nowhere, redirect_stderr(nowhere):
        return work(**arguments)


def _beats(
    parts: list[Future[dict[str, Any]]], total: int, done: Callable[[], int]
) -> Iterator[None]:
    """One for each row that is done, until all parts have ended or one has failed."""
    from concurrent.futures import wait

    told = 0
    running = True
    while running:
        wait(parts, timeout=_BEAT_S, return_when="FIRST_EXCEPTION")
        running = any(not part.done() for part in parts)
        if any(part.done() and part.exception() for part in parts):
            return
        now = done() if running else total
        yield from (None for _ in range(told, now))
        told = max(told, now)


def _on_ray(work: Work, arguments: Mapping[str, Any], shards: list[str]) -> list[dict[str, Any]]:
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"  # nothing is sent home
    try:
        import ray
    except ImportError as error:
        raise MissingError("The engine 'ray' needs Ray: `pip install 'facelm[scale]'`.") from error
    ray.init(ignore_reinit_error=True, include_dashboard=False, log_to_driver=False)
    ray.data.DataContext.get_current().enable_progress_bars = False
    rows = ray.data.from_items([{"shard": shard} for shard in shards])
    done = rows.repartition(len(shards)).map(_RayPart(work, dict(arguments))).take_all()
    results = {row["shard"]: json.loads(row["result"]) for row in done}
    for result in results.values():
        if "refusal" in result:
            raise FacelmError(result["refusal"])
    return [results[shard] for shard in shards]


class _RayPart:
    """One part on a worker; what it refuses comes back as a sentence, not as Ray's stack."""

    def __init__(self, work: Work, arguments: dict[str, Any]) -> None:
        self._work, self._arguments = work, arguments

    def __call__(self, row: dict[str, str]) -> dict[str, str]:
        try:
            result = self._work(**self._arguments, shard=row["shard"])
        except FacelmError as error:
            result = {"refusal": str(error)}
        return {"shard": row["shard"], "result": json.dumps(result)}


def choose_count(workers: int | None, engine: Engine, few: bool) -> int:
    """Number of parts: as asked for, else one for each core, or one where there is little to do.

    Raises:
        InputError: a cluster was asked for without saying into how many parts to cut the work.
    """
    if workers is not None:
        return workers
    if engine == "ray":
        raise InputError("Give --workers with --engine ray: the number of parts to cut it into.")
    return 1 if few else os.cpu_count() or 1
