"""What a corpus holds, in figures: counts, balance, repetitions, lengths.

The conversations go by once, a shard at a time; eight bytes are kept of every turn.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from facelm.corpus._balance import Balance
from facelm.corpus._counts import COLUMNS, Counts, add_by_source, by_source, tally
from facelm.corpus._scan import Keys, image_keys, row_digests, tables, turn_digests, whole
from facelm.corpus.reader import read_corpus

# An answer is closed when it is "yes", "no" or an option's letter, alone or before more words.
_CLOSED = (
    r"^\s*(?:(?P<word>(?i:yes|no))(?:[,.;:!]|\s*$|\s+[–—-])"
    r"|\(?(?P<letter>[A-H])(?:[).:]|\s*$))"
)


def stats(corpus: Path | str) -> dict[str, Any]:
    """Count a corpus.

    Args:
        corpus: the corpus's folder; it may be unfinished.

    Returns:
        All that `facelm.corpus._counts.Counts.result` gives, and for each source under `sources`;
        `path`;
        `balance`: a list of `label`, `group`, `of` (conversations that have both), `association`
        (Cramér's V: 0 where knowing one says nothing of the other, 1 where it says all),
        `smallest` (the smallest number) and `counts` {label's value: {group's value: number}};
        `answers`: category to `answers` (their number) and `closed` {yes, no, A, …: number}, for
        categories that have closed ones;
        `repeated`: `pictures_in_several` (pictures that stand in several conversations),
        `most_of_one` (conversations about one picture at most), `turns` (question and answer
        about the same pictures again) and `conversations` (all of one again);
        `lengths`: `question` and `answer` in words, `turns` and `pictures` of a conversation, each
        with `median`, `p95`, `longest` and `histogram` [[length, number], …].

    Raises:
        InputError: there is no corpus, or it is damaged.
    """
    folder = read_corpus(corpus).path
    sources: dict[str, Counts] = {}
    balance, answers, repeats, lengths = Balance(), _Answers(), _Repeats(), _Lengths()
    for table in tables(folder, COLUMNS):
        add_by_source(sources, table)
        balance.add(tally(table["labels"]))
        flat = pc.list_flatten(whole(table["turns"]))
        answers.add(flat)
        repeats.add(table)
        lengths.add(table, flat)
    return {
        "path": str(corpus), **by_source(sources), "balance": balance.result(),
        "answers": answers.result(), "repeated": repeats.result(), "lengths": lengths.result(),
    }  # fmt: skip


class _Answers:
    """How often each closed answer is given, by category."""

    def __init__(self) -> None:
        self._all: Counter[str] = Counter()
        self._closed: Counter[tuple[str, str]] = Counter()

    def add(self, turns: pa.StructArray) -> None:
        """Count one shard's turns."""
        categories, answers = (pc.struct_field(turns, name) for name in ("category", "answer"))
        self._all.update(tally(categories))
        found = pc.extract_regex(answers, _CLOSED)
        known = pc.is_valid(found)
        word, letter = (pc.struct_field(found.filter(known), name) for name in ("word", "letter"))
        said = pc.if_else(pc.equal(letter, ""), pc.utf8_lower(word), letter)
        pairs = zip(categories.filter(known).to_pylist(), said.to_pylist(), strict=True)
        self._closed.update(pairs)

    def result(self) -> dict[str, Any]:
        """Categories in which closed answers are given."""
        found: dict[str, dict[str, int]] = {}
        for (category, said), number in sorted(self._closed.items()):
            found.setdefault(category, {})[said] = number
        return {
            name: {"answers": self._all[name], "closed": closed} for name, closed in found.items()
        }


class _Repeats:
    """What is there more than once."""

    def __init__(self) -> None:
        self._pictures: list[Keys] = []
        self._turns: list[Keys] = []
        self._rows: list[Keys] = []

    def add(self, table: pa.Table) -> None:
        """Remember one shard by its hashes."""
        turns, rows = turn_digests(table)
        self._turns.append(turns)
        self._rows.append(row_digests(turns, rows, table.num_rows))
        self._pictures.append(_once_a_row(whole(table["image_ids"])))

    def result(self) -> dict[str, int]:
        """The numbers."""
        pictures = np.unique(_joined(self._pictures), return_counts=True)[1]
        return {
            "pictures_in_several": int((pictures > 1).sum()),
            "most_of_one": int(pictures.max(initial=0)),
            "turns": _again(_joined(self._turns)),
            "conversations": _again(_joined(self._rows)),
        }


def _once_a_row(ids: pa.ListArray) -> Keys:
    """Each conversation's pictures, one that it shows twice counted once."""
    keys, rows = image_keys(pc.list_flatten(ids)), pc.list_parent_indices(ids).to_numpy()
    order = np.lexsort((keys, rows))
    keys, rows = keys[order], rows[order]
    new = np.ones(len(keys), dtype=bool)
    new[1:] = (keys[1:] != keys[:-1]) | (rows[1:] != rows[:-1])
    return keys[new]


def _joined(parts: list[Keys]) -> Keys:
    return np.concatenate(parts) if parts else np.empty(0, np.uint64)


def _again(keys: Keys) -> int:
    return len(keys) - len(np.unique(keys))


class _Lengths:
    """How long questions, answers and conversations are."""

    def __init__(self) -> None:
        names = ("question", "answer", "turns", "pictures")
        self._counts = {name: np.zeros(0, np.int64) for name in names}

    def add(self, table: pa.Table, turns: pa.StructArray) -> None:
        """Count one shard."""
        for name in ("question", "answer"):
            text = pc.utf8_trim_whitespace(pc.struct_field(turns, name))
            self._add(name, pc.list_value_length(pc.ascii_split_whitespace(text)))
        self._add("turns", pc.list_value_length(whole(table["turns"])))
        self._add("pictures", pc.list_value_length(whole(table["image_ids"])))

    def _add(self, name: str, lengths: pa.Array) -> None:
        own, new = self._counts[name], np.bincount(lengths.to_numpy())
        total = np.zeros(max(len(own), len(new)), np.int64)
        total[: len(own)] += own
        total[: len(new)] += new
        self._counts[name] = total

    def result(self) -> dict[str, Any]:
        """Median, 95 % and longest, and how often each length is there."""
        return {name: _described(counts) for name, counts in self._counts.items()}


def _described(counts: NDArray[np.int64]) -> dict[str, Any]:
    upto = np.cumsum(counts)
    if not len(upto):
        return {"median": 0, "p95": 0, "longest": 0, "histogram": []}
    median, most = (int(np.searchsorted(upto, share * upto[-1])) for share in (0.5, 0.95))
    there = np.flatnonzero(counts)
    return {
        "median": median, "p95": most, "longest": int(there[-1]),
        "histogram": [[int(length), int(counts[length])] for length in there],
    }  # fmt: skip
