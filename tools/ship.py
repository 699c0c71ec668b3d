"""Copy a finished run of `recipes/nano.yaml` into the package, in half precision.

    python -m tools.ship runs/nano facelm/models/weights/nano

The card beside the weights is written by hand: its figures come from the commands it names.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file


def ship(run: Path, out: Path) -> int:
    """Write the run's delta and lineage into `out`; returns the bytes written."""
    out.mkdir(parents=True, exist_ok=True)
    for name in ("weights.safetensors", "adapter_model.safetensors"):
        tensors = load_file(run / "model" / name)
        save_file({key: _half(value) for key, value in tensors.items()}, out / name)
    for path in ("model/adapter_config.json", "lineage.parquet"):
        shutil.copyfile(run / path, out / Path(path).name)
    about = json.loads((run / "model" / "facelm.json").read_text())
    (out / "facelm.json").write_text(json.dumps(about, indent=2) + "\n")
    return sum(path.stat().st_size for path in out.iterdir())


def _half(value: torch.Tensor) -> torch.Tensor:
    half = value.half() if value.is_floating_point() else value
    if not torch.isfinite(half.float()).all():
        raise SystemExit("A weight does not fit into half precision.")
    return half.contiguous()


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    print(f"{ship(arguments.run, arguments.out):,} bytes in {arguments.out}")


if __name__ == "__main__":
    main()
