"""Every dataset says what it is; `sources check` says whether a copy of it is whole."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from miniature import write_picture, write_text

from facelm.sources import SOURCES, describe, open_source, source_class
from facelm.sources.check import check
from facelm.types import TASKS

GENERIC = ("folder", "csv", "hf", "webdataset")


@pytest.mark.parametrize("name", SOURCES)
def test_every_source_says_what_it_is(name: str) -> None:
    about = source_class(name).about
    assert source_class(name).name == name
    assert about.tasks and set(about.tasks) <= set(TASKS)
    assert about.third_party in ("allowed", "ask", "forbidden")
    assert about.layout and about.licence and about.terms
    if name not in GENERIC:
        assert about.read_from, "say where layout and counts were read"
        assert about.ask_at and about.paper
        if about.third_party == "allowed":
            assert about.stated_at, "what is allowed is stated somewhere"


def test_everything_known_can_be_printed_as_json() -> None:
    facts = json.loads(json.dumps(describe()))
    assert set(facts) == set(SOURCES)
    assert facts["celeba"]["published"]["train"] == 162770
    assert list(describe("rafdb")["rafdb"]["vocabulary"]["expression"])[:2] == ["Surprise", "Fear"]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for index, file in enumerate(("train/1.jpg", "train/2.jpg", "val/1.jpg", "train/extra.jpg")):
        write_picture(tmp_path / file, index)
    (tmp_path / "train" / "3.jpg").write_text("not a picture")
    head = "file,age,gender,race,service_test\n"
    rows = ["1.jpg,3-9,Male,White", "2.jpg,20-29,Female,Black", "3.jpg,3-9,Male,White"]
    rows += ["4.jpg,3-9,Male,White", "5.jpg,3-9,Male,Martian"]
    table = head + "".join(f"train/{row},False\n" for row in rows)
    write_text(tmp_path / "fairface_label_train.csv", table)
    write_text(tmp_path / "fairface_label_val.csv", head + "val/1.jpg,60-69,Female,Indian,True\n")
    return tmp_path


def test_check_counts_what_is_there_and_names_what_is_not(copy: Path) -> None:
    result = check(open_source(f"fairface:{copy}"))
    train = result["splits"]["train"]
    assert (train["rows"], train["usable"], train["published"]) == (5, 2, 86744)
    assert train["labels"]["gender"] == {"Female": 1, "Male": 1}
    kinds = ("refused", "missing", "unreadable", "unlabelled")
    assert [result[kind] for kind in kinds] == [1, 1, 1, 1]
    named = {kind: result["problems"][kind][0] for kind in kinds}
    assert "Martian" in named["refused"]["reason"]
    assert named["missing"]["id"] == "train/4.jpg"
    assert named["unreadable"]["id"] == "train/3.jpg"
    assert named["unlabelled"]["id"] == "train/extra.jpg"
    assert "train: 86,744 rows are published, 5 are here." in result["mismatches"]
    assert not result["whole"]


def test_a_whole_copy_is_called_whole(tmp_path: Path) -> None:
    write_picture(tmp_path / "a.png", 0)
    write_text(tmp_path / "labels.csv", "file,mood\na.png,calm\n")
    result = check(open_source(f"folder:{tmp_path}"))
    assert result["whole"] and result["files"] == 1
    assert result["splits"][""]["labels"] == {"mood": {"calm": 1}}


def test_the_command_reports_and_strict_ends_with_status_2(copy: Path) -> None:
    command = [sys.executable, "-m", "facelm", "sources", "check", "fairface", str(copy)]
    run = subprocess.run([*command, "--json"], capture_output=True, text=True, check=True)
    assert json.loads(run.stdout.splitlines()[-1])["missing"] == 1
    strict = subprocess.run([*command, "--strict"], capture_output=True, text=True, check=False)
    assert strict.returncode == 2
    assert "missing: 1" in strict.stdout
    assert strict.stderr.strip().splitlines()[-1].startswith("facelm: The copy of fairface is not")


def test_list_names_every_source_and_one_in_full() -> None:
    command = [sys.executable, "-m", "facelm", "sources", "list"]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    assert all(name in run.stdout for name in SOURCES)
    one = subprocess.run([*command, "utkface"], capture_output=True, text=True, check=True)
    for words in ("licence:", "layout:", "third party: forbidden", "unverified:"):
        assert words in one.stdout
