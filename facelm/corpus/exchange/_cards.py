"""The files that tell people and machines what an export is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from facelm._io import write_json, write_text
from facelm.corpus import _layout
from facelm.corpus.card import about_source
from facelm.corpus.exchange._described import Described
from facelm.corpus.exchange._pictures import REFERENCES, folder_of
from facelm.corpus.exchange._record import Format
from facelm.corpus.exchange._sidecar import SIDECAR
from facelm.corpus.exchange.croissant import croissant
from facelm.corpus.exchange.datacite import datacite

_LEFT_OUT_SHOWN = 20


def write_all(
    folder: Path, kind: Format, manifest: dict[str, Any], corpus: Path, creators: list[str]
) -> None:
    """Write `README.md`, `croissant.json` and `datacite.json` into an export.

    Args:
        folder: the export, its data files written.
        kind: its format.
        manifest: its manifest.
        corpus: the corpus's folder, whose card is taken over.
        creators: who made the corpus.
    """
    described = Described.of(folder, manifest, creators)
    write_json(folder / "croissant.json", croissant(described))
    write_json(folder / "datacite.json", datacite(described))
    write_text(folder / "README.md", _readme(described, kind, corpus))


def _readme(described: Described, kind: Format, corpus: Path) -> str:
    manifest = described.manifest
    parts = [
        _front(manifest["files"]),
        f"# {described.name}\n",
        _warning(described),
        f"{described.description}\n",
        _contents(manifest, kind),
        _rights(described),
        _references(described),
        _left_out(manifest["left_out"]),
        _card(corpus),
    ]
    return "\n".join(part for part in parts if part)


def _front(files: dict[str, int]) -> str:
    """What the hub and `load_dataset` read: which file is which split."""
    rows = [f"  - split: {Path(name).stem}\n    path: {name}" for name in files]
    return "\n".join(
        ["---", "configs:", "- config_name: default", "  data_files:", *rows, "---", ""]
    )


def _warning(described: Described) -> str:
    if not (described.manifest["with_pictures"] and described.closed):
        return ""
    return (
        f"**Do not pass this folder on.** It holds pictures of {', '.join(described.closed)} that "
        "may not be given away; it was written with `--with-pictures` to train on this machine.\n"
    )


def _contents(manifest: dict[str, Any], kind: Format) -> str:
    where = (
        "pictures stand in the rows" if kind.holds_pictures else
        "pictures are files in `images/`, named by the SHA-256 of their bytes"
    )  # fmt: skip
    lines = [
        "## Files",
        *(f"- `{name}`: {number:,} records" for name, number in manifest["files"].items()),
        f"- {where}",
        f"- `{SIDECAR}`: where each conversation comes from (source, split, licence, style, "
        "teacher, prompt hash, labels, measurements), by record id; `facelm corpus import DIR -o "
        "CORPUS` makes the corpus again",
        "- a question that stands alone is a record of its own (`ID#1`, `ID#2` …); a dialogue is "
        "one record; of a clip the sampled frames are shown as pictures, in the order of time",
        "- `croissant.json`, `datacite.json`: this card for machines",
        "",
        "## Training on it",
        kind.usage(list(manifest["files"])),
    ]
    return "\n".join(lines) + "\n"


def _rights(described: Described) -> str:
    first = described.rights[0]
    rows = [
        f"| {one['source']} | {_cell(one['licence'])} | {'yes' if one['pass_on'] else 'no'} | "
        f"{_cell(one['terms'])} |"
        for one in described.rights
    ]
    lines = [
        "## Licence",
        f"As a whole only as the strictest allows: {first['licence']} ({first['source']}).",
        "",
        "| source | licence | pictures may be passed on | terms |",
        "|---|---|---|---|",
        *rows,
    ]
    return "\n".join(lines) + "\n"


def _references(described: Described) -> str:
    counts = described.manifest["counts"]["pictures"]
    if not counts["referenced"] + counts["left"]:
        return ""
    lines = [
        "## Pictures that are not here",
        f"{counts['referenced']:,} pictures may not be passed on and are only named; "
        f"`{REFERENCES}` lists each with its hash. Get your own copy and put or link it:",
        *(
            f"- `images/{folder_of(name)}` → your copy of {name}{_from(name)}"
            for name in described.closed
        ),
        "",
        "`facelm corpus import DIR -o CORPUS` (with `--root SOURCE=COPY` for a copy elsewhere) "
        "checks every hash.",
    ]
    if counts["left"]:
        lines.append(
            f"{counts['left']:,} more were made from such pictures (crops, frames) and cannot be "
            "referred to: their conversations are left out. `--with-pictures` keeps them, for "
            "training on the machine that has them."
        )
    return "\n".join(lines) + "\n"


def _from(source: str) -> str:
    about = about_source(source)
    return f", from {about.ask_at}" if about and about.ask_at else ""


def _left_out(left: list[dict[str, str]]) -> str:
    if not left:
        return ""
    rows = [f"- `{one['id']}`: {one['reason']}" for one in left[:_LEFT_OUT_SHOWN]]
    if len(left) > _LEFT_OUT_SHOWN:
        rows.append(f"- and {len(left) - _LEFT_OUT_SHOWN:,} more, listed in `export.json`")
    return "\n".join([f"## Left out\n{len(left):,} conversations of the corpus:", *rows, ""])


def _card(corpus: Path) -> str:
    """The corpus's own card, below ours: without its front matter and the lines on its files."""
    path = corpus / _layout.CARD
    if not path.is_file():
        return ""
    text = path.read_text("utf-8")
    if text.startswith("---\n"):
        text = text.partition("\n---\n")[2]
    lines = [line for line in text.strip().splitlines() if not line.startswith("- layout:")]
    headings = [f"#{line}" if line.startswith("#") else line for line in lines]
    return "\n".join(["## The corpus it was made from", "", *headings[1:], ""])


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
