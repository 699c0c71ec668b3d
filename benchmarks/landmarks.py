"""Do landmarks help? `nano` with Face-LLaVA's modules beside `nano` without, on `heads`.

    python benchmarks/landmarks.py [--steps 150] [--seeds 3] [--out FOLDER] [--json]

Every variant starts from the shipped `nano`, sees the same faces and questions in the same order
for the same number of steps (LoRA of rank 16 and the connector; the landmark modules where there
are any) and answers `heads-mcq` on portraits that no one trained on. Variants are run in turns,
seed by seed. A run that is there already is not run again: stop it and start it again as you like.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from facelm.bench import bench
from facelm.train import parse_recipe, train

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
    given.add_argument("--steps", type=int, default=150)
    given.add_argument("--seeds", type=int, default=3)
    given.add_argument("--out", type=Path)
    given.add_argument("--json", action="store_true")
    options = given.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.out or Path(temporary)
        runs = [
            {"variant": name, "seed": seed} | _run(folder, name, seed, options.steps)
            for seed in range(options.seeds)
            for name in VARIANTS
        ]
    if options.json:
        print(json.dumps(runs))
    else:
        _table(runs)


def _run(folder: Path, name: str, seed: int, steps: int) -> dict[str, Any]:
    home = folder / f"{name.replace(', ', '-')}-{seed}"
    result = train(parse_recipe(_recipe(folder, home, name, seed, steps), "benchmark"))
    score = bench(result["model"], "heads-mcq", home / "score")
    metrics = [json.loads(line) for line in (home / "1-answers/metrics.jsonl").open()]
    seconds = statistics.median(line["tokens"] / line["tokens_per_s"] for line in metrics)
    return {
        "accuracy": {task: of["accuracy"] for task, of in score["tasks"].items()},
        "loss": statistics.mean(line["loss"] for line in metrics[-20:]),
        "seconds_per_step": round(seconds, 3),
        "trained": _trained(home / "model"),
    }


def _recipe(folder: Path, home: Path, name: str, seed: int, steps: int) -> dict[str, Any]:
    landmarks = VARIANTS[name]
    modules = ["multi_modal_projector"] + (["landmarks"] if landmarks else [])
    return {
        "name": home.name, "model": "nano", "seed": seed, "output": str(home), "exams": [],
        "data": [{
            "corpus": str(folder / "choices"), "turns": 3,
            "always": ["head turn", "expression"],
            "make": {"source": "heads", "split": "train", "style": "choices"},
        }],
        "stages": [{
            "name": "answers", "kind": "answers", "lr": 5e-4, "batch": 4, "epochs": 1000,
            "max_steps": steps, "loss": "answer", "train": modules,
            "lora": {"rank": 16, "alpha": 32},
        }],
    } | ({"landmarks": landmarks} if landmarks else {})  # fmt: skip


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
