"""Do landmarks help? `nano` with Face-LLaVA's modules beside `nano` without, on `heads`.

    python benchmarks/landmarks.py [--faces 96] [--seeds 3] [--questions 540] [--out DIR] [--json]

Each seed begins with the first stage of `recipes/demo.yaml`, the same for every variant: encoder
and connector learn what is new about these faces. From there every variant learns to answer, in
turns, from the same faces and questions in the same order (LoRA of rank 16; the landmark modules
where there are any), and answers the same questions of `heads-mcq` on portraits that no one trained
on.
A run that is there already is not run again: stop it and start it again as you like.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

from facelm.bench import bench
from facelm.train import parse_recipe, train

DEMO = Path(__file__).parent.parent / "recipes/demo.yaml"
VARIANTS: dict[str, dict[str, Any] | None] = {
    "without": None,
    "none": {"mask": "none"},
    "softmax-distance": {"mask": "softmax-distance"},
    "negative-distance": {"mask": "negative-distance"},
    "negative-distance, drawn": {"mask": "negative-distance", "zero_init": False},
}
"""Name to the recipe's `landmarks`."""


def main() -> None:
    """Print a table of accuracies, mean and spread over the seeds."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--faces", type=int, default=96, help="two of them are a step")
    given.add_argument("--seeds", type=int, default=3)
    given.add_argument("--questions", type=int, default=540, help="the same for every run")
    given.add_argument("--out", type=Path)
    given.add_argument("--json", action="store_true")
    options = given.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.out or Path(temporary)
        runs = [
            {"variant": name, "seed": seed}
            | _run(folder, name, seed, options.faces, options.questions)
            for seed in range(options.seeds)
            for name in VARIANTS
        ]
    if options.json:
        print(json.dumps(runs))
    else:
        _table(runs)


def _run(folder: Path, name: str, seed: int, faces: int, questions: int) -> dict[str, Any]:
    home = folder / f"{name.replace(', ', '-')}-{seed}"
    eyes = train(parse_recipe(_recipe(folder, folder / f"eyes-{seed}", seed), "benchmark"))
    recipe = _recipe(folder, home, seed) | {"model": eyes["run"], "stages": [_answers(name, faces)]}
    if VARIANTS[name]:
        recipe["landmarks"] = VARIANTS[name]
    result = train(parse_recipe(recipe, "benchmark"))
    score = bench(result["model"], "heads-mcq", home / "score", limit=questions)
    metrics = [json.loads(line) for line in (home / "1-answers/metrics.jsonl").open()]
    seconds = statistics.median(line["tokens"] / line["tokens_per_s"] for line in metrics)
    return {
        "accuracy": {task: of["accuracy"] for task, of in score["tasks"].items()},
        "loss": statistics.mean(line["loss"] for line in metrics[-20:]),
        "seconds_per_step": round(seconds, 3),
        "trained": _trained(home / "model"),
    }


def _recipe(folder: Path, home: Path, seed: int) -> dict[str, Any]:
    """That of the demo, its first stage only, with these seeds and folders."""
    recipe = yaml.safe_load(DEMO.read_text())
    for data in recipe["data"]:
        data["corpus"] = str(folder / data["make"]["style"])
    ours = {"name": home.name, "seed": seed, "output": str(home), "exams": []}
    return recipe | ours | {"stages": recipe["stages"][:1]}


def _answers(name: str, faces: int) -> dict[str, Any]:
    stage = yaml.safe_load(DEMO.read_text())["stages"][1]
    return stage | {"faces": faces} | ({"train": ["landmarks"]} if VARIANTS[name] else {})


def _trained(model: Path) -> int:
    """Numbers that were trained, from the heads of the files."""
    from safetensors import safe_open

    total = 0
    for path in model.glob("*.safetensors"):
        with safe_open(path, "pt") as file:
            for name in file.keys():  # noqa: SIM118 - no dict
                size = 1
                for side in file.get_slice(name).get_shape():
                    size *= side
                total += size
    return total


def _table(runs: list[dict[str, Any]]) -> None:
    tasks = list(runs[0]["accuracy"])
    print("| landmarks | trained | s/step | loss | " + " | ".join(tasks) + " | all |")
    print("|" + "---|" * (len(tasks) + 5))
    for name in VARIANTS:
        mine = [run for run in runs if run["variant"] == name]
        cells = [_spread([run["accuracy"][task] for run in mine]) for task in tasks]
        whole = _spread([statistics.mean(run["accuracy"].values()) for run in mine])
        step = statistics.median(run["seconds_per_step"] for run in mine)
        loss = statistics.mean(run["loss"] for run in mine)
        head = f"| {name} | {mine[0]['trained']:,} | {step:.2f} | {loss:.3f} | "
        print(head + " | ".join([*cells, whole]) + " |")
    print(f"{len(runs)} runs; mean ± standard deviation over seeds.", file=sys.stderr)


def _spread(values: list[float]) -> str:
    spread = statistics.stdev(values) if len(values) > 1 else 0.0
    return f"{statistics.mean(values):.3f} ± {spread:.3f}"


if __name__ == "__main__":
    main()
