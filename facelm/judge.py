"""A judge rates what a corpus says: sampled or all answers, on FaceInstruct's three criteria.

Like a teacher's, a judge's answers are in the ledger before they count: a run that is stopped, or
asked for a larger sample, pays for nothing twice.
"""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from facelm._io import hold, let_go, progress_bar, read_bytes, replacing, write_json
from facelm._making import at_least_one
from facelm.errors import InputError

if TYPE_CHECKING:
    from facelm._judge_prompt import JudgePrompt
    from facelm._judged import Scores
    from facelm._judging import Judging
    from facelm.corpus import Corpus
    from facelm.teach import Means
    from facelm.teach.engine.desk import Desk
    from facelm.teach.openai import Calling

VERDICTS, SUMMARY, REPORT = "verdicts.jsonl", "summary.json", "report.html"
# Models of ours that cannot judge: nano has 0.1 billion parameters and was taught faces alone.
_TOO_SMALL = ("nano", "nano-base")
_MOST_STEPS = 10  # from a run to the run it began with


def judge(
    corpus: Path | str,
    out: Path | str | None = None,
    *,
    judge: str,
    base_url: str | None = None,
    prompt: str = "faceinstruct",
    sample: int | None = None,
    seed: int = 0,
    means: Means | None = None,
) -> dict[str, Any]:
    """Have a model rate a corpus's answers from 1 to 10 on the criteria of a frozen prompt.

    The judge is shown the pictures without their metadata, the row's labels, the question and the
    answer. A verdict that cannot be read is asked for once more; what still cannot be read stays
    in n and in the bounds. Writes `verdicts.jsonl` (one line an answer, with the judge's own
    words), `summary.json` and `report.html`.

    Args:
        corpus: the corpus's folder.
        out: where to write; None: `CORPUS-judged-MODEL` beside the corpus.
        judge: `openai:MODEL`.
        base_url: where it listens; None takes OPENAI_BASE_URL.
        prompt: `faceinstruct`, or the path of a YAML file like it.
        sample: so many conversations, drawn by the seed; a larger sample holds a smaller one.
            None takes all.
        seed: of the sample and of the resampling.
        means: ledger, budget, in-flight limit, prices, permission, dry run.

    Returns:
        What `summary.json` holds: `corpus`, `judge`, `host`, `prompt` (name, sha256, parameters,
        rule), `seed`, `sample`, `conversations`, `turns`, `complete` and `stopped` (why it ended
        early), `asked_again`, `unlabelled`, `criteria` (each `n`, `readable`, `unreadable`,
        `set_aside`, `conversations` with a readable verdict, `mean`, `ci95` (None with fewer than
        10 of these), `bounds`, `histogram`), the same by `categories` and by
        `groups` (label, value; of 20 answers and more), `set_aside` (with reasons), `permission`
        where it was needed. Of this run: `path`, `calls`, `asked`, `from_ledger`,
        `prompt_tokens`, `cached_tokens`, `completion_tokens`, `dollars`, `priced`, `seconds`. A dry
        run gives only the latter, of what it would ask, as `dry_run`.

    Raises:
        InputError: no corpus, no endpoint, a judge that is too small, or pictures whose terms
            forbid to show them to it.
        EndpointError: the judge's server fails; run again to go on.
        FacelmError: the disk is full; run again to go on.
    """
    from facelm._judge_prompt import load_prompt
    from facelm.corpus import read_corpus
    from facelm.corpus.sample import sources_of
    from facelm.teach import Means
    from facelm.teach.budget import Budget
    from facelm.teach.openai import Calling
    from facelm.teach.permission import require_permission

    started = time.monotonic()
    at_least_one(sample=sample)
    means = (means or Means()).share(Path(corpus), 1)
    frozen = load_prompt(prompt)
    _require_able(judge)
    budget = Budget(means.budget, means.budget_tokens)
    calling = Calling.of(judge, base_url, "judge", means, budget)
    opened = read_corpus(corpus)
    if not len(opened):
        raise InputError(f"{corpus} holds no conversation yet: there is nothing to judge.")
    permission = require_permission(sources_of(opened), [calling.wire.base_url], means.permission)
    about = {
        "corpus": str(corpus), "judge": judge, "host": calling.wire.host,
        "prompt": frozen.about(), "seed": seed, "sample": sample,
        **({"permission": permission} if permission else {}),
    }  # fmt: skip
    folder = Path(out) if out is not None else _beside(Path(corpus), calling.model)
    work = _Work(opened, calling, frozen, means, folder, sample, seed)
    result = work.dry() if means.dry else work.run(about)
    return {**result, "seconds": round(time.monotonic() - started, 2)}


class _Work:
    """One run."""

    def __init__(
        self, corpus: Corpus, calling: Calling, prompt: JudgePrompt, means: Means, out: Path,
        sample: int | None, seed: int,
    ) -> None:  # fmt: skip
        self._corpus, self._calling, self._prompt = corpus, calling, prompt
        self._means, self._out, self._sample, self._seed = means, out, sample, seed

    def run(self, about: dict[str, Any]) -> dict[str, Any]:
        """Judge, and write the folder."""
        from facelm._judged import Scores
        from facelm.report import write_verdicts
        from facelm.teach.engine import loop

        scores = Scores(self._prompt.criteria)
        lock = hold(self._out)
        try:
            for torn in self._out.glob(f".{VERDICTS}.*"):  # of a run that was killed
                torn.unlink()
            with replacing(self._out / VERDICTS) as lines:
                number, stopped, spent = loop.run(self._judge(scores, lines))
            summary = {
                **about, "conversations": number, "complete": not stopped, "stopped": stopped,
                **scores.result(self._seed),
            }  # fmt: skip
            write_json(self._out / SUMMARY, summary)
            write_verdicts(self._out / REPORT, summary)
        finally:
            let_go(lock)
        return {**summary, "path": str(self._out), **spent}

    def dry(self) -> dict[str, Any]:
        """Count what would be asked; nothing is sent or written."""
        from facelm._judged import Scores
        from facelm.teach.engine import loop

        *_, spent = loop.run(self._judge(Scores(self._prompt.criteria), None))
        return {"dry_run": True, **spent}

    async def _judge(self, scores: Scores, lines: Path | None) -> tuple[int, str, dict[str, Any]]:
        """How many conversations were judged, why it ended early, and what it took."""
        from facelm._judging import Judging
        from facelm.teach.openai import ledger_of

        with ledger_of(self._means) as ledger:
            async with self._calling.wire:
                desk = self._calling.desk(ledger, self._means)
                judging = Judging(desk, self._calling, self._prompt, self._corpus)
                number, stopped = await self._all(judging, desk, scores, lines)
        spent = desk.tally.report(self._calling.wire.calls, self._calling.priced)
        return number, stopped, spent

    async def _all(
        self, judging: Judging, desk: Desk, scores: Scores, lines: Path | None
    ) -> tuple[int, str]:
        from facelm._conversing import Left
        from facelm._judging import judged
        from facelm.corpus.sample import sampled

        def note() -> str:
            tally = desk.tally
            return f"{tally.asked + tally.found:,} verdicts, ${tally.dollars:.2f}"

        number, stopped, total = 0, "", min(self._sample or len(self._corpus), len(self._corpus))
        chosen = sampled(self._corpus, self._sample, self._seed)
        file = None if lines is None else lines.open("w", encoding="utf-8")
        try:
            with progress_bar("judging", total, "conversations", note) as advance:
                async for found in judged(judging, chosen):
                    advance()
                    if not isinstance(found, Left):
                        number += 1
                        scores.add(found)
                        if file is not None:
                            file.writelines(_line(row) for row in found.rows())
                    else:
                        stopped = stopped or found.why
        finally:
            if file is not None:
                file.close()
        return number, stopped


def _line(row: dict[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False) + "\n"


def _beside(corpus: Path, model: str) -> Path:
    """A folder beside the corpus with the judge's name, so that two judges have two."""
    whole, name = corpus.resolve(), re.sub(r"[^\w.-]+", "-", model)
    return whole.with_name(f"{whole.name}-judged-{name}")


def _require_able(judge: str) -> None:
    """Refuse models of ours that cannot judge, under their names and as runs that began with them.

    `facelm serve` answers under no other name, so this holds for it too.
    """
    _, _, model = judge.partition(":")
    if _is_nano(model):
        raise InputError(
            f"'{model}' is too small to judge what is said of a face: give a larger model with "
            "--judge openai:MODEL."
        )


def _is_nano(model: str) -> bool:
    for _ in range(_MOST_STEPS):
        if model.lower() in _TOO_SMALL:
            return True
        places = (Path(model) / "facelm.json", Path(model) / "model" / "facelm.json")
        file = next((place for place in places if place.is_file()), None)
        if file is None:
            return False
        try:
            model = str(json.loads(read_bytes(file, "The model"))["base"])
        except (ValueError, KeyError, TypeError):
            return False
    return False
