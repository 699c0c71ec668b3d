"""Small real models and faces, made once a session."""

from __future__ import annotations

import functools
import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from endpoint import Endpoint, endpoint

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")


FIRST = ("test_cli.py", "test_overlap.py", "test_teach_faults.py", "test_whole_way.py",
         "test_models_check.py", "test_tiny_models_way.py")  # fmt: skip
"""The longest files: begun last, one worker would be at them when the other has nothing left."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files go to the workers in this order (`--no-loadscope-reorder`)."""
    items.sort(key=lambda item: FIRST.index(item.path.name) if item.path.name in FIRST else 99)


@pytest.fixture(scope="session")
def tokenizer() -> Any:
    """SmolLM2's tokenizer with the special tokens of InternVL and LLaVA added."""
    from tools.tiny import internvl

    return internvl.tokenizer()


@pytest.fixture(scope="session")
def tiny_internvl(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random InternVL3 of 2.4 million parameters in the hub's layout: 16 visual tokens a tile."""
    from tools.tiny import write

    return write("internvl3", tmp_path_factory.mktemp("tiny-internvl")).folder


@pytest.fixture(scope="session")
def tiny_models(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Folder of a small random model of a family (`tools.tiny.FAMILIES`), made on first use."""
    from tools.tiny import write

    root = tmp_path_factory.mktemp("tiny")
    return functools.cache(lambda name: write(name, root / name).folder)


@pytest.fixture(scope="session")
def heads() -> list[Any]:
    """All test portraits of `heads`."""
    from facelm.sources import open_source

    return list(open_source("heads").faces("test"))


@pytest.fixture(scope="session")
def portrait(heads: list[Any]) -> bytes:
    """One synthetic portrait, as WebP bytes."""
    return bytes(heads[0].image)


@pytest.fixture
def photo(tmp_path: Path, portrait: bytes) -> Path:
    """The portrait as a JPEG file, standing in for a user's photograph."""
    from PIL import Image

    path = tmp_path / "photo.jpg"
    Image.open(io.BytesIO(portrait)).convert("RGB").save(path, quality=95)
    return path


@pytest.fixture(scope="session")
def one_endpoint() -> Iterator[Endpoint]:
    """A scripted endpoint for all tests that share one."""
    with endpoint() as running:
        yield running


@pytest.fixture
def server(one_endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> Endpoint:
    """The scripted endpoint as if freshly started, and no key, address or proxy around."""
    for name in list(os.environ):
        if name.startswith(("OPENAI_", "FACELM_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    one_endpoint.follow({})
    one_endpoint.forget()
    return one_endpoint
