"""Models: any image-text-to-text model of `transformers`, and `nano`, our own small one."""

from facelm.models._memory import keep_freed_memory, release_freed_memory
from facelm.models._torchvision import ensure_torchvision

# transformers cannot import beside a torchvision that cannot: this has to come first.
ensure_torchvision()
keep_freed_memory()

from facelm.models.nano import register  # noqa: E402

register()

from facelm.models.answer import HFModel, load_model, user_message  # noqa: E402
from facelm.models.load import MODELS, Loaded, load  # noqa: E402

__all__ = [
    "MODELS",
    "HFModel",
    "Loaded",
    "load",
    "load_model",
    "release_freed_memory",
    "user_message",
]
