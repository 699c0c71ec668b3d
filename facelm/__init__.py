"""facelm: from face pictures to instruction data, to a model, to a score people can trust.

The functions are the commands: `facelm annotate …` is `facelm.annotate(…)`. Each is imported when
it is first used, so `import facelm` costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from facelm.annotate import annotate
    from facelm.ask import ask
    from facelm.bench import bench, compare
    from facelm.corpus import read_corpus
    from facelm.demo import demo
    from facelm.errors import EndpointError, FacelmError, InputError, MissingError, PictureError
    from facelm.models import load_model
    from facelm.serve import serve
    from facelm.sources import open_source
    from facelm.train import train

__all__ = [
    "EndpointError",
    "FacelmError",
    "InputError",
    "MissingError",
    "PictureError",
    "annotate",
    "ask",
    "bench",
    "compare",
    "demo",
    "load_model",
    "open_source",
    "read_corpus",
    "serve",
    "train",
]

_HOMES = {
    "annotate": "facelm.annotate",
    "ask": "facelm.ask",
    "bench": "facelm.bench",
    "compare": "facelm.bench",
    "demo": "facelm.demo",
    "load_model": "facelm.models",
    "open_source": "facelm.sources",
    "read_corpus": "facelm.corpus",
    "serve": "facelm.serve",
    "train": "facelm.train",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'facelm' has no attribute '{name}'")
    return getattr(importlib.import_module(_HOMES.get(name, "facelm.errors")), name)


def __dir__() -> list[str]:
    return __all__
