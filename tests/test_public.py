"""The public surface, pinned: changing it is a decision, not an accident."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import facelm

SURFACE = {
    "EndpointError", "FacelmError", "InputError", "MissingError", "PictureError", "annotate",
    "ask", "bench", "compare", "convert", "demo", "judge", "load_model", "open_source",
    "read_corpus", "serve", "train",
}  # fmt: skip
ROOMS = ("types", "sources", "faces", "teach", "corpus", "models", "train", "bench", "serve")


def test_surface() -> None:
    assert set(facelm.__all__) == SURFACE
    for name in SURFACE:
        assert callable(getattr(facelm, name)), name


def test_unknown_name() -> None:
    with pytest.raises(AttributeError):
        facelm.nothing  # noqa: B018


def test_importing_facelm_and_its_command_line_loads_no_heavy_package() -> None:
    code = (
        "import sys, facelm.cli; "
        "print([m for m in ('torch', 'transformers', 'mediapipe', 'matplotlib', 'pyarrow') "
        "if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("room", "forbidden"),
    [
        ("types.py", ROOMS[1:]),
        ("sources", ("faces", "teach", "corpus", "models", "train", "bench", "serve")),
        ("faces", ("sources", "teach", "corpus", "models", "train", "bench", "serve")),
        ("teach", ("corpus", "models", "train", "bench", "serve")),
        ("corpus", ("teach", "models", "train", "bench", "serve", "review")),
        ("models", ("corpus", "train", "bench", "serve")),
        ("train", ("bench", "serve")),
        ("bench", ("train", "serve")),
        ("serve", ("train", "bench")),
        ("review", ("sources", "teach", "models", "train", "bench", "serve")),
    ],
)
def test_imports_go_one_way(room: str, forbidden: tuple[str, ...]) -> None:
    base = Path(facelm.__file__).parent / room
    for path in [base] if base.is_file() else base.rglob("*.py"):
        text = path.read_text()
        for other in forbidden:
            assert f"from facelm.{other}" not in text, f"{path.name} imports facelm.{other}"


def test_no_pickle_and_no_remote_code_in_the_package() -> None:
    words = ("pickle.load", "torch.load(", "trust_remote_code", "allow_pickle")
    for path in Path(facelm.__file__).parent.rglob("*.py"):
        text = path.read_text().replace("trust_remote_code=False", "")  # unsaid, it is asked for
        assert not [word for word in words if word in text], path
