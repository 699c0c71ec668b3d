"""`facelm demo`: the whole way in front of the user, one plain sentence per stage."""

from __future__ import annotations

import json
import platform
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from facelm._io import say, write_json
from facelm.errors import InputError
from facelm.types import Conversation, Question, Turn

if TYPE_CHECKING:
    from facelm.corpus import Corpus
    from facelm.report import Sample, Talk

QUESTIONS = 300
"""Benchmark questions before and after; each is also asked blind and answered in words."""
FEWEST_FACES = 40
GENTLY = 2e-4
"""Learning rate on a user's own faces, which are photographs as nano has seen before."""
SHOWN = 3
SAMPLES = 12
CONTACT_SHEET = 48
ASKED = "Describe this face."
ANSWER_TOKENS = 90


@dataclass
class _Stages:
    """What was done, and how long it took."""

    done: list[dict[str, Any]] = field(default_factory=list)

    @contextmanager
    def stage(self, name: str, sentence: str) -> Iterator[None]:
        """Say what comes, time it."""
        say(f"\n[{len(self.done) + 1}/7] {sentence}")
        began = time.monotonic()
        yield
        self.done.append({"name": name, "seconds": round(time.monotonic() - began, 1)})


@dataclass(frozen=True)
class _Plan:
    """What differs between the default faces and a user's own folder."""

    source: str
    split: str | None
    suite: str
    suite_split: str
    part: str | None
    """Which part of the corpora is trained on; the suite asks about the rest."""
    kind: str
    """What the pictures are, in the plural, for the report."""


def demo(
    faces: Path | str | None = None, out: Path | str = "runs/demo", *, seed: int = 0
) -> dict[str, Any]:
    """Run every stage and write `report.html` and `results.json` into `out`.

    Args:
        faces: a folder of one's own pictures (labels from `labels.csv` in it, see
            `facelm.sources.folder`); None takes the default faces, `heads`.
        out: folder to write; interrupted demos go on.
        seed: of everything drawn.

    Returns:
        What `results.json` holds: `before` and `after` as `bench --json` prints them, `change`
        (paired), `stages`, `peak_memory_mb`.

    Raises:
        InputError: the folder has too few usable faces.
    """
    from facelm.bench import compare
    from facelm.report import Talk

    out, stages = Path(out), _Stages()
    plan = _plan(faces, out)
    with stages.stage("annotate", "A teacher answers questions about every training face."):
        corpus = _annotate(plan, out, seed)
    with stages.stage("look", "Three of the conversations:"):
        shown = _show(corpus)
    with stages.stage("before", "The model is tested on faces it has not seen."):
        before = _bench("nano", plan, out / "before", seed)
    with stages.stage("train", "The model learns from the conversations (LoRA)."):
        model = _train(plan, out, seed)
    with stages.stage("after", "The same test again."):
        after = _bench(model, plan, out / "after", seed)
    pictures = _pictures(plan, seed)
    with stages.stage("ask", "One question about one unseen picture:"):
        asked = Talk(picture := next(iter(pictures.values())), [_ask(model, picture)])
    results = {
        "before": before,
        "after": after,
        "change": compare(out / "before", out / "after", seed=seed),
        "stages": stages.done,
        "peak_memory_mb": _peak_memory_mb(),
    }
    with stages.stage("report", "The report is written."):
        _report(results, plan, corpus, shown, asked, _compared(out, pictures), out)
    write_json(out / "results.json", results)
    _conclude(results)
    return results


def _report(
    results: dict[str, Any],
    plan: _Plan,
    corpus: Corpus,
    shown: list[Conversation],
    asked: Talk,
    samples: list[Sample],
    out: Path,
) -> None:
    from facelm.report import DemoReport, Talk, write_report

    faces = [corpus.picture(one.image_ids[0]) for one in corpus.conversations()]
    write_report(
        out / "report.html",
        DemoReport(
            before=results["before"],
            after=results["after"],
            change=results["change"],
            kind=plan.kind,
            faces=faces[:: max(1, len(faces) // CONTACT_SHEET)][:CONTACT_SHEET],
            faces_in_all=len(faces),
            conversations=[Talk(corpus.picture(one.image_ids[0]), one.turns) for one in shown],
            losses=_losses(out),
            samples=samples,
            asked=asked,
            stages=results["stages"],
            peak_memory_mb=results["peak_memory_mb"],
        ),
    )


def _plan(faces: Path | str | None, out: Path) -> _Plan:
    if faces is None:
        return _Plan("heads", "train", "heads-mcq", "test", None, "pictures of synthetic heads")
    suite = f"corpus-mcq:{out / 'choices'}"
    return _Plan(f"folder:{faces}", None, suite, "test", "train", "pictures of your folder")


def _annotate(plan: _Plan, out: Path, seed: int) -> Corpus:
    from facelm.annotate import annotate
    from facelm.corpus import read_corpus

    folder = out / "conversations"
    made = annotate(plan.source, folder, split=plan.split, style="fairfacegpt", seed=seed)
    annotate(plan.source, out / "choices", split=plan.split, style="choices", seed=seed)
    if made["conversations"] < FEWEST_FACES:
        raise InputError(
            f"Only {made['conversations']} faces of {plan.source} can be used and the demo needs "
            f"{FEWEST_FACES}: the others are listed in {folder / 'manifest.json'}."
        )
    say(f"{made['conversations']} faces, {made['turns']} answers, {len(made['refused'])} refused.")
    return read_corpus(folder)


def _show(corpus: Corpus) -> list[Conversation]:
    everything = list(corpus.conversations())
    step = max(1, len(everything) // SHOWN)
    shown = everything[::step][:SHOWN]
    for one in shown:
        say(f"\n  {one.face_id}")
        for turn in one.turns[:3]:
            say(f"    Q: {turn.question}\n    A: {turn.answer}")
    return shown


def _bench(model: str, plan: _Plan, out: Path, seed: int) -> dict[str, Any]:
    from facelm.bench import bench

    result = bench(model, plan.suite, out, split=plan.suite_split, limit=QUESTIONS, seed=seed)
    say(f"{result['accuracy']:.0%} of {result['n']} questions right; blind {result['blind']:.0%}.")
    return result


def _train(plan: _Plan, out: Path, seed: int) -> str:
    import yaml

    from facelm.exams import train
    from facelm.train import parse_recipe

    recipe = yaml.safe_load(_recipe_text())
    recipe |= {"output": str(out / "training"), "seed": seed, "exams": [plan.suite]}
    for data, name in zip(recipe["data"], ("conversations", "choices"), strict=True):
        data |= {"corpus": str(out / name), "part": plan.part}
        data["make"] |= {"source": plan.source, "split": plan.split}
    if plan.part:  # a few dozen photographs teach less than a hasty model would forget
        answers = next(stage for stage in recipe["stages"] if stage["kind"] == "answers")
        recipe["stages"] = [answers | {"lr": GENTLY}]
    return str(train(parse_recipe(recipe, "recipes/demo.yaml"))["model"])


def _recipe_text() -> str:
    beside = Path(__file__).parent.parent / "recipes" / "demo.yaml"
    packaged = files("facelm") / "data" / "demo.yaml"
    return beside.read_text() if beside.exists() else packaged.read_text()


def _ask(model: str, picture: bytes) -> Turn:
    """One question in a user's words about one unseen face."""
    from facelm.faces import open_picture
    from facelm.models import load_model, user_message
    from facelm.serve.courtesy import courteous

    face, loaded = open_picture(picture), load_model(model)
    answer = courteous(
        ASKED, lambda text: loaded.generate(user_message([face], text), ANSWER_TOKENS)
    )
    say(f"  Q: {ASKED}\n  A: {answer}")
    return Turn(ASKED, answer)


def _pictures(plan: _Plan, seed: int) -> dict[str, bytes]:
    """The picture of every question of the suite."""
    from facelm.bench.suites import open_suite

    questions = open_suite(plan.suite).questions(plan.suite_split, seed)
    return {q.id: q.images[0] for q in questions if isinstance(q, Question)}


def _compared(out: Path, pictures: dict[str, bytes]) -> list[Sample]:
    """Answers before and after, one per task in turn."""
    from facelm.bench.samples import read_samples
    from facelm.report import Sample

    before = {sample["id"]: sample for sample in read_samples(out / "before")}
    rows = [(before[one["id"]], one) for one in read_samples(out / "after")]
    seen: dict[str, int] = {}
    for _, one in rows:
        one["turn"] = seen[one["task"]] = seen.get(one["task"], 0) + 1
    rows.sort(key=lambda row: row[1]["turn"])
    return [
        Sample(
            pictures[new["id"]],
            new["prompt"].splitlines()[0],
            _option(new, new["truth"]),
            _option(old, old["letter"]),
            _option(new, new["letter"]),
            old["letter"] == old["truth"],
            new["letter"] == new["truth"],
        )
        for old, new in rows[:SAMPLES]
    ]


def _option(sample: dict[str, Any], letter: str) -> str:
    return str(sample["options"][ord(letter) - ord("A")])


def _losses(out: Path) -> list[tuple[int, float]]:
    """Of the last stage, the one with the language model."""
    last = max((out / "training").glob("*/metrics.jsonl"))
    lines = [json.loads(line) for line in last.read_text().splitlines()]
    return [(line["step"], line["loss"]) for line in lines]


def _peak_memory_mb() -> float:
    """Highest resident memory of this process, the only one."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (2**20 if platform.system() == "Darwin" else 2**10), 1)


def _conclude(results: dict[str, Any]) -> None:
    change = results["change"]
    low, high = change["ci95"]
    say(
        f"\nFrom {change['before']:.0%} to {change['after']:.0%} on {change['n']} questions about "
        f"unseen faces: {change['difference']:+.0%} (95 % interval {low:+.0%} to {high:+.0%})."
    )
