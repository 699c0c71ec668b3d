"""Exported runs: they answer as the run does, say what they rest on, and appear whole or not."""

from __future__ import annotations

import json
import shutil
import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from typer.testing import CliRunner

from benchmarks.parity import PICTURES, faces, parity, small_run, tell
from facelm.annotate import annotate
from facelm.cli.main import app
from facelm.errors import FacelmError, InputError, MissingError
from facelm.models import load, user_message
from facelm.models.face_llava import landmarks_of
from facelm.publish import export


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("corpus") / "heads"
    annotate("heads", path, split="train", style="choices", limit=4)
    return path


@pytest.fixture(scope="module")
def run(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of InternVL3, whose base says what its licence is."""
    path = small_run("internvl3", tmp_path_factory.mktemp("runs") / "tiny-face", corpus)
    base = path.parent / "base-of-tiny-face"
    (base / "README.md").write_text("---\nlicense: apache-2.0\n---\n# A base\n")
    return path


@pytest.fixture(scope="module")
def guided(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of Video-LLaVA with landmark modules."""
    more = {"landmarks": {"heads": 4, "mask": "none"}}
    return small_run("video-llava", tmp_path_factory.mktemp("runs") / "guided", corpus, more)


@pytest.fixture(scope="module")
def merged(guided: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("merged") / "guided"
    export(guided, folder, merge=True)
    return folder


@pytest.mark.parametrize("which", ["run", "guided"])
def test_an_export_answers_as_its_run(
    which: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """The same 20 faces and questions, through facelm and through plain transformers."""
    place, pictures = request.getfixturevalue(which), faces()
    rows = list(parity(place, tmp_path, pictures))
    assert len(rows) == 3
    for row in rows:
        assert row.difference < 1e-4, row.form
        assert row.same == row.asked == PICTURES
    ours = load(str(place), torch.float32)
    base = load(str(json.loads((place / "model/facelm.json").read_text())["base"]), torch.float32)
    few = pictures[:3]
    told = tell(ours.model, ours.processor, few).logits
    assert not torch.allclose(told, tell(base.model, base.processor, few).logits, atol=1e-2)
    if which == "guided":
        without = tell(ours.model, ours.processor, few, landmarks=False).logits
        assert not torch.allclose(told, without, atol=1e-4)


def pixels(model: Any, processor: Any) -> int:
    """Tiles of a large picture."""
    message = user_message([Image.new("RGB", (500, 250))], "Who?")
    given = processor.apply_chat_template(
        message, tokenize=True, add_generation_prompt=True, return_dict=True, return_tensors="pt"
    )
    with torch.inference_mode():
        model(**given)  # as many tokens as tiles
    return len(given["pixel_values"])


def test_one_tile_stays_one_tile_in_plain_transformers(run: Path, tmp_path: Path) -> None:
    from transformers import AutoModelForImageTextToText, AutoProcessor

    export(run, tmp_path / "out", merge=True)
    model = AutoModelForImageTextToText.from_pretrained(tmp_path / "out")
    assert pixels(model, AutoProcessor.from_pretrained(tmp_path / "out")) == 1
    ours = load(str(tmp_path / "out"))
    assert pixels(ours.model.float(), ours.processor) == 1
    with pytest.raises(InputError, match="exported to see one tile"):
        load(str(tmp_path / "out"), crop_to_patches=True)


def test_a_run_with_tiles_is_exported_with_tiles(run: Path, tmp_path: Path) -> None:
    tiled = shutil.copytree(run, tmp_path / "run")
    described = json.loads((tiled / "model/facelm.json").read_text())
    (tiled / "model/facelm.json").write_text(json.dumps(described | {"crop_to_patches": True}))
    export(tiled, tmp_path / "out", merge=True)
    one, other = (load(str(place), torch.float32) for place in (tiled, tmp_path / "out"))
    tiles = pixels(one.model, one.processor)
    assert tiles > 1 and pixels(other.model, other.processor) == tiles
    assert "is cut into tiles" in (tmp_path / "out/README.md").read_text()


def test_the_card_says_what_the_model_rests_on(run: Path, tmp_path: Path) -> None:
    bench = {
        "suite": "facexbench:/a/private/place", "split": "test", "n": 40, "accuracy": 0.5,
        "ci95": [0.35, 0.65], "chance": 0.3, "blind": 0.25,
    }  # fmt: skip
    scored = shutil.copytree(run, tmp_path / "run")
    (scored / "bench").mkdir()
    (scored / "bench/results.json").write_text(json.dumps(bench))
    for merge in (True, False):
        out = tmp_path / f"out-{merge}"
        export(scored / "model", out, merge=merge)
        card = (out / "README.md").read_text()
        assert "apache-2.0 (its README.md)" in card
        assert "| heads | train | 4 | synthetic" in card
        assert "annotators' impressions" in card and "rank: 4" in card
        assert "| facexbench | test | 40 | 50.0% (35.0% to 65.0%) | 30.0% | 25.0% |" in card
        assert (out / "lineage.parquet").is_file()
        assert "landmark" not in card
        texts = {p.name: p.read_text() for p in out.iterdir() if p.suffix in (".json", ".md")}
        places = {name for name, text in texts.items() if str(run.parent) in text}
        assert places == (set() if merge else {"adapter_config.json", "facelm.json"})
        assert "/a/private" not in card


def test_an_export_knows_its_training_pictures(run: Path, tmp_path: Path) -> None:
    from facelm.bench.overlap import lineage_of

    export(run, tmp_path / "out", merge=True)
    ours, theirs = lineage_of(str(run)), lineage_of(str(tmp_path / "out"))
    assert ours.pictures and {p.sha256 for p in ours.pictures} == {
        p.sha256 for p in theirs.pictures
    }


def test_landmarks_stay_beside_the_weights(merged: Path, tmp_path: Path) -> None:
    assert not any("landmarks" in name for name in load_file(merged / "model.safetensors"))
    assert json.loads((merged / "config.json").read_text())["face_landmarks"]["mask"] == "none"
    assert "leave them out" in (merged / "README.md").read_text().replace("**", "")
    guide = landmarks_of(load(str(merged)).model)
    assert guide is not None and guide.settings.heads == 4
    broken = shutil.copytree(merged, tmp_path / "broken")
    tensors = load_file(broken / "landmarks.safetensors")
    tensors.pop(min(tensors))
    save_file(tensors, broken / "landmarks.safetensors")
    with pytest.raises(InputError, match="is another model's"):
        load(str(broken))
    (broken / "landmarks.safetensors").write_bytes(b"half")
    with pytest.raises(InputError, match="is damaged"):
        load(str(broken))
    (broken / "landmarks.safetensors").unlink()
    with pytest.raises(InputError, match=r"no landmarks\.safetensors"):
        load(str(broken))


def test_the_type_is_that_of_the_base_and_unused_sampling_is_left_out(
    corpus: Path, tmp_path: Path
) -> None:
    run = small_run("internvl3", tmp_path / "half", corpus, dtype=torch.bfloat16)
    base = tmp_path / "base-of-half"
    generation = json.loads((base / "generation_config.json").read_text())
    generation |= {"do_sample": False, "temperature": 0.9}  # as some are published
    (base / "generation_config.json").write_text(json.dumps(generation))
    export(run, tmp_path / "out", merge=True)
    kinds = {v.dtype for v in load_file(tmp_path / "out/model.safetensors").values()}
    assert kinds == {torch.bfloat16}
    assert "temperature" not in (tmp_path / "out/generation_config.json").read_text()


# ---------------------------------------------------------------- what is refused


def refuses(says: str, *given: Any, **more: Any) -> None:
    with pytest.raises(FacelmError, match=says) as error:
        export(*given, **more)
    assert "\n" not in str(error.value)


def test_what_cannot_be_exported_is_one_sentence(run: Path, merged: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    refuses("no run in", tmp_path / "nowhere", out)
    refuses("a whole model already", merged, out)
    half = shutil.copytree(run, tmp_path / "half")
    (half / "lineage.parquet").unlink()  # stopped between the last stage and this file
    refuses("is not finished", half, out)
    shutil.rmtree(half / "model")
    refuses("is not finished", half, out)
    gone = shutil.copytree(run, tmp_path / "gone")
    described = json.loads((gone / "model/facelm.json").read_text())
    (gone / "model/facelm.json").write_text(json.dumps(described | {"base": "./not-there"}))
    refuses("not-there", gone, out)
    broken = shutil.copytree(run, tmp_path / "broken")
    (broken / "model/adapter_model.safetensors").write_bytes(b"half")
    refuses("is damaged", broken, out, merge=True)
    assert not out.exists() and not list(tmp_path.glob(".*"))
    out.mkdir()
    (out / "mine.txt").write_text("mine")
    refuses("is not empty", run, out)
    assert [path.name for path in out.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    ("name", "which", "says"),
    [
        ("gguf", "run", "not known to take models of type 'internvl'"),
        ("openvino", "run", "not known to take models of type 'internvl'"),
        ("onnx", "run", "no exporter for models that look at pictures"),
        ("gguf", "guided", "landmark modules, which no converter knows"),
    ],
)
def test_formats_of_others_say_why_not(
    name: str, which: str, says: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    place = request.getfixturevalue(which)
    refuses(says, place, tmp_path / "out", formats=(name,))
    assert not (tmp_path / "out").exists()


# ---------------------------------------------------------------- the hub


class Hub(BaseHTTPRequestHandler):
    """What the hub's interface answers when a folder is uploaded."""

    said: list[tuple[str, str, bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.said.append((self.path, self.headers.get("Authorization", ""), body))
        answer: dict[str, Any] = {"errors": [], "warnings": []}
        if self.path.endswith("/create"):
            answer = {"url": f"http://{self.headers['Host']}/me/faces"}
        if "/preupload/" in self.path:
            named = [one["path"] for one in json.loads(body)["files"]]
            answer = {
                "files": [
                    {"path": path, "uploadMode": "regular", "shouldIgnore": False, "oid": None}
                    for path in named
                ]
            }
        if "/commit/" in self.path:
            answer = {
                "commitUrl": f"http://{self.headers['Host']}/me/faces/commit/0",
                "commitOid": "0" * 40,
                "success": True,
            }
        self.send_response(403 if "forbidden" in self.path + body.decode()[:200] else 200)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    do_GET = do_POST  # noqa: N815 - the standard library's names

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, str, bytes]]]:
    """All that was said to it; the only hub there is."""
    from huggingface_hub import constants

    said: list[tuple[str, str, bytes]] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("One", (Hub,), {"said": said}))
    Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr(constants, "ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setenv("HF_TOKEN", "hf_mine")
    yield said
    server.shutdown()
    server.server_close()


def test_a_folder_is_pushed_private(run: Path, tmp_path: Path, hub: Any) -> None:
    out = tmp_path / "out"
    words = ["export", str(run), "-o", str(out), "--merge", "--push", "me/faces", "--json"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    assert "me/faces" in json.loads(done.stdout.splitlines()[-1])["address"]
    created = next(json.loads(body) for path, _, body in hub if path.endswith("/create"))
    assert created["name"] == "faces" and created["organization"] == "me"
    assert created.get("private") is True or created.get("visibility") == "private"
    committed = next(body for path, _, body in hub if "/commit/" in path)
    lines = [json.loads(line) for line in committed.splitlines()]
    sent = {line["value"]["path"] for line in lines if line["key"] == "file"}
    assert sent == {path.name for path in out.iterdir()}
    assert all(token == "Bearer hf_mine" for path, token, _ in hub if "/commit/" in path)


def test_a_hub_that_refuses_leaves_the_folder(run: Path, tmp_path: Path, hub: Any) -> None:
    out = tmp_path / "out"
    refuses("did not take me/forbidden .*hf upload", run, out, merge=True, push="me/forbidden")
    assert (out / "model.safetensors").is_file() and (out / "README.md").is_file()


def test_a_hub_out_of_reach_leaves_the_folder(
    run: Path, tmp_path: Path, hub: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huggingface_hub import constants

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        gone = f"http://127.0.0.1:{probe.getsockname()[1]}"
    monkeypatch.setattr(constants, "ENDPOINT", gone)
    out = tmp_path / "out"
    refuses("did not take me/faces .*hf upload", run, out, merge=True, push="me/faces")
    assert (out / "README.md").is_file()


def test_what_stops_a_push_is_said_first(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huggingface_hub import constants

    out = tmp_path / "out"
    refuses("push it with --merge", run, out, push="me/faces")
    refuses("write OWNER/NAME", run, out, merge=True, push="faces")
    refuses("HF_HUB_OFFLINE", run, out, merge=True, push="me/faces")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "no-token"))
    monkeypatch.delenv("HF_TOKEN", raising=False)
    with pytest.raises(MissingError, match="export HF_TOKEN"):
        export(run, out, merge=True, push="me/faces")
    assert not out.exists()
