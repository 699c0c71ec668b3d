"""A corpus as its reviewers want it: rejected answers left out, corrected ones in their words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from facelm._aside import whole_folder
from facelm.corpus import _copy, _layout
from facelm.corpus._scan import whole
from facelm.corpus.history import FOLDER, read_history, row_hash, turn_hash
from facelm.corpus.reader import Corpus
from facelm.corpus.review import Verdict, changed, faces_of, reviewed, rows_about, verdicts
from facelm.errors import InputError
from facelm.types import Conversation, Turn


def apply_reviews(corpus: Path | str, out: Path | str) -> dict[str, Any]:
    """Write a new corpus of one that was reviewed; the old one stays as it is.

    Where reviewers disagree the strictest decision counts; of two corrections the later. Turns
    that nobody judged are taken as they are. In a dialogue what follows a rejected turn is left
    out too, for it rests on it. A conversation without a turn left is left out.

    Args:
        corpus: the corpus's folder, with its reviews.
        out: the new corpus's folder.

    Returns:
        `path`, `conversations`, `turns`, `pictures` (of the new corpus), `reviewers` (how many),
        `accepted`, `corrected` and `rejected` (turns), `followed` (turns left out behind a
        rejected one of a dialogue), `disputed` (turns about which reviewers disagree), `emptied`
        (conversations left out), `changed` (decisions not applied, because the row is no longer
        as it was), `unreadable` (lines of the history), `new` (False where just this lay at `out`
        already).

    Raises:
        InputError: the corpus cannot be read or is not finished, nobody reviewed it, no decision
            applies, nothing would be left, or `out` holds something else.
        FacelmError: the disk is full.
    """
    opened, out = _copy.finished(corpus), Path(out)
    plan, reviews = _planned(opened)
    picks = _copy.Picks(np.zeros(len(plan.rows), dtype=np.int64), plan.rows)
    about = {
        "source": ", ".join(opened.manifest["counts"].get("sources", [])),
        "made_by": "review",
        "inputs": [_copy.described(opened, len(plan.rows))],
        "settings": {"where reviewers disagree": "the strictest decision"},
        "reviews": reviews,
        **_copy.stored([opened]),
    }
    if (manifest := _copy.made_already(out, about)) is not None:
        return _summary(out, manifest, new=False)
    with whole_folder(out) as folder:
        change = partial(_as_reviewed, plan=plan)
        manifest = _copy.write_picked(folder, [opened], picks, about, change)
    return _summary(out, manifest, new=True)


@dataclass
class _Plan:
    """What is done to which conversation."""

    faces: set[str] = field(default_factory=set)
    edits: dict[str, dict[str, Verdict]] = field(default_factory=dict)
    """Hash of a conversation to hashes of its turns to what was decided."""
    rows: Any = None
    """Numbers of the conversations that are taken, rising."""


def _planned(corpus: Corpus) -> tuple[_Plan, dict[str, Any]]:
    """The plan, and what the manifest says of it: how many people, but not who."""
    history = read_history(corpus.path)
    standing = history.standing()
    counted = verdicts(standing)
    if not counted:
        raise InputError(
            f"Nobody has reviewed {corpus.path}: do it with `facelm corpus review {corpus.path}`."
        )
    found = reviewed(corpus, counted.keys(), faces_of(history))
    if not found:
        raise InputError(
            f"None of the {len(counted):,} turns that were reviewed is in {corpus.path} as it was: "
            f"review it again, or use the corpus that {FOLDER}/ was made for."
        )
    plan = _Plan({one.conversation.face_id for one in found.values()})
    for (row, turn), verdict in counted.items():
        if (row, turn) in found:
            plan.edits.setdefault(row, {})[turn] = verdict
    counts, emptied = _counted(corpus, plan)
    kept = np.ones(len(corpus), dtype=bool)
    kept[emptied] = False
    plan.rows = np.flatnonzero(kept)
    if not len(plan.rows):
        raise InputError(f"Every answer of {corpus.path} was rejected: nothing would be left.")
    disputed = sum(counted[key].disputed for key in found)
    return plan, {
        "reviewers": sum(bool(rows) for rows in standing.values()),
        **counts,
        "disputed": disputed,
        "emptied": len(emptied),
        "changed": changed(standing, found),
        "unreadable": len(history.unreadable),
        "history": sorted(history.hashes),
    }


def _counted(corpus: Corpus, plan: _Plan) -> tuple[dict[str, int], list[int]]:
    """What happens to how many turns, and the conversations that no turn is left of."""
    counts: Counter[str] = Counter()
    emptied = []
    for number, one in rows_about(corpus, plan.faces):
        if edits := plan.edits.get(row_hash(one)):
            left, done = _edited(one, edits)
            counts.update(done)
            if not left:
                emptied.append(number)
    names = ("accepted", "corrected", "rejected", "followed")
    return {name: counts[name] for name in names}, emptied


def _edited(one: Conversation, edits: Mapping[str, Verdict]) -> tuple[list[Turn], Counter[str]]:
    """The turns that are left of a conversation, and what was done to how many."""
    left, counts, broken = [], Counter[str](), False
    for turn in one.turns:
        verdict = edits.get(turn_hash(turn))
        rejected = verdict is not None and verdict.decision == "rejected"
        if broken and not rejected:
            counts["followed"] += 1
            continue
        if verdict is not None:
            counts[verdict.decision] += 1
        if rejected:
            broken = one.dialogue
            continue
        corrected = verdict is not None and verdict.decision == "corrected"
        text = verdict.text if verdict is not None and corrected else turn.answer
        left.append(Turn(turn.question, text, turn.category))
    return left, counts


def _as_reviewed(table: pa.Table, plan: _Plan) -> pa.Table:
    """One shard with its turns as they were decided."""
    wanted = pa.array(sorted(plan.faces), pa.string())
    touched = np.flatnonzero(pc.is_in(table["face_id"], value_set=wanted).to_numpy())
    if not len(touched):
        return table
    turns = whole(table["turns"]).to_pylist()
    for place, row in zip(touched.tolist(), table.take(touched).to_pylist(), strict=True):
        one = _layout.from_row(row)
        if edits := plan.edits.get(row_hash(one)):
            turns[place] = [vars(turn) for turn in _edited(one, edits)[0]]
    kind = _layout.CONVERSATIONS.field("turns").type
    where = table.schema.get_field_index("turns")
    return table.set_column(where, "turns", pa.array(turns, kind))


def _summary(out: Path, manifest: dict[str, Any], new: bool) -> dict[str, Any]:
    counts, reviews = manifest["counts"], manifest["about"]["reviews"]
    shown = {name: value for name, value in reviews.items() if name != "history"}
    totals = {name: counts[name] for name in ("conversations", "turns", "pictures")}
    return {"path": str(out), **totals, **shown, "new": new}
