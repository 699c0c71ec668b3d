"""The commands. Heavy imports stay inside them, so that `facelm --help` answers at once."""

from __future__ import annotations

import json
import os
import sys
import warnings
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from facelm._io import leads, say
from facelm.cli.annotate import annotate, made
from facelm.cli.corpus import corpus_app
from facelm.cli.export import export
from facelm.cli.faces import faces
from facelm.cli.judge import judge
from facelm.cli.ledger import ledger_app
from facelm.cli.models import models_app
from facelm.cli.options import (
    EngineName,
    Json,
    Limit,
    Out,
    Seed,
    Shard,
    Split,
    Strict,
    Workers,
    finish,
)
from facelm.cli.sources import sources_app
from facelm.errors import FacelmError

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="From face pictures to instruction data, to a model, to a score people can trust.",
)
app.add_typer(sources_app, name="sources")
app.add_typer(corpus_app, name="corpus")
app.add_typer(ledger_app, name="ledger")
app.add_typer(models_app, name="models")
app.command()(faces)
app.command()(annotate)
app.command()(judge)
app.command()(export)

Sensitive = Annotated[
    Literal["refuse", "hedge", "answer"],
    typer.Option(help="Questions on age, gender, race, emotion: refuse | hedge | answer."),
]


@app.command()
def convert(
    source: Annotated[str, typer.Argument(help="NAME:PATH, as `facelm sources list` has it.")],
    out: Out,
    tasks: Annotated[
        str | None, typer.Option(help="age,expression,… or YAML files; all that fit by default.")
    ] = None,
    split: Split = None,
    limit: Limit = None,
    strict: Strict = False,
    shard: Shard = None,
    workers: Workers = None,
    engine: EngineName = "local",
    seed: Seed = 0,
    as_json: Json = False,
) -> None:
    """Turn a dataset's labels into questions and answers; no teacher is needed."""
    from facelm.convert import convert as run

    wanted = [task.strip() for task in tasks.split(",")] if tasks else None
    result = run(
        source, out, tasks=wanted, split=split, limit=limit, seed=seed, strict=strict,
        shard=shard, workers=workers, engine=engine,
    )  # fmt: skip
    finish(result, as_json, lambda: made(result, out))


@app.command()
def train(
    recipe: Annotated[Path, typer.Argument(help="A YAML file, see recipes/.")],
    overrides: Annotated[list[str] | None, typer.Argument(help="key=value …")] = None,
    gpus: Annotated[
        int | None, typer.Option(min=1, help="Share every step among so many GPUs of this machine.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Overrides the recipe's seed.")] = None,
    as_json: Json = False,
) -> None:
    """Train what a recipe says; run it again to go on after an interruption."""
    from facelm.exams import train as run

    extra = [*(overrides or []), *([] if seed is None else [f"seed={seed}"])]
    if gpus:
        from facelm.train.ranks import start

        start(gpus, ["train", str(recipe), *extra, *(["--json"] if as_json else [])])
    result = run(recipe, extra)
    if leads():
        finish(result, as_json, lambda: f"{result['model']}: ask it with `facelm ask`.")


@app.command()
def bench(
    model: Annotated[str, typer.Argument(help="nano, a run's model folder, or a hub id.")],
    suite: Annotated[str, typer.Option(help="SUITE[:DATA_DIR], e.g. heads-mcq, facexbench:DIR")],
    out: Out,
    split: Split = None,
    limit: Limit = None,
    seed: Seed = 0,
    as_json: Json = False,
) -> None:
    """Score a model on a benchmark: letters, generation, blind, per task and group."""
    from facelm.bench import bench as run
    from facelm.report import write_bench_report

    result = run(model, suite, out, split=split, limit=limit, seed=seed)
    write_bench_report(out, result)
    finish(result, as_json, lambda: _scored(result, out))


def _scored(result: dict[str, Any], out: Path) -> str:
    from facelm.report import words

    rows = [f"{'task':<24}{'n':>6}  {'accuracy':<22}{'chance':>7}{'blind':>7}"]
    for name, task in {**result["tasks"], "all": result}.items():
        low, high = task["ci95"]
        score = f"{task['accuracy']:.1%} ({low:.1%} to {high:.1%})"
        rows.append(
            f"{name:<24}{task['n']:>6}  {score:<22}{task['chance']:>7.0%}{task['blind']:>7.0%}"
        )
    seen = words.overlap(result["overlap"])
    return "\n".join([*rows, seen, f"The report is {out / 'report.html'}."])


@app.command()
def ask(
    model: Annotated[str, typer.Argument(help="nano, a run's model folder, or a hub id.")],
    image: Annotated[Path, typer.Argument(help="A picture or a video with one face.")],
    question: Annotated[str, typer.Argument(help="What to ask, in quotes.")],
    max_tokens: Annotated[int, typer.Option(min=1, max=1024)] = 120,
    sensitive: Sensitive = "hedge",
    seed: Seed = 0,
    as_json: Json = False,
) -> None:
    """Ask a model one question about one picture or video."""
    from facelm.ask import ask as run

    _spare_torchvision(model)
    answer = run(model, image, question, max_tokens=max_tokens, sensitive=sensitive)
    result = {"model": model, "image": str(image), "question": question, "answer": answer}
    finish(result, as_json, lambda: answer)


@app.command()
def serve(
    model: Annotated[str, typer.Argument(help="nano, a run's model folder, or a hub id.")],
    host: str = "127.0.0.1",
    port: int = 8000,
    sensitive: Sensitive = "hedge",
    seed: Seed = 0,
    as_json: Json = False,
) -> None:
    """Answer OpenAI-compatible chat requests with pictures or a video, on this machine."""
    from facelm.serve import serve as run

    _spare_torchvision(model)
    if as_json:
        print(json.dumps({"model": model, "url": f"http://{host}:{port}/v1"}), flush=True)
    run(model, host=host, port=port, sensitive=sensitive, seed=seed)


@app.command()
def doctor(
    prepare: Annotated[
        bool, typer.Option("--prepare", help="Convert and keep nano, so that it starts at once.")
    ] = False,
    seed: Seed = 0,
    as_json: Json = False,
) -> None:
    """Say what is installed, what is missing, and how to get it."""
    from facelm.doctor import examine, readable
    from facelm.doctor import prepare as run_prepare

    if prepare:
        run_prepare()
    result = examine()
    finish(result, as_json, lambda: readable(result))


@app.command()
def demo(
    faces: Annotated[Path | None, typer.Option(help="A folder of your own pictures.")] = None,
    out: Out = Path("runs/demo"),
    seed: Seed = 0,
    as_json: Json = False,
) -> None:
    """The whole way: faces, teacher, training, benchmark, a question, a report."""
    from facelm.demo import demo as run

    result = run(faces, out, seed=seed)
    finish(result, as_json, lambda: f"Open {out / 'report.html'} in a browser.")


def _spare_torchvision(model: str) -> None:
    """Start sooner with nano, whose pictures go through Pillow.

    `transformers` imports torchvision wherever it finds it, and torchvision a compiler: a third of
    the start. A hub model may need it, and this process will load no other model.
    """
    if model == "nano":
        sys.modules["torchvision"] = None  # type: ignore[assignment]


def main() -> None:
    """Run a command; a refusal is one sentence on stderr and exit status 2."""
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    # peft reads a name that transformers is about to drop; nothing a user could do about it.
    warnings.filterwarnings("ignore", category=FutureWarning, module="transformers")
    try:
        app()
    except FacelmError as error:
        say(f"facelm: {error}")
        sys.exit(2)
    except KeyboardInterrupt:
        say("facelm: stopped; run the same command again to go on where it was.")
        sys.exit(130)
