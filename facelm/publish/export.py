"""`facelm export`: a finished run becomes a folder in the hub's layout."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from facelm._aside import check_new, whole_folder
from facelm._io import write_text
from facelm.errors import InputError

if TYPE_CHECKING:
    from facelm.publish.run import Run

CARD = "README.md"


def export(
    run: Path | str,
    out: Path | str,
    *,
    merge: bool = False,
    push: str | None = None,
    formats: tuple[str, ...] = (),
) -> dict[str, Any]:
    """Write what a run learnt so that others can load it.

    Args:
        run: its folder, or the `model` in it.
        out: new, or empty.
        merge: all weights, with the adapter folded into them, in the type of the base's own files:
            plain `transformers` loads the folder. Without, what the run added to its base: the
            adapter as `peft` writes it and the modules that were trained whole.
        push: `OWNER/NAME` on the hub, made private if it is new; needs a token (`HF_TOKEN`).
        formats: `gguf`, `onnx` or `openvino`; none can be written here, and the error says what
            can be done.

    Returns:
        `{"path", "merged", "base", "files" (name to bytes), "landmarks", "address"}`; the address
        is None without `push`.

    Raises:
        InputError: no finished run, `out` is not empty, or the base is a folder of this machine
            where only what was added to it would be pushed.
        MissingError: the base's weights are not here, there is no token, or a format is asked for.
        FacelmError: the disk is full, or the hub refused.
    """
    from facelm.publish.hub import check_push
    from facelm.publish.hub import push as upload
    from facelm.publish.run import find_run

    found, place = find_run(run), Path(out)
    check_new(place)
    _refuse_formats(found, formats)
    if push:
        _check_others_can_load(found, merge)
        check_push(push)
    with whole_folder(place) as aside:
        _fill(found, aside, merge)
    return {
        "path": str(place),
        "merged": merge,
        "base": found.bases[-1] if merge else found.delta.base,
        "files": {one.name: one.stat().st_size for one in sorted(place.iterdir())},
        "landmarks": found.landmarks,
        "address": upload(place, push) if push else None,
    }


def _fill(run: Run, folder: Path, merge: bool) -> None:
    from facelm.publish.card import card
    from facelm.publish.lineage import gather

    (_merge if merge else _copied)(run, folder)
    write_text(folder / CARD, card(run, merge, gather(run.model, folder)))


def _merge(run: Run, folder: Path) -> None:
    import torch

    from facelm.models.load import load
    from facelm.models.merged import save_merged

    loaded = load(str(run.model), torch.float32)
    tiles = run.delta.crop_to_patches
    save_merged(loaded.model, loaded.processor, folder, tiles, _own_dtype(run))


def _own_dtype(run: Run) -> Any:
    """The type of the base's published weights."""
    import torch

    from facelm.models.configs import find_base

    config = find_base(run.bases[-1]).config
    named = getattr(torch, str(config.get("dtype") or config.get("torch_dtype")), None)
    return named if isinstance(named, torch.dtype) else torch.float32


def _copied(run: Run, folder: Path) -> None:
    """What the run added; processor and tokenizer are the base's."""
    for file in sorted(run.model.iterdir()):
        if file.suffix in (".json", ".safetensors"):
            shutil.copyfile(file, folder / file.name)


def _refuse_formats(run: Run, formats: tuple[str, ...]) -> None:
    from facelm.errors import choose
    from facelm.models.configs import find_base
    from facelm.publish.formats import FORMATS, refuse

    for name in formats:
        choose("format", name, FORMATS)
        kind = find_base(run.bases[-1]).config["model_type"]
        refuse(name, kind, run.landmarks)


def _check_others_can_load(run: Run, merge: bool) -> None:
    """An adapter names its base; nobody else has a folder of this machine."""
    if not merge and Path(run.delta.base).exists():
        raise InputError(
            f"The run in {run.folder} starts from a folder of this machine, so nobody else could "
            "load what it added: push it with --merge."
        )
