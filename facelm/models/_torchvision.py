"""The remedy for a torchvision wheel beside a CPU-only torch; used only where it is needed.

The package index's torchvision is built against a CUDA torch. Beside the CPU build its import
fails because two operators (`nms`, `qnms`) that live in its compiled part are unknown, and
`transformers` then cannot import at all. Declaring the operators' schemas is enough: nothing in
this project calls them.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
import sys
from typing import Any, Literal

State = Literal["absent", "plain", "remedied"]
_SCHEMA = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"


@functools.cache
def ensure_torchvision() -> State:
    """Make `import torchvision` work if the package is installed; cheap after the first call."""
    if importlib.util.find_spec("torchvision") is None:
        return "absent"
    try:
        importlib.import_module("torchvision")
        return "plain"
    except (RuntimeError, ImportError, OSError):
        _forget_half_import()
        _declared_operators()
        importlib.import_module("torchvision")
        return "remedied"


def _forget_half_import() -> None:
    for name in [n for n in sys.modules if n.split(".")[0] == "torchvision"]:
        del sys.modules[name]


@functools.cache
def _declared_operators() -> Any:
    """Declare the schemas; the cache keeps the library object, and with it the schemas, alive."""
    import torch

    library = torch.library.Library("torchvision", "FRAGMENT")
    for operator in ("nms", "qnms"):
        library.define(operator + _SCHEMA)
    return library
