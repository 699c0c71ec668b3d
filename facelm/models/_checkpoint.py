"""Tensors of a checkpoint in one or many safetensors files, read one at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from torch import Tensor

from facelm.errors import InputError
from facelm.models._hub import pickles


class Checkpoint:
    """Names and shapes at once; a tensor when it is asked for."""

    def __init__(self, path: Path) -> None:
        """Open a file, or all `*.safetensors` of a folder.

        Raises:
            InputError: there are none, only pickles, or one is damaged.
        """
        self.path = path
        self._files: dict[str, Any] = {}
        for file in self._find():
            opened = self._open(file)
            self._files |= dict.fromkeys(opened.keys(), opened)

    def names(self) -> list[str]:
        """Of all tensors, sorted."""
        return sorted(self._files)

    def shape(self, name: str) -> tuple[int, ...]:
        """Of one tensor."""
        return tuple(self._files[name].get_slice(name).get_shape())

    def read(self, name: str) -> Tensor:
        """One tensor, as it was kept."""
        tensor: Tensor = self._files[name].get_tensor(name)
        return tensor

    def _find(self) -> list[Path]:
        folder = self.path.is_dir()
        files = sorted(self.path.glob("*.safetensors")) if folder else [self.path]
        unsafe = pickles(self.path) if folder else []
        if not folder and self.path.suffix != ".safetensors":
            unsafe = [self.path.name]
        if not self.path.exists() or not (files or unsafe):
            raise InputError(
                f"There are no .safetensors files at {self.path}: give the checkpoint's folder."
            )
        if unsafe and (not files or not folder):
            raise InputError(
                f"The weights at {self.path} are pickles ({unsafe[0]}), which can run code and "
                "are never opened: have them converted to safetensors first "
                "(https://huggingface.co/spaces/safetensors/convert)."
            )
        return files

    def _open(self, file: Path) -> Any:
        from safetensors import SafetensorError, safe_open

        try:
            return safe_open(file, "pt")
        except (SafetensorError, OSError) as error:
            raise InputError(f"{file} is damaged ({error}): copy it again.") from error
