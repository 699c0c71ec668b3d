"""Exports in the packages that they are for, not in our idea of them.

`llamafactory` and `ms-swift` want other versions of everything, so each has a venv of its own
below the user's cache, made once: `make test-slow`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from exchange_corpus import FORMATS, closed_corpus, everything, picture, write_corpus
from test_exchange import records

from facelm.corpus.exchange import export_corpus

TESTS = Path(__file__).parent
TRAINERS = ("llamafactory", "ms-swift")
CPU_TORCH = ("torch==2.13.0", "torchvision==0.28.0")
ONES = [one for _, _, one in everything()]


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("exports")
    corpus = write_corpus(folder / "corpus")
    for to in FORMATS:
        export_corpus(corpus, folder / to, to, creators=["Doe, Jo"])
    return {to: folder / to for to in FORMATS}


@pytest.fixture(autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """`datasets` keeps what it has read in a folder of its own; read at import, so set for all."""
    import datasets

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path_factory.mktemp("cache"))


def expected(split: str) -> list[tuple[list[str], int]]:
    """Per record of a split: its texts in order, and how many pictures it shows."""
    found = []
    for one in ONES:
        if one.split == split:
            alone = [[turn] for turn in one.turns]
            for turns in [list(one.turns)] if one.dialogue else alone:
                texts = [text for turn in turns for text in (turn.question, turn.answer)]
                found.append((texts, len(one.image_ids)))
    return found


def texts(messages: list[dict[str, Any]]) -> list[str]:
    return [part["text"] for one in messages for part in one["content"] if part["type"] == "text"]


def test_datasets_loads_the_folder_with_pictures(exports: dict[str, Path]) -> None:
    import datasets

    found = datasets.load_dataset(str(exports["hf"]))
    assert set(found) == {"train", "val", "data"}
    for name, split in {"train": "train", "val": "val", "data": ""}.items():
        rows = list(found[name])
        assert [(texts(row["messages"]), len(row["images"])) for row in rows] == expected(split)
        assert all(image.size == (48, 48) for row in rows for image in row["images"])


def test_datasets_loads_the_parquet_file(exports: dict[str, Path]) -> None:
    import datasets

    file = str(exports["hf"] / "train.parquet")
    found = datasets.load_dataset("parquet", data_files=file, split="train")
    assert len(found) == len(expected("train"))
    assert found[0]["images"][0].size == (48, 48)


@pytest.mark.parametrize("to", ["sharegpt", "llamafactory", "swift", "messages"])
def test_datasets_loads_the_json_of_a_folder_and_only_that(
    to: str, exports: dict[str, Path]
) -> None:
    """The README's front matter keeps the sidecar and the metadata out."""
    import datasets

    found = datasets.load_dataset(str(exports[to]))
    assert {name: len(rows) for name, rows in found.items()} == {
        "train": len(expected("train")), "val": 1, "data": 1
    }  # fmt: skip
    assert "prompt_hash" not in found["train"].column_names


def test_datasets_opens_a_linked_copy_of_what_may_not_be_passed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import datasets

    export_corpus(closed_corpus(tmp_path / "c"), tmp_path / "e", "hf")
    for number, place in enumerate(("img/000001.jpg", "img/000002.png")):
        file = tmp_path / "e" / "images" / "celeba" / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(picture(number).data)
    monkeypatch.chdir(tmp_path / "e")
    rows = list(datasets.load_dataset(str(tmp_path / "e"))["train"])
    assert [row["images"][0].size for row in rows] == [(48, 48)] * 6


def as_told(exports: dict[str, Path], to: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Loaded as the export's README says."""
    import datasets

    monkeypatch.chdir(exports[to])
    if to == "hf":
        return datasets.load_dataset(str(exports[to]))["train"]
    found = datasets.load_dataset("json", data_files="train.jsonl", split="train")
    return found.cast_column("images", datasets.List(datasets.Image()))


@pytest.mark.parametrize("to", ["messages", "hf"])
def test_trl_makes_batches_of_it(
    to: str, exports: dict[str, Path], tiny_internvl: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from facelm.models._torchvision import ensure_torchvision

    ensure_torchvision()
    from transformers import AutoProcessor
    from trl.trainer.sft_trainer import DataCollatorForVisionLanguageModeling

    processor = AutoProcessor.from_pretrained(tiny_internvl)
    rows = as_told(exports, to, monkeypatch)
    wanted = expected("train")
    chosen = [0, 1, next(k for k, (_, shown) in enumerate(wanted) if shown == 8)]
    batch = DataCollatorForVisionLanguageModeling(processor)([rows[k] for k in chosen])
    assert batch["pixel_values"].shape[0] == sum(wanted[k][1] for k in chosen)
    marks = (batch["input_ids"] == processor.tokenizer.context_image_token_id).sum(1).tolist()
    assert marks == [16 * wanted[k][1] for k in chosen]  # 16 visual tokens a picture
    for row, k in enumerate(chosen):
        read = processor.tokenizer.decode(batch["input_ids"][row])
        assert all(text in read for text in wanted[k][0])


# ---------------------------------------------------------------- metadata


@pytest.mark.parametrize("to", FORMATS)
def test_croissant_is_valid_and_its_records_can_be_read(to: str, exports: dict[str, Path]) -> None:
    import mlcroissant

    found = mlcroissant.Dataset(jsonld=str(exports[to] / "croissant.json"))
    assert not found.metadata.issues.errors
    raw = json.loads((exports[to] / "croissant.json").read_text())
    assert raw["conformsTo"] == "http://mlcommons.org/croissant/1.1"
    file = next(one["name"] for one in raw["distribution"] if one["name"].startswith("train."))
    ids = [one["train/id"].decode() for one in found.records("train")]
    assert ids == [row["id"] for row in records(exports[to], file)]
    named = [one["facelm.provenance/face_id"].decode() for one in
             found.records("facelm.provenance")]  # fmt: skip
    assert named == [one.face_id for one in ONES]
    if file.endswith(".json"):
        said = [one["train.turns/value"].decode() for one in found.records("train.turns")]
        placed = [text for words, _ in expected("train") for text in words]
        assert [text.replace("<image>\n", "") for text in said] == placed


def test_croissant_notices_a_changed_file(exports: dict[str, Path]) -> None:
    from facelm._io import sha256

    for folder in exports.values():
        raw = json.loads((folder / "croissant.json").read_text())
        for one in raw["distribution"]:
            if one["@type"] == "cr:FileObject":
                assert sha256((folder / one["contentUrl"]).read_bytes()) == one["sha256"]


def test_datacite_has_what_an_archive_demands(exports: dict[str, Path]) -> None:
    for folder in exports.values():
        raw = json.loads((folder / "datacite.json").read_text())
        assert raw["schemaVersion"] == "http://datacite.org/schema/kernel-4"
        assert raw["types"]["resourceTypeGeneral"] == "Dataset"
        assert raw["creators"] == [{"name": "Doe, Jo"}] and raw["titles"][0]["title"]
        assert raw["publisher"]["name"] and int(raw["publicationYear"]) > 2000
        assert "CC BY 4.0" in raw["rightsList"][0]["rights"]
        assert raw["rightsList"][1]["rightsIdentifier"] == "CC-BY-4.0"
        assert raw["descriptions"][0]["descriptionType"] == "Abstract"


# ---------------------------------------------------------------- venvs of their own


def venv_with(package: str) -> Path:
    """The python of a venv that has a package; made where it is missing (minutes)."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser()
    folder = cache / "facelm" / "peers" / package
    python, ready = folder / "bin" / "python", folder / ".ready"
    if not ready.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        constraints = folder / "constraints.txt"
        constraints.write_text("\n".join(CPU_TORCH))
        pip = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--quiet"]
        if package in TRAINERS:  # any other package's plain "torch" would bring gigabytes of CUDA
            subprocess.run([*pip, CPU_TORCH[0]], check=True)
        subprocess.run([*pip, "-c", str(constraints), package], check=True)
        ready.touch()
    return python


def peer(package: str, script: str, *words: str, **environment: str) -> dict[str, Any]:
    """What a package's own loader says, run in its venv."""
    offline = {"HF_HUB_OFFLINE": "1", "PYTHONPATH": ""}
    run = subprocess.run(
        [str(venv_with(package)), str(TESTS / script), *words], capture_output=True, text=True,
        check=False, env=os.environ | offline | environment,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-3000:]
    found: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    print(package, found["version"])
    return found


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_datacite_fits_the_published_schema(exports: dict[str, Path]) -> None:
    code = (
        "import json, sys; from datacite import schema45; "
        "[schema45.validator.validate(json.load(open(path))) for path in sys.argv[1:]]"
    )
    files = [str(folder / "datacite.json") for folder in exports.values()]
    subprocess.run([str(venv_with("datacite")), "-c", code, *files], check=True)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_llamafactory_loads_it(exports: dict[str, Path], tokenizer: Any, tmp_path: Path) -> None:
    tokenizer.save_pretrained(tmp_path / "tokenizer")
    words = (str(exports["llamafactory"]), "facelm_train", str(tmp_path / "tokenizer"))
    home = {"HF_HOME": str(tmp_path / "home")}
    found = peer("llamafactory", "peer_llamafactory.py", *words, **home)["records"]
    assert [one["pictures"] for one in found] == [shown for _, shown in expected("train")]
    for one, (said, shown) in zip(found, expected("train"), strict=True):
        assert one["text"].count("<image>") == 4 * shown  # visual tokens, not placeholders
        assert all(text.strip() in one["text"] for text in said)
        assert one["answer"].strip() == said[-1].strip()


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_swift_loads_it(exports: dict[str, Path], tmp_path: Path) -> None:
    folder = exports["swift"]
    home = {"HF_HOME": str(tmp_path / "home"), "MODELSCOPE_CACHE": str(tmp_path / "home")}
    found = peer(
        "ms-swift", "peer_swift.py", str(folder / "train.jsonl"), ROOT_IMAGE_DIR=str(folder), **home
    )["records"]
    assert len(found) == len(expected("train"))
    for one, (said, shown) in zip(found, expected("train"), strict=True):
        assert one["sizes"] == [[48, 48]] * shown
        assert [role for role, _ in one["messages"]] == ["user", "assistant"] * (len(said) // 2)
        content = [text for _, text in one["messages"]]
        assert content == ["<image>\n" * shown + said[0], *said[1:]]
