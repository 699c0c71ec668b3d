"""The corpus: what is written is read back, whatever happens in between."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from facelm._io import sha256
from facelm.corpus import CorpusWriter, Part, read_corpus, reader
from facelm.errors import InputError
from facelm.types import Conversation, Evidence, Picture, Refused, Turn

ROOT = Path(__file__).parents[1]
ABOUT = {
    "source": "folder", "split": None, "style": "fairfacegpt", "teacher": "measured", "seed": 0,
}  # fmt: skip


def image(number: int) -> bytes:
    return f"picture {number}".encode() * 50


def conversation(number: int, data: bytes | None = None) -> Conversation:
    turn = Turn("Which way does the face look?", f"Answer {number}: “to the left”.", "face pose")
    return Conversation(
        image_ids=(sha256(image(number) if data is None else data),),
        face_id=f"train/{number}.jpg",
        turns=(turn, Turn("And?", "Nothing more.", "full description")),
        source="folder",
        split="train" if number % 2 else "",
        licence="CC BY 4.0",
        style="fairfacegpt",
        teacher="measured",
        prompt_hash=sha256(str(number).encode()),
        labels={"age": "20-29", "glasses": True, "yaw": 1.25, "identity": number},
        evidence=Evidence(yaw=-12.3, smile=0.041),
    )


def picture(number: int) -> Picture:
    return Picture(image(number), f"{number}.jpg", f"{number}.jpg")


def fill(path: Path, first: int, last: int) -> None:
    """Add faces as a run does: those that are done are left out."""
    with CorpusWriter(path, ABOUT) as writer:
        for number in range(first, last):
            if f"train/{number}.jpg" not in writer.done:
                writer.add(number, [picture(number)], conversation(number))
        writer.refuse(first, Refused("bad.jpg", "bad.jpg is not a picture"))
        writer.finish()


def contents(path: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in path.iterdir()}


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    fill(tmp_path / "c", 0, 1100)
    corpus = read_corpus(tmp_path / "c")
    found = list(corpus.conversations())
    assert len(corpus) == len(found) == 1100
    assert found == [conversation(number) for number in range(1100)]
    for number in (1099, 0, 550):
        assert corpus.picture(found[number].image_ids[0]) == image(number)
    shards = [f"{number:05d}.parquet" for number in range(3)]
    for kind in ("conversations", "pictures"):
        files = sorted(file.name for file in (tmp_path / "c").glob(f"{kind}-*"))
        assert files == [f"{kind}-{shard}" for shard in shards]


def test_manifest_counts_and_lists_refusals(tmp_path: Path) -> None:
    fill(tmp_path / "c", 0, 10)
    manifest = read_corpus(tmp_path / "c").manifest
    counts = manifest["counts"]
    assert manifest["complete"] and manifest["about"]["teacher"] == "measured"
    assert (counts["conversations"], counts["pictures"], counts["turns"]) == (10, 10, 20)
    assert counts["splits"] == {"": 5, "train": 5} and counts["refused"] == 1
    assert counts["labels"] == {
        "age": {"20-29": 10}, "glasses": {"True": 10},
        "identity": {str(number): 1 for number in range(10)},
    }  # fmt: skip
    assert manifest["refused"] == [{"id": "bad.jpg", "reason": "bad.jpg is not a picture"}]


def test_card_says_what_a_reader_must_know(tmp_path: Path) -> None:
    fill(tmp_path / "c", 0, 10)
    card = (tmp_path / "c" / "README.md").read_text()
    for words in (
        "CC BY 4.0", "teacher: measured", "style: fairfacegpt", "| train | 5 |", "| 20-29 | 10 |",
        "| face pose | 10 |", "`bad.jpg`: bad.jpg is not a picture", "annotators' impressions",
        "Not for: finding out who somebody is", "synthetic", "data_files: conversations-*.parquet",
    ):  # fmt: skip
        assert words in card


def test_a_picture_stands_once_however_often_it_is_talked_about(tmp_path: Path) -> None:
    with CorpusWriter(tmp_path / "c", ABOUT) as writer:
        for number in range(200):
            writer.add(number, [picture(0)], conversation(number, image(0)))
        manifest = writer.finish()
    assert manifest["counts"]["pictures"] == 1
    rows = sum(pq.read_metadata(file).num_rows for file in (tmp_path / "c").glob("pictures-*"))
    assert rows == 1
    corpus = read_corpus(tmp_path / "c")
    assert {corpus.picture(one.image_ids[0]) for one in corpus.conversations()} == {image(0)}


def test_pictures_have_the_layout_of_hugging_face_datasets(tmp_path: Path) -> None:
    fill(tmp_path / "c", 0, 3)
    table = pq.read_table(tmp_path / "c" / "pictures-00000.parquet")
    assert table["image"].to_pylist()[1] == {"bytes": image(1), "path": "1.jpg"}
    features = json.loads(table.schema.metadata[b"huggingface"])["info"]["features"]
    assert features["image"] == {"_type": "Image"}


def test_large_corpora_are_read_a_row_group_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "MEMORY_BYTES", 0)
    monkeypatch.setattr(reader, "_SOME_BYTES", 40_000)
    fill(tmp_path / "c", 0, 200)
    corpus = read_corpus(tmp_path / "c")
    for number in (0, 199, 17, 120, 0, 64):
        assert corpus.picture(sha256(image(number))) == image(number)


def test_unknown_picture_is_told(tmp_path: Path) -> None:
    fill(tmp_path / "c", 0, 2)
    with pytest.raises(InputError, match="has no picture"):
        read_corpus(tmp_path / "c").picture(sha256(b"another"))


def test_a_picture_under_another_pictures_hash_is_refused(tmp_path: Path) -> None:
    with (
        pytest.raises(InputError, match="image_ids"),
        CorpusWriter(tmp_path / "c", ABOUT) as writer,
    ):
        writer.add(2, [picture(1)], conversation(2))


# ---------------------------------------------------------------- references


def test_referenced_pictures_stay_where_they_are_and_are_checked(tmp_path: Path) -> None:
    root = tmp_path / "photos"
    root.mkdir()
    (root / "1.jpg").write_bytes(image(1))
    about = {**ABOUT, "pictures": "reference", "pictures_root": str(root)}
    with CorpusWriter(tmp_path / "c", about) as writer:
        writer.add(1, [picture(1)], conversation(1))
        writer.finish()
    assert image(1) not in (tmp_path / "c" / "pictures-00000.parquet").read_bytes()
    corpus = read_corpus(tmp_path / "c")
    assert corpus.picture(sha256(image(1))) == image(1)
    (root / "1.jpg").write_bytes(b"something else")
    with pytest.raises(InputError, match="not the picture it was"):
        corpus.picture(sha256(image(1)))
    (root / "1.jpg").unlink()
    with pytest.raises(InputError, match="cannot be read"):
        corpus.picture(sha256(image(1)))


def test_pictures_are_embedded_or_referenced_and_nothing_else(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="embed or reference"):
        CorpusWriter(tmp_path / "c", {**ABOUT, "pictures": "linked"})


# ---------------------------------------------------------------- going on


def test_an_error_keeps_what_is_finished_and_a_second_run_adds_the_rest(tmp_path: Path) -> None:
    fill(tmp_path / "whole", 0, 1100)
    with pytest.raises(RuntimeError), CorpusWriter(tmp_path / "c", ABOUT) as writer:
        for number in range(700):
            writer.add(number, [picture(number)], conversation(number))
        raise RuntimeError("the teacher is gone")
    unfinished = read_corpus(tmp_path / "c")
    assert len(unfinished) == 700 and not unfinished.manifest["complete"]
    fill(tmp_path / "c", 0, 1100)
    whole, mended = read_corpus(tmp_path / "whole"), read_corpus(tmp_path / "c")
    assert list(mended.conversations()) == list(whole.conversations())
    assert mended.manifest == whole.manifest


def test_an_unfinished_corpus_says_so_when_it_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with CorpusWriter(tmp_path / "c", ABOUT) as writer:
        writer.add(0, [picture(0)], conversation(0))
        writer.flush()
    read_corpus(tmp_path / "c")
    assert "not finished" in capsys.readouterr().err


def test_a_finished_corpus_takes_more(tmp_path: Path) -> None:
    fill(tmp_path / "c", 0, 10)
    fill(tmp_path / "c", 0, 10)
    assert len(read_corpus(tmp_path / "c")) == 10
    fill(tmp_path / "c", 0, 20)
    corpus = read_corpus(tmp_path / "c")
    assert corpus.manifest["counts"]["conversations"] == len(corpus) == 20


def test_leftovers_of_a_killed_run_are_removed(tmp_path: Path) -> None:
    fill(tmp_path / "c", 0, 10)
    before = contents(tmp_path / "c")
    shutil.copy(
        tmp_path / "c" / "pictures-00000.parquet", tmp_path / "c" / "pictures-00001.parquet"
    )
    (tmp_path / "c" / ".conversations-00001.parquet.x1y2").write_bytes(b"half")
    fill(tmp_path / "c", 0, 10)
    assert contents(tmp_path / "c") == before


def test_nothing_stays_of_a_run_that_finished_no_face(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), CorpusWriter(tmp_path / "c", ABOUT):
        raise RuntimeError("the teacher was never there")
    assert not (tmp_path / "c").exists()


_CHILD = """
import sys, time
sys.path[:0] = [{root!r}, {tests!r}]
from test_corpus import *
with CorpusWriter(Path(sys.argv[1]), ABOUT) as writer:
    print(len(writer.done), flush=True)
    for number in range(600):
        if f"train/{{number}}.jpg" not in writer.done:
            writer.add(number, [picture(number)], conversation(number))
            print(number, flush=True)
            time.sleep(0.003)
    writer.refuse(0, Refused("bad.jpg", "bad.jpg is not a picture"))
    writer.finish()
"""


def test_kill_9_at_any_moment_ends_in_the_same_files(tmp_path: Path) -> None:
    fill(tmp_path / "whole", 0, 600)
    script = _CHILD.format(root=str(ROOT), tests=str(ROOT / "tests"))
    command = [sys.executable, "-c", script, str(tmp_path / "c")]
    done = []
    for last in ("50", "200", "450"):
        child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert child.stdout
        done.append(int(child.stdout.readline()))
        while child.stdout.readline().strip() != last:
            pass
        child.send_signal(signal.SIGKILL)
        child.wait()
    end = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    done.append(int(end.stdout.split()[0]))
    assert done == sorted(done) and 0 < done[-1] < 600 and done[-1] % 128 == 0
    assert contents(tmp_path / "c") == contents(tmp_path / "whole")


_FULL = """
set -e
mount -t tmpfs -o size=96k tmpfs {disk}
{python} - {disk}/c <<'END'
import sys
sys.path[:0] = [{root!r}, {tests!r}]
from test_corpus import *
from facelm.errors import FacelmError
import random
try:
    with CorpusWriter(Path(sys.argv[1]), ABOUT) as writer:
        for number in range(1000):
            data = random.Random(number).randbytes(200)
            writer.add(number, [Picture(data, "x")], conversation(number, data))
        writer.finish()
except FacelmError as error:
    print("SAID", error)
END
ls -A {disk}/c
mount -o remount,size=4m {disk}
{python} - {disk}/c <<'END'
import sys
sys.path[:0] = [{root!r}, {tests!r}]
from test_corpus import *
print("KEPT", len(list(read_corpus(sys.argv[1]).conversations())))
fill(Path(sys.argv[1]), 0, 600)
print("THEN", len(read_corpus(sys.argv[1])))
END
"""


def test_a_full_disk_is_one_sentence_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    script = _FULL.format(
        disk=disk, python=sys.executable, root=str(ROOT), tests=str(ROOT / "tests")
    )
    spaces = ["unshare", "--user", "--map-root-user", "--mount"]
    if not shutil.which("unshare") or subprocess.run([*spaces, "true"], check=False).returncode:
        pytest.skip("no right to mount a small disk here")
    run = subprocess.run(
        [*spaces, "bash", "-c", script], capture_output=True, text=True, check=False
    )
    lines = run.stdout.splitlines()
    assert lines[0].startswith("SAID The disk is full while writing"), run.stderr
    assert "run the same command again" in lines[0]
    files = lines[1 : lines.index(next(line for line in lines if line.startswith("KEPT")))]
    kinds = [sorted(name[-13:] for name in files if name.startswith(kind)) for kind in ("p", "c")]
    assert kinds[0] == kinds[1] and not any(name.startswith(".") for name in files)
    assert lines[-2] == f"KEPT {128 * len(kinds[0])}"
    assert lines[-1] == "THEN 600"


# ---------------------------------------------------------------- what it refuses


@pytest.mark.parametrize(
    ("name", "value"), [("seed", 1), ("teacher", "openai:m"), ("split", "dev"), ("style", "other")]
)
def test_a_corpus_made_otherwise_is_not_mixed_into(
    tmp_path: Path, name: str, value: object
) -> None:
    fill(tmp_path / "c", 0, 3)
    before = contents(tmp_path / "c")
    with pytest.raises(InputError, match=rf"made with {name} .* choose another folder with -o"):
        CorpusWriter(tmp_path / "c", {**ABOUT, name: value})
    assert contents(tmp_path / "c") == before


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("my notes")
    with pytest.raises(InputError, match="is no corpus"):
        CorpusWriter(tmp_path, ABOUT)
    assert contents(tmp_path) == {"README.md": b"my notes"}


def test_two_runs_do_not_write_at_once(tmp_path: Path) -> None:
    with CorpusWriter(tmp_path / "c", ABOUT), pytest.raises(InputError, match="Another run"):
        CorpusWriter(tmp_path / "c", ABOUT)
    CorpusWriter(tmp_path / "c", ABOUT).close()


def test_reading_says_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is no corpus"):
        read_corpus(tmp_path / "none")
    fill(tmp_path / "c", 0, 1100)
    manifest = json.loads((tmp_path / "c" / "manifest.json").read_text())
    (tmp_path / "c" / "conversations-00001.parquet").write_bytes(b"broken")
    with pytest.raises(InputError, match=r"conversations-00001\.parquet is damaged"):
        list(read_corpus(tmp_path / "c").conversations())
    (tmp_path / "c" / "conversations-00001.parquet").unlink()
    with pytest.raises(InputError, match=r"lacks 1 of its 3 conversation files"):
        read_corpus(tmp_path / "c")
    (tmp_path / "c" / "manifest.json").write_text(json.dumps({**manifest, "format": 99}))
    with pytest.raises(InputError, match="newer facelm"):
        read_corpus(tmp_path / "c")
    (tmp_path / "c" / "manifest.json").write_text("{")
    with pytest.raises(InputError, match="damaged"):
        read_corpus(tmp_path / "c")


# ---------------------------------------------------------------- parts and several pictures


def fill_part(path: Path, part: Part, rows: int = 1100) -> bool:
    """One part's share of the rows; whether the corpus is finished with it."""
    with CorpusWriter(path, ABOUT, part) as writer:
        for number in filter(writer.mine, range(rows)):
            if number % 100 == 7:
                writer.refuse(number, Refused(f"{number}.jpg", "it is not a picture"))
            else:
                writer.add(number, [picture(number)], conversation(number))
        return writer.finish() is not None


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1)])
def test_parts_give_the_files_of_one_run_whichever_ends_last(
    tmp_path: Path, order: tuple[int, ...]
) -> None:
    assert fill_part(tmp_path / "whole", Part())
    ended = [fill_part(tmp_path / "c", Part(index, 3)) for index in order]
    assert ended == [False, False, True]
    assert contents(tmp_path / "c") == contents(tmp_path / "whole")
    assert len(read_corpus(tmp_path / "c").manifest["refused"]) == 11


def test_parts_of_one_corpus_are_written_side_by_side(tmp_path: Path) -> None:
    with (
        CorpusWriter(tmp_path / "c", ABOUT, Part(0, 2)),
        CorpusWriter(tmp_path / "c", ABOUT, Part(1, 2)),
        pytest.raises(InputError, match="Another run"),
    ):
        CorpusWriter(tmp_path / "c", ABOUT, Part(1, 2))


@pytest.mark.parametrize("text", ["2", "0/2", "3/2", "a/b", "1/2/3", ""])
def test_a_part_is_written_as_two_numbers(text: str) -> None:
    with pytest.raises(InputError, match="is no part: write for example 2/8"):
        Part.read(text)
    assert Part.read("2/8") == Part(1, 8)


def test_a_row_that_was_refused_takes_its_place_when_it_is_mended(tmp_path: Path) -> None:
    fill(tmp_path / "whole", 0, 20)
    with CorpusWriter(tmp_path / "c", ABOUT) as writer:
        for number in (*range(5), *range(9, 20)):
            writer.add(number, [picture(number)], conversation(number))
        writer.finish()
    fill(tmp_path / "c", 0, 20)
    assert contents(tmp_path / "c") == contents(tmp_path / "whole")


def test_a_conversation_may_be_about_several_pictures_or_a_clip(tmp_path: Path) -> None:
    ids = tuple(sha256(image(number)) for number in range(3))
    several = replace(conversation(0), image_ids=ids, dialogue=True)
    clip = replace(conversation(1), image_ids=ids[::-1], clip="clips/1.mp4")
    with CorpusWriter(tmp_path / "c", ABOUT) as writer:
        writer.add(0, [picture(number) for number in range(3)], several)
        writer.add(1, [], clip)
        manifest = writer.finish()
    assert manifest and manifest["counts"]["pictures"] == 3
    corpus = read_corpus(tmp_path / "c")
    assert list(corpus.conversations()) == [several, clip]
    assert [corpus.picture(one) for one in ids] == [image(number) for number in range(3)]
    assert dict(corpus.pictures()) == {one: image(n) for n, one in enumerate(ids)}
