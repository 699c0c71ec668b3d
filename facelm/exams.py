"""Corpora and models held against the benchmarks they will be scored on.

A benchmark whose pictures were trained on says little: the model may remember them. So `train`
compares its pictures with every exam its recipe names, `bench` with the lineage of the model it
scores, and `facelm corpus overlap` any corpus or run with any benchmark.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import facelm.train as training  # before `facelm.train` is the function
from facelm._hashing import Pictures, hash_corpus
from facelm._io import leads, progress, say, write_json
from facelm._scale import Engine, run_parts
from facelm.errors import FacelmError, InputError
from facelm.types import Question, Refused

if TYPE_CHECKING:
    from facelm.bench.overlap import Pictures as Asked
    from facelm.corpus import Corpus
    from facelm.corpus.overlap import Hashed
    from facelm.train import Recipe

REPORT, SHEET = "overlap.json", "overlap.html"
SHOWN = 200
"""Most pairs on the sheet."""


def train(recipe: Recipe | Path | str, overrides: list[str] | None = None) -> dict[str, Any]:
    """Train what a recipe says and hold its pictures against its exams.

    Args:
        recipe: a recipe or the path of its YAML file.
        overrides: `key=value`, `stages.0.lr=1e-4`; only with a path.

    Returns:
        `{"run", "model", "base", "stages": [{"name", "steps", "seconds"}], "exams"}`; `model` is
        the folder that `facelm bench`, `ask` and `serve` take; `exams` has what of each was trained
        on, or why it could not be compared. `overlap.json` in the run's folder holds the same with
        every match.

    Raises:
        InputError: a recipe, corpus or module that does not fit.
    """
    if not isinstance(recipe, training.Recipe):
        recipe = training.load_recipe(Path(recipe), overrides)
    result = training.train(recipe)
    return {**result, "exams": _check(result["model"], recipe) if leads() else {}}


def overlap(
    place: Path | str,
    benchmark: str,
    *,
    split: str | None = None,
    seed: int = 0,
    out: Path | str | None = None,
    shard: str | None = None,
    workers: int = 1,
    engine: Engine = "local",
) -> dict[str, Any]:
    """Which pictures of a benchmark are in a corpus, or were trained on by a model.

    Args:
        place: a corpus; or `nano`, a run's folder or its `model`: then its lineage is compared.
        benchmark: `NAME` or `NAME:DATA_DIR`, a suite as `facelm.bench.bench` takes it.
        split: one of the suite's; None takes its test split.
        seed: of the suite's draw.
        out: folder for `overlap.json` and `overlap.html`, a sheet of the pairs; None: no files.
        shard: `i/n`: hash the i-th of n parts of a corpus; they meet in `out`, and the last to end
            compares. The result is that of one run.
        workers: parts done side by side.
        engine: where they run: `local`, or `ray` (extra `scale`).

    Returns:
        `complete`: whether all parts were there; if so, `compared` (training pictures),
        `by_bytes_only` (those without a perceptual hash), `pictures` (different ones of the
        benchmark), `exact`, `near`, `questions` (that ask about such a picture),
        `questions_in_all`, `matches` (a list of `train`, `benchmark`, `kind`, `distance`),
        `refused` (a list of `id`, `reason`: what could not be read), and the
        arguments.

    Raises:
        InputError: there is no corpus and no lineage at `place`, or no benchmark.
    """
    from facelm.bench.suites import chosen_split, open_suite
    from facelm.corpus import Part, read_corpus

    corpus = read_corpus(place) if (Path(place) / "manifest.json").is_file() else None
    suite = open_suite(benchmark)
    chosen = chosen_split(suite, split)
    if corpus and (workers > 1 or engine == "ray"):
        call = {"place": str(place), "benchmark": benchmark, "split": split, "seed": seed}
        bar = (f"hashing {place}", 0, lambda: 0)
        parts = run_parts(overlap, {**call, "out": out and str(out)}, workers, engine, bar)
        return next(part for part in parts if part["complete"])
    pictures = Pictures(_lineage(str(place))) if corpus is None else None
    if corpus:
        pictures = hash_corpus(corpus, Part.read(shard or "1/1"), Path(out) if out else None)
    if pictures is None:
        return {"complete": False, "corpus": str(place), "benchmark": benchmark}
    known, refused = pictures.hashed, pictures.refused
    found = _of_benchmark(suite.questions(chosen, seed), benchmark, refused).among(known)
    result = {
        "complete": True,
        "corpus": str(place),
        "benchmark": benchmark,
        "split": chosen,
        "seed": seed,
        **found.counts(),
        "questions_in_all": found.questions_in_all,
        "matches": [asdict(match) for match in found.matches],
        "refused": [asdict(one) for one in refused],
    }
    if out is not None:
        write_json(Path(out) / REPORT, result)
        _write_sheet(Path(out) / SHEET, result, suite.questions(chosen, seed), corpus)
    return result


def _check(model: str, recipe: Recipe) -> dict[str, Any]:
    """Each exam in one sentence on stderr, all of them in the run's `overlap.json`."""
    from facelm.bench.overlap import lineage_of
    from facelm.report import words

    lineage = lineage_of(model)
    exams: dict[str, Any] = {}
    for spec in recipe.exams:
        try:
            exams[spec] = _exam(spec, lineage.pictures)
            say(f"{spec}: {words.trained_on(exams[spec])}")
        except FacelmError as error:  # the run is finished and stays so
            exams[spec] = {"not_compared": str(error)}
            say(f"{spec} could not be compared with the training pictures: {error}")
    for name in lineage.unknown:
        say(words.not_listed(name))
    about = {"lineage": lineage.known, "unknown": lineage.unknown}
    write_json(recipe.folder / REPORT, {**about, "exams": exams})
    return {spec: {k: v for k, v in one.items() if k != "matches"} for spec, one in exams.items()}


def _exam(spec: str, known: list[Hashed]) -> dict[str, Any]:
    from facelm.bench.suites import chosen_split, open_suite

    suite = open_suite(spec)
    questions = suite.questions(chosen_split(suite, None), 0)
    found = _of_benchmark(questions, spec, []).among(known)
    return {**found.counts(), "matches": [asdict(match) for match in found.matches]}


def _of_benchmark(
    questions: Iterator[Question | Refused], benchmark: str, refused: list[Refused]
) -> Asked:
    """All pictures of a benchmark, hashed.

    Raises:
        InputError: it has no question.
    """
    from facelm.bench.overlap import Pictures as Asked

    pictures = Asked()
    for question in progress(questions, f"hashing {benchmark}", unit="questions"):
        if isinstance(question, Refused):
            refused.append(question)
        else:
            pictures.add(question)
    refused += pictures.unreadable
    if not pictures.rows:
        first = f" ({refused[0].id}: {refused[0].reason})" if refused else ""
        raise InputError(f"'{benchmark}' has no picture to compare with{first}: check its folder.")
    return pictures


def _lineage(model: str) -> list[Hashed]:
    from facelm.bench.overlap import lineage_of

    lineage = lineage_of(model)
    if not lineage.known:
        raise InputError(
            f"{model} is neither a corpus nor a run with a lineage.parquet: give a folder that "
            "`facelm annotate` or `facelm train` has written."
        )
    return lineage.pictures


def _write_sheet(
    path: Path,
    result: dict[str, Any],
    questions: Iterator[Question | Refused],
    corpus: Corpus | None,
) -> None:
    """The pairs side by side, the least alike first; pictures come from what the user has."""
    from facelm.report import Pair, words, write_pairs

    shown = sorted(result["matches"], key=lambda match: -match["distance"])[:SHOWN]
    asked = _asked(questions, {match["benchmark"] for match in shown})
    pairs = [
        Pair(
            corpus.picture(match["train"]) if corpus else None,
            asked.get(match["benchmark"]),
            f"{match['kind']}, {match['distance']} of 256 bits: {match['train'][:16]} and "
            f"{match['benchmark']}",
        )
        for match in shown
    ]
    heads = (f"training pictures of {result['corpus']}", f"pictures of {result['benchmark']}")
    title = f"{result['corpus']} and {result['benchmark']}"
    write_pairs(path, title, words.in_common(result), heads, pairs, len(result["matches"]))


def _asked(questions: Iterator[Question | Refused], wanted: set[str]) -> dict[str, bytes]:
    """A benchmark's pictures by name, those that are wanted."""
    from facelm.bench.overlap import pictures_of

    return {
        name: data
        for question in questions
        if isinstance(question, Question)
        for name, data in pictures_of(question)
        if name in wanted
    }
