"""FaceForensics++ and Celeb-DF: clips, how they were made, and the official splits."""

from __future__ import annotations

import io
import json
from pathlib import Path

import av
import pytest
from miniature import write_text, write_video

from facelm.errors import InputError
from facelm.sources.celebdf import LIST, CelebDFv2
from facelm.sources.ffpp import FaceForensics
from facelm.types import Refused, Row, Source


def rows(source: Source, split: str | None = None) -> list[Row]:
    return [row for row in source.rows(split) if isinstance(row, Row)]


def refusals(source: Source, split: str | None = None) -> dict[str, str]:
    return {row.id: row.reason for row in source.rows(split) if isinstance(row, Refused)}


def assert_whole(source: Source) -> None:
    """Every row reads as a clip that decodes, and has words of the vocabulary."""
    for row in source.rows(None):
        assert isinstance(row, Row), row
        assert row.media.kind == "clip" and row.split in source.splits()
        with av.open(io.BytesIO(row.media.read())) as clip:
            assert next(clip.decode(video=0)).to_image().size == (96, 96)
        for label, value in row.labels.items():
            assert value in source.vocabulary[label]


# ---------------------------------------------------------------- faceforensics++

FAKE = "manipulated_sequences/Deepfakes/c23/videos"
REAL = "original_sequences/youtube/c23/videos"


def write_splits(folder: Path, **splits: object) -> None:
    for split, pairs in splits.items():
        write_text(folder / f"{split}.json", json.dumps(pairs))


def write_videos(root: Path, folder: str, *names: str) -> None:
    for index, name in enumerate(names):
        write_video(root / folder / name, index, frames=2)


@pytest.fixture
def ffpp(tmp_path: Path) -> Path:
    write_videos(tmp_path, REAL, "000.mp4", "003.mp4", "010.mp4", "012.mp4")
    write_videos(tmp_path, FAKE, "000_003.mp4", "003_000.mp4", "010_012.mp4", "012_010.mp4")
    write_splits(tmp_path / "splits", train=[["010", "012"]], val=[], test=[["000", "003"]])
    return tmp_path


def test_ffpp_splits_go_by_pairs_in_both_directions(ffpp: Path) -> None:
    source = FaceForensics(ffpp)
    assert isinstance(source, Source)
    assert source.splits() == ("train", "val", "test")
    assert [row.id for row in rows(source, "test")] == [
        f"{REAL}/000.mp4", f"{REAL}/003.mp4", f"{FAKE}/000_003.mp4", f"{FAKE}/003_000.mp4",
    ]  # fmt: skip
    assert source.count("train") == 4 and source.count("val") == 0
    assert {row.split for row in rows(source, "test")} == {"test"}
    assert_whole(source)


def test_ffpp_tells_how_a_video_was_made_and_whose_it_is(ffpp: Path) -> None:
    real, _, fake, back = rows(FaceForensics(ffpp), "test")
    assert real.labels == {"manipulation": "real", "compression": "c23"}
    assert fake.labels == {
        "manipulation": "fake", "method": "Deepfakes", "compression": "c23",
    }  # fmt: skip
    assert (real.subject, fake.subject, back.subject) == ("000", "000", "003")
    assert fake.media.kind == "clip"


def test_ffpp_every_method_and_compression_gives_its_rows(ffpp: Path) -> None:
    methods = ("Face2Face", "FaceSwap", "NeuralTextures", "FaceShifter")
    for method in methods:
        write_videos(ffpp, f"manipulated_sequences/{method}/c40/videos", "000_003.mp4")
    write_videos(ffpp, "original_sequences/youtube/c0/videos", "000.mp4")
    found = {row.id: row.labels for row in rows(FaceForensics(ffpp), "test")}
    for method in methods:
        labels = found[f"manipulated_sequences/{method}/c40/videos/000_003.mp4"]
        assert (labels["method"], labels["compression"]) == (method, "c40")
    assert found["original_sequences/youtube/c0/videos/000.mp4"]["compression"] == "raw"


def test_ffpp_video_that_its_split_names_and_is_gone_is_missing(ffpp: Path) -> None:
    (ffpp / FAKE / "003_000.mp4").unlink()
    *_, gone = rows(FaceForensics(ffpp), "test")
    assert f"{FAKE}/003_000.mp4" in str(gone.media.missing())


def test_ffpp_reads_split_files_beside_the_videos_an_own_folder_and_other_suffixes(
    ffpp: Path,
) -> None:
    top = ffpp.rename(ffpp.parent / "FaceForensics++")
    for split in ("train", "val", "test"):
        (top / "splits" / f"{split}.json").rename(top / f"{split}.json")
    (top / REAL / "000.mp4").rename(top / REAL / "000.MP4")
    source = FaceForensics(top.parent)
    assert source.count() == 8
    assert rows(source, "test")[0].id == f"{REAL}/000.MP4"
    assert all(row.media.missing() is None for row in rows(source))


def test_ffpp_actors_have_a_split_of_their_own_and_need_no_split_file(tmp_path: Path) -> None:
    actors = "original_sequences/actors/c23/videos"
    fakes = "manipulated_sequences/DeepFakeDetection/c23/videos"
    write_videos(tmp_path, actors, "01__exit_phone_room.mp4", "exit_phone_room.mp4")
    write_videos(tmp_path, fakes, "02_01__walk_down_hall_angry__YVGY8LOK.mp4", "000_003.mp4")
    source = FaceForensics(tmp_path)
    assert source.splits() == ("DeepFakeDetection",)
    real, fake = rows(source)
    assert (real.subject, fake.subject) == ("01", "02")
    assert "method" not in real.labels and fake.labels["method"] == "DeepFakeDetection"
    assert set(refusals(source)) == {f"{actors}/exit_phone_room.mp4", f"{fakes}/000_003.mp4"}


def test_ffpp_actors_do_not_enter_the_official_splits(ffpp: Path) -> None:
    write_videos(ffpp, "original_sequences/actors/c23/videos", "01__exit_phone_room.mp4")
    source = FaceForensics(ffpp)
    assert source.splits() == ("train", "val", "test", "DeepFakeDetection")
    assert source.count("DeepFakeDetection") == 1 and source.count() == 9


def test_ffpp_videos_that_no_split_names_are_refused_once(ffpp: Path) -> None:
    write_videos(ffpp, FAKE, "000_010.mp4", "noise.mp4")
    write_text(ffpp / FAKE / "notes.txt", "no video")
    source = FaceForensics(ffpp)
    assert set(refusals(source)) == {f"{FAKE}/000_010.mp4", f"{FAKE}/noise.mp4"}
    assert source.count() == 10 and not refusals(source, "test")


def test_ffpp_bad_pairs_are_refused_and_the_others_kept(ffpp: Path) -> None:
    write_splits(
        ffpp / "splits", test=[["000", "003"], ["010", "999"], ["12", "013"], "014", ["015", "015"]]
    )
    source = FaceForensics(ffpp)
    assert len(rows(source, "test")) == 4
    found = refusals(source, "test")
    assert "more than once" in found["test.json, pair 2"]  # 010 is in train already
    for number in (3, 4, 5):
        assert "is not a pair" in found[f"test.json, pair {number}"]


def test_ffpp_says_what_is_wrong_with_a_folder(ffpp: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not FaceForensics"):
        FaceForensics(tmp_path / "elsewhere")
    write_text(ffpp / "splits/val.json", "{}")
    with pytest.raises(InputError, match="not a list of pairs"):
        FaceForensics(ffpp)
    write_text(ffpp / "splits/val.json", "[[")
    with pytest.raises(InputError, match="not JSON"):
        FaceForensics(ffpp)
    for split in ("train", "val", "test"):
        (ffpp / "splits" / f"{split}.json").unlink()
    with pytest.raises(InputError, match=r"no splits/train\.json"):
        FaceForensics(ffpp)


# ---------------------------------------------------------------- celeb-df

TESTED = "1 YouTube-real/00170.mp4\n0 Celeb-synthesis/id0_id1_0000.mp4\n1 Celeb-real/id1_0003.mp4\n"


@pytest.fixture
def celebdf(tmp_path: Path) -> Path:
    write_videos(tmp_path, "Celeb-real", "id0_0000.mp4", "id1_0003.mp4")
    write_videos(tmp_path, "YouTube-real", "00000.mp4", "00170.mp4")
    write_videos(tmp_path, "Celeb-synthesis", "id0_id1_0000.mp4", "id2_id16_0009.mp4")
    write_text(tmp_path / LIST, TESTED)
    return tmp_path


def test_celebdf_test_is_the_list_in_its_order_and_train_the_rest(celebdf: Path) -> None:
    source = CelebDFv2(celebdf)
    assert isinstance(source, Source)
    assert source.splits() == ("train", "test")
    assert [row.id for row in rows(source, "test")] == [
        "YouTube-real/00170", "Celeb-synthesis/id0_id1_0000", "Celeb-real/id1_0003",
    ]  # fmt: skip
    assert [row.id for row in rows(source, "train")] == [
        "Celeb-real/id0_0000", "YouTube-real/00000", "Celeb-synthesis/id2_id16_0009",
    ]  # fmt: skip
    assert_whole(source)


def test_celebdf_one_means_real_and_the_first_id_is_whose_video_it_is(celebdf: Path) -> None:
    found = {row.id: row for row in rows(CelebDFv2(celebdf))}
    assert found["YouTube-real/00170"].labels == {"manipulation": "real"}
    assert found["Celeb-synthesis/id0_id1_0000"].labels == {"manipulation": "fake"}
    assert found["Celeb-synthesis/id0_id1_0000"].subject == "id0"
    assert found["Celeb-synthesis/id2_id16_0009"].subject == "id2"
    assert found["Celeb-real/id1_0003"].subject == "id1"
    assert found["YouTube-real/00000"].subject == "00000"


def test_celebdf_reads_rearranged_copies_under_the_same_ids(celebdf: Path) -> None:
    before = [row.id for row in rows(CelebDFv2(celebdf))]
    top = celebdf.rename(celebdf.parent / "Celeb-DF-v2")
    for folder in ("Celeb-real", "Celeb-synthesis"):
        (top / folder).rename(top / "moved")
        (top / folder).mkdir()
        (top / "moved").rename(top / folder / "videos")
    (top / "YouTube-real/00170.mp4").rename(top / "YouTube-real/00170.MP4")
    source = CelebDFv2(top.parent)
    assert [row.id for row in rows(source)] == before
    assert all(row.media.missing() is None for row in rows(source))


def test_celebdf_tested_video_that_is_gone_is_missing(celebdf: Path) -> None:
    (celebdf / "Celeb-synthesis/id0_id1_0000.mp4").unlink()
    row = rows(CelebDFv2(celebdf), "test")[1]
    assert "Celeb-synthesis/id0_id1_0000.mp4" in str(row.media.missing())


def test_celebdf_bad_lines_are_refused_and_their_videos_are_not_trained_on(celebdf: Path) -> None:
    write_text(
        celebdf / LIST,
        "1 YouTube-real/00170.mp4\n\n1 YouTube-real/00170.mp4\n0 Celeb-real/id0_0000.mp4\n"
        "YouTube-real/00000.mp4\n1 Elsewhere/id1_0000.mp4\n0 Celeb-synthesis/id9.mp4\n",
    )
    source = CelebDFv2(celebdf)
    assert [row.id for row in rows(source, "test")] == ["YouTube-real/00170"]
    assert [row.id for row in rows(source, "train")] == [
        "Celeb-real/id1_0003", "Celeb-synthesis/id0_id1_0000", "Celeb-synthesis/id2_id16_0009",
    ]  # fmt: skip
    found = refusals(source, "test")
    assert "more than once" in found["YouTube-real/00170"]
    assert "says fake, but the folder holds real" in found["Celeb-real/id0_0000"]
    assert "is not such as" in found[f"{LIST}, line 5"]
    assert "is not such as" in found[f"{LIST}, line 6"]
    assert "no videos of such a name" in found["Celeb-synthesis/id9"]


def test_celebdf_malformed_names_are_refused(celebdf: Path) -> None:
    write_videos(celebdf, "Celeb-synthesis", "id0_0001.mp4")
    assert set(refusals(CelebDFv2(celebdf), "train")) == {"Celeb-synthesis/id0_0001"}


def test_celebdf_says_what_is_wrong_with_a_folder(celebdf: Path, tmp_path: Path) -> None:
    (celebdf / LIST).unlink()
    with pytest.raises(InputError, match=f"is not Celeb-DF v2: give the folder with {LIST}"):
        CelebDFv2(celebdf)
    write_text(tmp_path / "empty" / LIST, TESTED)
    with pytest.raises(InputError, match="is not Celeb-DF v2"):
        CelebDFv2(tmp_path / "empty")
