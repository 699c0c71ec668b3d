"""Overlap: copies of a benchmark's pictures are found among training pictures, others are not."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml
from PIL import Image, ImageEnhance

from facelm.annotate import annotate
from facelm.bench import bench, write_facexbench
from facelm.convert import convert
from facelm.corpus import CorpusWriter, read_corpus
from facelm.corpus.lineage import read_lineage, write_lineage
from facelm.corpus.overlap import VIEWS, Hashed, find_overlap, hash_picture, hash_pictures
from facelm.errors import InputError
from facelm.exams import overlap, train
from facelm.report import words, write_bench_report
from facelm.train import parse_recipe
from facelm.types import Picture, Question, Refused

Change = Callable[[Image.Image], Image.Image]


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def saved(picture: Image.Image, form: str = "PNG", **options: int) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, form, **options)
    return buffer.getvalue()


def cut(picture: Image.Image, left: float, top: float, right: float, bottom: float) -> bytes:
    w, h = picture.size
    box = (left * w, top * h, (1 - right) * w, (1 - bottom) * h)
    return saved(picture.crop(tuple(round(x) for x in box)))  # type: ignore[arg-type]


CHANGES: dict[str, Callable[[Image.Image], bytes]] = {
    "png": saved,
    "jpeg 75": lambda p: saved(p, "JPEG", quality=75),
    "jpeg 50": lambda p: saved(p, "JPEG", quality=50),
    "half": lambda p: saved(p.resize((p.width // 2, p.height // 2))),
    "double": lambda p: saved(p.resize((p.width * 2, p.height * 2))),
    "crop 2 %": lambda p: cut(p, 0.02, 0.02, 0.02, 0.02),
    "crop 5 %": lambda p: cut(p, 0.05, 0.05, 0.05, 0.05),
    "crop of a corner": lambda p: cut(p, 0.05, 0.05, 0, 0),
    "darker": lambda p: saved(ImageEnhance.Brightness(p).enhance(0.7)),
    "grey": lambda p: saved(p.convert("L")),
}


def hashes(pictures: dict[str, bytes], views: int) -> list[Hashed]:
    refused: list[Refused] = []
    found = list(hash_pictures(pictures.items(), refused, views))
    assert not refused
    return found


@pytest.fixture(scope="module")
def portraits(heads: list[Any]) -> dict[str, bytes]:
    return {face.id: face.image for face in heads[:12]}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_copy_is_found_whichever_side_it_is_on(
    change: str, portraits: dict[str, bytes]
) -> None:
    copies = {name: CHANGES[change](opened(data)) for name, data in portraits.items()}
    for train_side, benchmark_side in ((copies, portraits), (portraits, copies)):
        found = find_overlap(hashes(train_side, 2), hashes(benchmark_side, VIEWS))
        assert [match.train for match in found] == [match.benchmark for match in found]
        assert [match.benchmark for match in found] == list(portraits)
        assert {match.kind for match in found} == {"near"}


def test_the_same_bytes_are_exact_and_come_before_near_ones(portraits: dict[str, bytes]) -> None:
    name, data = next(iter(portraits.items()))
    left = hashes({"copy": CHANGES["half"](opened(data)), "itself": data}, 2)
    (match,) = find_overlap(left, hashes({name: data}, VIEWS))
    assert (match.train, match.kind, match.distance) == ("itself", "exact", 0)


def test_of_several_near_ones_the_nearest_is_named(portraits: dict[str, bytes]) -> None:
    name, data = next(iter(portraits.items()))
    far, close = (CHANGES[change](opened(data)) for change in ("crop 2 %", "png"))
    (match,) = find_overlap(hashes({"far": far, "close": close}, 2), hashes({name: data}, VIEWS))
    assert match.train == "close"


def test_other_heads_are_not_called_copies(heads: list[Any]) -> None:
    from facelm.sources import open_source

    train = {face.id: face.image for face in open_source("heads").faces("train")}
    asked = {face.id: face.image for face in heads}
    assert find_overlap(hashes(train, 2), hashes(asked, VIEWS)) == []


def test_a_benchmark_in_parts_gives_the_whole_in_order(portraits: dict[str, bytes]) -> None:
    copies = {name: CHANGES["jpeg 50"](opened(data)) for name, data in portraits.items()}
    left, right = hashes(copies, 2), hashes(portraits, VIEWS)
    parts = [find_overlap(left, right[start : start + 5]) for start in range(0, len(right), 5)]
    assert [match for part in parts for match in part] == find_overlap(left, right)


def test_pictures_that_show_nothing_are_only_found_by_their_bytes() -> None:
    black, other = (saved(Image.new("RGB", (64, 64), colour)) for colour in ("black", "navy"))
    assert find_overlap(hashes({"a": black}, 2), hashes({"b": other}, VIEWS)) == []
    assert len(find_overlap(hashes({"a": black}, 2), hashes({"b": black}, VIEWS))) == 1


def test_a_damaged_picture_is_listed_and_still_found_by_its_bytes(
    portraits: dict[str, bytes],
) -> None:
    whole = next(iter(portraits.values()))
    refused: list[Refused] = []
    rows = list(hash_pictures([("cut", whole[:300]), ("whole", whole)], refused))
    assert [one.id for one in refused] == ["cut"]
    assert isinstance(hash_picture("cut", whole[:300]), Refused)
    found = find_overlap(rows, list(hash_pictures([("q", whole[:300])], refused, VIEWS)))
    assert [match.train for match in found] == ["cut"]


# ---------------------------------------------------------------- corpora and benchmarks


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("overlap") / "corpus"
    annotate("heads", path, split="train", style="choices", limit=12)
    return path


@pytest.fixture(scope="module")
def exam(corpus: Path, heads: list[Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """FaceXBench's files: eight questions about other heads, one of copies, one exact, one both."""
    folder = tmp_path_factory.mktemp("exam")
    seen = [data for _, data in read_corpus(corpus).pictures()]
    copy = CHANGES["crop 5 %"](opened(seen[0]))
    asked = [(face.image,) for face in heads[:8]]
    asked += [(copy,), (seen[1],), (heads[0].image, seen[2])]
    questions = [
        Question(str(i), "pose", "Which way?", ("left", "right"), "AB"[i % 2], images)
        for i, images in enumerate(asked)
    ]
    write_facexbench(questions, folder)
    return folder


def test_overlap_of_a_corpus_names_pictures_and_questions(
    corpus: Path, exam: Path, tmp_path: Path
) -> None:
    result = overlap(corpus, f"facexbench:{exam}", out=tmp_path / "out")
    assert (result["compared"], result["pictures"]) == (12, 11)
    assert (result["exact"], result["near"]) == (2, 1)
    assert (result["questions"], result["questions_in_all"]) == (3, 11)
    ids = [image_id for image_id, _ in read_corpus(corpus).pictures()]
    assert {match["train"] for match in result["matches"]} == set(ids[:3])
    assert json.loads((tmp_path / "out" / "overlap.json").read_text()) == result
    sheet = (tmp_path / "out" / "overlap.html").read_text()
    assert sheet.count("data:image/jpeg") == 2 * 3
    assert sheet.index("<figcaption>near") < sheet.index("<figcaption>exact")


def test_overlap_says_what_could_not_be_read(corpus: Path, exam: Path, tmp_path: Path) -> None:
    import shutil

    broken = tmp_path / "exam"
    shutil.copytree(exam, broken)
    gone, damaged = sorted((broken / "images").rglob("*.*"))[:2]
    gone.unlink()
    damaged.write_bytes(damaged.read_bytes()[:200])
    result = overlap(corpus, f"facexbench:{broken}")
    assert len(result["refused"]) == 2
    assert any("missing" in one["reason"] for one in result["refused"])
    assert result["questions_in_all"] == 10


def test_a_referenced_picture_that_is_gone_is_listed_and_the_rest_compared(
    corpus: Path, tmp_path: Path
) -> None:
    there = read_corpus(corpus)
    about = {**there.manifest["about"], "pictures": "reference", "pictures_root": str(tmp_path)}
    with CorpusWriter(tmp_path / "c", about) as writer:
        for row, one in enumerate(there.conversations()):
            data, name = there.picture(one.image_ids[0]), f"{row}.webp"
            (tmp_path / name).write_bytes(data)
            writer.add(row, [Picture(data, name, name)], one)
        writer.finish()
    (tmp_path / "3.webp").unlink()
    with pytest.raises(InputError, match="cannot be read"):
        list(read_corpus(tmp_path / "c").pictures())
    result = overlap(tmp_path / "c", "heads-mcq", split="train")
    assert (result["compared"], result["exact"]) == (12, 12)
    assert len(result["refused"]) == 1
    assert "3.webp" in result["refused"][0]["reason"]


def test_the_command_prints_a_table_and_one_object(corpus: Path, exam: Path) -> None:
    command = [sys.executable, "-m", "facelm", "corpus", "overlap", str(corpus)]
    spec = f"facexbench:{exam}"
    run = subprocess.run([*command, spec], capture_output=True, text=True, check=True)
    first, _, *rows = run.stdout.splitlines()
    assert first.startswith(f"3 of the 11 pictures of {spec} are in {corpus} (2 exact, 1 near)")
    assert sorted(row.split()[0] for row in rows) == ["exact", "exact", "near"]
    run = subprocess.run([*command, spec, "--json"], capture_output=True, text=True, check=True)
    assert json.loads(run.stdout)["questions"] == 3
    run = subprocess.run([*command[:-1], str(exam), spec], capture_output=True, text=True)
    assert run.returncode == 2
    assert "neither a corpus nor a run" in run.stderr


# ---------------------------------------------------------------- what a model was trained on


def recipe(tmp_path: Path, corpus: Path, model: Path, exams: list[str]) -> dict[str, Any]:
    stage = {"name": "a", "kind": "answers", "lr": 1e-3, "batch": 2, "max_steps": 1}
    return {
        "name": "tiny", "model": str(model), "output": str(tmp_path / "run"),
        "data": [{"corpus": str(corpus), "turns": 1}],
        "stages": [stage | {"lora": {"rank": 2}}], "exams": exams,
    }  # fmt: skip


@pytest.fixture(scope="module")
def run(
    corpus: Path, exam: Path, tiny_internvl: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    exams = ["heads-mcq", f"facexbench:{exam}", "facexbench:not-there"]
    folder = tmp_path_factory.mktemp("trained")
    result = train(parse_recipe(recipe(folder, corpus, tiny_internvl, exams), "test"))
    assert result["exams"]["heads-mcq"]["exact"] == 0
    return Path(result["run"])


def test_train_compares_its_pictures_with_its_exams(run: Path, exam: Path) -> None:
    found = json.loads((run / "overlap.json").read_text())
    assert found["lineage"] == [str(run / "model")]
    own, other = found["exams"]["heads-mcq"], found["exams"][f"facexbench:{exam}"]
    assert (own["compared"], own["exact"], own["near"], own["matches"]) == (12, 0, 0, [])
    assert (other["exact"], other["near"], other["questions"]) == (2, 1, 3)
    assert "not-there" in found["exams"]["facexbench:not-there"]["not_compared"]


def test_train_says_it_in_one_sentence_each(
    corpus: Path, exam: Path, tiny_internvl: Path, tmp_path: Path
) -> None:
    path = tmp_path / "recipe.yaml"
    spec = f"facexbench:{exam}"
    values = recipe(tmp_path, corpus, tiny_internvl, ["heads-mcq", spec, "facexbench:$NOWHERE"])
    path.write_text(yaml.safe_dump(values))
    command = [sys.executable, "-m", "facelm", "train", str(path), "--json"]
    environment = {**os.environ, "NOWHERE": "not-there"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    lines = done.stderr.splitlines()
    assert "heads-mcq: No picture of this benchmark was trained on (12 compared)." in lines
    assert f"{spec}: 3 of its 11 pictures were trained on (2 exact, 1 near)." in lines
    assert any(line.startswith("facexbench:not-there could not be compared") for line in lines)
    assert json.loads(done.stdout.splitlines()[-1])["exams"][spec]["questions"] == 3


def test_other_exams_make_no_other_run(run: Path, corpus: Path, tiny_internvl: Path) -> None:
    values = recipe(run.parent, corpus, tiny_internvl, ["heads-mcq"])
    assert train(parse_recipe(values, "test"))["stages"][0]["steps"] == 0
    with pytest.raises(InputError, match="another recipe"):
        train(parse_recipe(values | {"seed": 9}, "test"))


def test_a_lineage_is_enough_to_compare(run: Path, exam: Path, tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "lineage.parquet").write_bytes((run / "lineage.parquet").read_bytes())
    for place in (tmp_path, tmp_path / "model"):
        result = overlap(place, f"facexbench:{exam}", out=tmp_path / "out")
        assert (result["exact"], result["near"], result["by_bytes_only"]) == (2, 1, 0)
    assert "only its hash" in (tmp_path / "out" / "overlap.html").read_text()


def old_lineage(path: Path, new: Path) -> None:
    pq.write_table(pq.read_table(new).drop_columns("perceptual_hash"), path)


def test_a_lineage_of_before_finds_the_same_bytes(run: Path, exam: Path, tmp_path: Path) -> None:
    old_lineage(tmp_path / "lineage.parquet", run / "lineage.parquet")
    assert [one.near for one in read_lineage(tmp_path / "lineage.parquet")] == [b""] * 12
    result = overlap(tmp_path, f"facexbench:{exam}")
    assert (result["exact"], result["near"], result["by_bytes_only"]) == (2, 0, 12)
    nothing = overlap(tmp_path, "heads-mcq")
    assert "12 compared, 12 of them by their bytes only" in words.in_common(nothing)


def test_a_lineage_of_before_is_completed_from_its_pictures(run: Path, tmp_path: Path) -> None:
    from tools.lineage import complete

    old_lineage(tmp_path / "lineage.parquet", run / "lineage.parquet")
    assert complete(tmp_path / "lineage.parquet", "heads") == 0
    new = (run / "lineage.parquet").read_bytes()
    assert (tmp_path / "lineage.parquet").read_bytes() == new


def test_a_damaged_lineage_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "lineage.parquet").write_bytes(b"no parquet")
    with pytest.raises(InputError, match="is damaged"):
        overlap(tmp_path, "heads-mcq")


def test_a_lineage_has_the_same_bytes_in_any_order_of_the_pictures(
    corpus: Path, tmp_path: Path
) -> None:
    pictures = list(read_corpus(corpus).pictures())
    origins = [("heads", "train", image_id, "CC0") for image_id, _ in pictures]
    write_lineage(tmp_path / "a.parquet", origins, pictures)
    write_lineage(tmp_path / "b.parquet", origins[::-1], pictures[::-1] + pictures)
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()


# ---------------------------------------------------------------- bench


class First:
    """Answers A to everything; `name` is whose lineage is looked for."""

    def __init__(self, name: str) -> None:
        self.name = name

    def generate(self, *_: Any, **__: Any) -> str:
        return "A"

    def score(
        self, image: Any, prompts: list[str], letters: list[list[str]], max_new_tokens: int
    ) -> list[tuple[list[float], str]]:
        return [([-0.1, *[-3.0] * (len(names) - 1)], "A") for names in letters]


def test_bench_says_which_questions_were_trained_on(run: Path, exam: Path, tmp_path: Path) -> None:
    result = bench(First(str(run / "model")), f"facexbench:{exam}", tmp_path)
    found = result["overlap"]
    assert found["lineage"] == [str(run / "model")]
    assert (found["compared"], found["pictures"]) == (12, 11)
    assert (found["exact"], found["near"], found["questions"]) == (2, 1, 3)
    lines = [json.loads(line) for line in (tmp_path / "samples.jsonl").read_text().splitlines()]
    kinds = [line["overlap"] for line in lines]
    assert sorted(kinds, key=str) == [None] * 8 + ["exact"] * 2 + ["near"]
    left = [line["letter"] == line["truth"] for line in lines if line["overlap"] is None]
    assert found["accuracy_without"] == sum(left) / len(left) != result["accuracy"]
    assert json.loads((tmp_path / "results.json").read_text()) == result
    sentence = words.overlap(found).replace("\u202f", " ")
    assert sentence.startswith(
        "3 of its 11 pictures were trained on (2 exact, 1 near): without them 50.0 %."
    )
    write_bench_report(tmp_path, result)
    assert "3 of its 11 pictures were trained on" in (tmp_path / "report.html").read_text()


def test_bench_looks_at_the_base_too_and_names_what_is_not_listed(
    run: Path, exam: Path, tiny_internvl: Path, tmp_path: Path
) -> None:
    from facelm.models.delta import Delta

    tuned = tmp_path / "tuned" / "model"
    tuned.mkdir(parents=True)
    (tuned / "facelm.json").write_text(json.dumps(vars(Delta(base=str(run)))))
    write_lineage(tuned.parent / "lineage.parquet", [], [])
    found = bench(First(str(tuned)), f"facexbench:{exam}", tmp_path / "out")["overlap"]
    assert found["lineage"] == [str(tuned), str(run)]
    assert found["unknown"] == [str(tiny_internvl)]
    assert (found["exact"], found["near"]) == (2, 1)
    assert f"What {tiny_internvl} was trained on is not listed." in words.overlap(found)


def test_bench_of_a_model_without_a_lineage_says_so(exam: Path, tmp_path: Path) -> None:
    found = bench(First("somebody/else"), f"facexbench:{exam}", tmp_path)["overlap"]
    assert found == {"lineage": [], "unknown": ["somebody/else"]}
    assert "not known, so overlap could not be checked" in words.overlap(found)


def test_the_command_prints_it_beside_the_score(run: Path, tmp_path: Path) -> None:
    command = [
        sys.executable, "-m", "facelm", "bench", str(run), "--suite", "heads-mcq", "--limit", "4",
        "-o", str(tmp_path),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "No picture of this benchmark was trained on (12 compared)." in done.stdout


def test_nothing_left_and_one_picture_are_said_well() -> None:
    found = {
        "lineage": ["run"], "unknown": [], "compared": 9, "by_bytes_only": 0, "pictures": 1,
        "exact": 1, "near": 0, "questions": 4, "accuracy_without": None,
    }  # fmt: skip
    assert words.overlap(found) == (
        "1 of its 1 pictures was trained on (1 exact, 0 near): without it no question is left."
    )


def test_fairface_in_two_encodings_is_caught(tmp_path: Path, heads: list[Any]) -> None:
    """The case of FairFaceGPT and FaceXBench: the same pictures, saved again by other people."""
    root = tmp_path / "fairface"
    (root / "val").mkdir(parents=True)
    rows, asked = [], []
    for number, face in enumerate(heads[:10]):
        name = f"val/{number + 1}.jpg"
        (root / name).write_bytes(saved(opened(face.image), "JPEG", quality=90))
        rows.append([name, "20-29", "Male", "White", "False"])
        image = saved(opened(face.image).resize((128, 128)))
        asked.append(Question(str(number), "age", "How old?", ("0-2", "20-29"), "B", (image,)))
    with (root / "fairface_label_val.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["file", "age", "gender", "race", "service_test"], *rows])
    annotate(f"fairface:{root}", tmp_path / "corpus", split="val", style="choices")
    write_facexbench(asked, tmp_path / "exam")
    result = overlap(tmp_path / "corpus", f"facexbench:{tmp_path / 'exam'}")
    assert result["near"] == result["questions"] == 10


@pytest.mark.slow
def test_parts_that_meet_in_a_folder_find_what_one_run_finds(tmp_path: Path) -> None:
    convert("heads", tmp_path / "c", limit=520, tasks=["age"], workers=1)
    call: dict[str, Any] = {"place": tmp_path / "c", "benchmark": "heads-mcq", "split": "train"}
    whole = overlap(**call, out=tmp_path / "one")
    assert whole["exact"] > 0
    first = overlap(**call, out=tmp_path / "two", shard="2/2")
    assert not first["complete"]
    assert overlap(**call, out=tmp_path / "two", shard="1/2") == whole
    assert overlap(**call, out=tmp_path / "three", workers=2) == whole
    for folder in ("two", "three"):
        files = {path.name: path.read_bytes() for path in (tmp_path / folder).iterdir()}
        assert files == {path.name: path.read_bytes() for path in (tmp_path / "one").iterdir()}
    with pytest.raises(InputError, match="Parts need a folder to meet in: give -o"):
        overlap(**call, shard="1/2")
