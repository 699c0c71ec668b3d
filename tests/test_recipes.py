"""Commands in the recipes' heads and README: a shell reads them, and `facelm` knows them."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from miniatures import BUILDERS
from typer.main import get_command

from facelm.bench.suites import SUITES
from facelm.cli.main import app
from facelm.sources import SOURCES, open_source, source_class
from facelm.teach import load_style
from facelm.train import load_recipe

ROOT = Path(__file__).parent.parent
PLACES = [*sorted((ROOT / "recipes").rglob("*.yaml")), ROOT / "recipes" / "README.md"]
every_place = pytest.mark.parametrize(
    "place", PLACES, ids=lambda place: str(place.relative_to(ROOT / "recipes"))
)
BASH = r"""
set -eu
facelm() {
  printf '%s\0' "$OPENAI_BASE_URL" "$@" >> "$CALLS"; printf '\n\0' >> "$CALLS"
  while [ $# -gt 1 ]; do   # what is written is there afterwards, annotate's ledger beside it
    if [ "$1" = -o ]; then mkdir -p "$2"; touch "${2%/*}/facelm-ledger.sqlite"; fi; shift
  done
}
hf() { :; }
OPENAI_BASE_URL=
"""


def script(place: Path) -> str:
    """What a reader would copy: indented comments of a head, fenced lines of a page."""
    text = place.read_text()
    if place.suffix == ".md":
        return "".join(re.findall(r"^```\n(.*?)^```", text, re.M | re.S))
    head = text[: re.search(r"^[^#]", text, re.M).start()]  # type: ignore[union-attr]
    return "\n".join(line[1:] for line in head.splitlines() if line.startswith("#   "))


@pytest.fixture
def calls(place: Path, tmp_path: Path) -> list[tuple[str, list[str]]]:
    """What `facelm` is called with, and the endpoint's address at that time."""
    path = tmp_path / "calls"
    run = subprocess.run(
        ["bash", "-c", BASH + script(place)], cwd=tmp_path, capture_output=True, text=True,
        env={"CALLS": str(path), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    blocks = path.read_text().split("\0\n\0")[:-1]
    return [(words[0], words[1:]) for words in (block.split("\0") for block in blocks)]


def parsed(words: list[str]) -> tuple[str, dict[str, Any]]:
    """The command's name and its values, as typer reads them; nothing is run."""
    command: Any = get_command(app)
    context = command.make_context("facelm", list(words))
    names = []
    while hasattr(command, "commands"):
        rest = [*getattr(context, "_protected_args", []), *context.args]
        name, command, rest = command.resolve_command(context, rest)
        names.append(name)
        context = command.make_context(name, list(rest), parent=context)
    return " ".join(names), context.params


@every_place
def test_every_command_is_one_that_facelm_takes(
    place: Path, calls: list[tuple[str, list[str]]]
) -> None:
    assert calls
    for _, words in calls:
        name, values = parsed(words)
        if name == "train":
            recipe = load_recipe(ROOT / values["recipe"], values.get("overrides"), fill=False)
            assert str(values["recipe"]).startswith("recipes/") and recipe.stages
        if name == "models check" and str(values["what"]).endswith(".yaml"):
            load_recipe(ROOT / values["what"], fill=False)
        if name == "bench":
            assert values["suite"].partition(":")[0] in SUITES
        if name == "corpus mix":
            assert len(values["corpora"]) > 1
            assert not [one for one in values["corpora"] if "ledger" in str(one) or "*" in str(one)]
        if "source" in values:
            assert values["source"].partition(":")[0] in SOURCES
        if "style" in values:
            load_style(values["style"])


@every_place
def test_pictures_go_where_their_licence_lets_them(
    place: Path, calls: list[tuple[str, list[str]]]
) -> None:
    """What may not be shown to somebody else's model is shown to one on this machine."""
    from facelm.teach.permission import is_own

    for address, words in calls:
        name, values = parsed(words)
        if name != "annotate" or values["teacher"] == "measured":
            continue
        about = source_class(values["source"].partition(":")[0]).about
        url = values["base_url"] or address or "https://api.openai.com/v1"
        assert about.third_party == "allowed" or is_own(url), words


@every_place
def test_the_splits_are_the_datasets_own(
    place: Path, calls: list[tuple[str, list[str]]], tmp_path: Path
) -> None:
    for _, words in calls:
        _, values = parsed(words)
        name, colon, _ = values.get("source", "").partition(":")
        if name and values["split"]:
            place = BUILDERS[name](folder(tmp_path / name)) if colon else name
            assert values["split"] in open_source(place).splits(), words


def folder(path: Path) -> Path:
    path.mkdir(exist_ok=True)
    return path


def test_what_the_head_of_a_recipe_makes_is_what_it_learns_from() -> None:
    for place in PLACES[:-1]:
        head = script(place)
        for data in load_recipe(place, fill=False).data:
            own = data.make or str(data.corpus) in head
            above = place.parent.with_suffix(".yaml")
            assert own or (above.exists() and str(data.corpus) in script(above)), place
