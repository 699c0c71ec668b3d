"""The card of an exported model: what it is, what it rests on, and what it is not for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from facelm._io import own_version
from facelm.corpus._licences import KINDS, kind_of, strictness
from facelm.corpus.card import about_source
from facelm.errors import InputError
from facelm.models.configs import find_base
from facelm.publish.lineage import Trained
from facelm.publish.run import Run

_USE = """\
## Use
Meant for: studying how well models describe faces, and for whom. Demographic and emotion labels
behind its answers are annotators' impressions of pictures (or settings of a generator), never facts
about a person; so its answers are impressions too, and can be wrong.

Not for: finding out who somebody is or matching faces; deciding about a person (work, education,
housing, credit, insurance, policing, migration, health); inferring emotions at work or in
education; surveillance. The law where you are may forbid more.
"""
_PLAIN = """\
```python
from transformers import AutoModelForImageTextToText, AutoProcessor

model = AutoModelForImageTextToText.from_pretrained("PATH")
processor = AutoProcessor.from_pretrained("PATH")
```
or `facelm ask PATH face.jpg "Which way is the face turned?"`, where PATH is this repository's name
or a folder it was downloaded to.
"""
_ADDED = """\
What was learnt, without the base: `adapter_*` is a LoRA adapter as `peft` writes it,
`weights.safetensors` are modules that were trained whole, by their names in the base (either may be
missing). Weights, processor and tokenizer of the base are not here. Download the folder, then
`facelm ask FOLDER face.jpg "Which way is the face turned?"` puts both onto the base; `peft` alone
loads the adapter and leaves the whole modules out.
"""
_NANO = (
    "SmolLM2-135M: Apache-2.0; EfficientNet-Lite0: the code is Apache-2.0, the package of its "
    "weights states nothing"
)
_LANDMARKS = """\
**Landmarks.** The model was trained with landmark modules (Face-LLaVA, arXiv 2504.07198), which
look at 68 points of the face. facelm finds the points and uses the modules; plain `transformers`
and `peft` **leave them out**, and then the answers are other and probably worse ones.
"""


def card(run: Run, merged: bool, trained: Trained) -> str:
    """The README of an exported model, with the front matter that the hub reads."""
    parts = [
        _front(run, merged),
        f"# {run.name}\n",
        f"A face model made with facelm {own_version()}: {_shown(run.bases[-1])} "
        f"trained by the recipe `{run.name}`.\n",
        _PLAIN if merged else _ADDED,
        *([_LANDMARKS] if run.landmarks else []),
        *_notes(run, merged),
        _base(run.bases),
        _data(trained),
        *_made(run),
        _scores(run.folder),
        _USE,
    ]
    return "\n".join(parts)


def _front(run: Run, merged: bool) -> str:
    head: dict[str, Any] = {
        "library_name": "transformers" if merged else "peft",
        "pipeline_tag": "image-text-to-text",
        "license": "other",  # the base's and the pictures' together: see the text
        "tags": ["face", "facelm"],
    }
    if not Path(run.bases[-1]).exists() and "/" in run.bases[-1]:
        head["base_model"] = run.bases[-1]
    return f"---\n{yaml.safe_dump(head, sort_keys=False)}---\n"


def _notes(run: Run, merged: bool) -> Iterator[str]:
    tiles = run.delta.crop_to_patches
    seen = "is cut into tiles where it is large" if tiles else "is one tile, whatever its size"
    how = "; the processor here does so by itself" if merged else ""
    yield f"Every picture {seen}, as in training{how}. Scores below are of the likeliest answers.\n"
    if run.bases[-1] in ("nano", "nano-base"):
        yield (
            "The vision tower is facelm's own: `import facelm.models` before `transformers` loads "
            "it.\n"
        )


# ---------------------------------------------------------------- what it rests on


def _base(bases: tuple[str, ...]) -> str:
    through = ", by way of ".join(_shown(name) for name in reversed(bases))
    return f"## Base\n- {through}\n- licence of {_shown(bases[-1])}: {base_licence(bases[-1])}\n"


def _shown(name: str) -> str:
    """A hub id or word as it is; of a folder its own name, for its place is nobody's business."""
    return f"`{Path(name).resolve().name}` (a folder)" if Path(name).exists() else f"`{name}`"


def base_licence(name: str) -> str:
    """What a base's own files say of its licence, else the facts in this package.

    Args:
        name: of a base that is no run.
    """
    if name in ("nano", "nano-base"):
        return _NANO
    base = find_base(name)
    stated = _stated(base.folder) if base.folder else ""
    if stated or base.licence:
        return stated or f"{base.licence} (from the facts in facelm; read its own card)"
    return "not stated in what is here; read its own card before you pass this on"


def _stated(folder: Path) -> str:
    for name in ("README.md", "LICENSE", "LICENSE.md", "LICENSE.txt"):
        path = folder / name
        text = path.read_text(errors="replace") if path.is_file() else ""
        line = _front_licence(text) if name == "README.md" else _first_line(text)
        if line:
            return f"{line} (its {name})"
    return ""


def _front_licence(text: str) -> str:
    if not text.startswith("---\n"):
        return ""
    try:
        head = yaml.safe_load(text[4:].partition("\n---")[0])
    except yaml.YAMLError:
        return ""
    if not isinstance(head, dict):
        return ""
    keys = ("license_name", "license", "license_link")
    return ", ".join(str(head[key]) for key in keys if head.get(key))


def _first_line(text: str) -> str:
    return next((line.strip("# \t") for line in text.splitlines() if line.strip("# \t")), "")


def _data(trained: Trained) -> str:
    lines = ["## Trained on"]
    if trained.pictures:
        lines += [
            _strictest([licence for _, _, licence in trained.pictures]),
            "",
            "| source | split | pictures | licence of pictures and labels | kind |",
            "|---|---|---|---|---|",
            *(_source(*key, number) for key, number in trained.pictures.items()),
            "",
            "`lineage.parquet` has hashes of every picture and no pixel: `facelm bench` finds by "
            "them which questions are about pictures that were trained on.",
        ]
    names = ", ".join(_shown(name) for name in trained.unknown)
    if names:
        lines.append(f"\nNobody listed here what {names} was trained on.")
    return "\n".join(lines) + "\n"


def _strictest(licences: list[str]) -> str:
    kind = KINDS[max(strictness(licence) for licence in licences)]
    return (
        f"The strictest of these licences is of the kind **{kind.name}**, which asks {kind.asks}. "
        "Whether a model may be passed on that was trained on such pictures is for you to find out."
    )


def _source(source: str, split: str, licence: str, number: int) -> str:
    about = about_source(source)
    title = f"{source}: {about.title}" if about and about.title != source else source
    cells = (title, split or "(none)", f"{number:,}", licence, kind_of(licence).name)
    return f"| {' | '.join(_cell(one) for one in cells)} |"


# ---------------------------------------------------------------- how it was made


def _made(run: Run) -> Iterator[str]:
    yield "## How it was made"
    for delta in reversed(run.deltas):
        about = {"recipe": delta.recipe, "base": _shown(delta.base).replace("`", ""), **delta.about}
        if delta.landmarks:
            about["landmarks"] = delta.landmarks
        about["crop_to_patches"] = delta.crop_to_patches
        yield f"```yaml\n{yaml.safe_dump(about, sort_keys=False)}```"
    yield ""


def _scores(folder: Path) -> str:
    rows = [_score(path) for path in sorted(folder.rglob("results.json"))]
    if not rows:
        return "## Scores\nNone was kept with the run.\n"
    head = "| suite | split | questions | accuracy (95 %) | chance | without the picture |"
    return "\n".join(["## Scores", head, "|---|---|---|---|---|---|", *rows, ""])


def _score(path: Path) -> str:
    try:
        found = json.loads(path.read_bytes())
        low, high = found["ci95"]
        accuracy = f"{found['accuracy']:.1%} ({low:.1%} to {high:.1%})"
        cells = (
            _suite(found["suite"]), found["split"], f"{found['n']:,}", accuracy,
            f"{found['chance']:.1%}", f"{found['blind']:.1%}",
        )  # fmt: skip
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{path} is not what `facelm bench` writes ({error}): take it out of the run's folder."
        ) from error
    return f"| {' | '.join(_cell(str(one)) for one in cells)} |"


def _suite(name: str) -> str:
    return name.partition(":")[0]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
