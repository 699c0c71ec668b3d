"""One machine outgrown: a real two-worker Ray cluster writes the bytes of one process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from endpoint import endpoint
from test_convert import contents, fairface

from facelm.annotate import annotate
from facelm.convert import convert
from facelm.errors import FacelmError, InputError
from facelm.exams import overlap

pytest.importorskip("ray", reason="the extra `scale` is not installed")


@pytest.fixture(scope="module")
def cluster() -> Iterator[None]:
    import ray
    from ray.cluster_utils import Cluster

    nodes = Cluster()
    for _ in range(2):
        nodes.add_node(num_cpus=1, object_store_memory=100_000_000)
    ray.init(address=nodes.address, log_to_driver=False)
    yield
    ray.shutdown()
    nodes.shutdown()


@pytest.mark.slow
@pytest.mark.usefixtures("cluster")
def test_a_cluster_gives_the_files_of_one_process(tmp_path: Path) -> None:
    source = fairface(tmp_path / "data", 1100)
    convert(source, tmp_path / "one", tasks=["age"], workers=1)
    result = convert(source, tmp_path / "ray", tasks=["age"], workers=2, engine="ray")
    assert result["complete"] and result["pictures"] == 1100
    assert contents(tmp_path / "ray") == contents(tmp_path / "one")
    options: dict[str, Any] = {"limit": 520, "style": "choices"}
    annotate("heads", tmp_path / "a-one", **options)
    annotate("heads", tmp_path / "a-ray", workers=2, engine="ray", **options)
    assert contents(tmp_path / "a-ray") == contents(tmp_path / "a-one")
    one = overlap(tmp_path / "a-one", "heads-mcq", split="train", out=tmp_path / "o-one")
    assert one["exact"] > 0
    call: dict[str, Any] = {"split": "train", "out": tmp_path / "o-ray", "workers": 2}
    assert overlap(tmp_path / "a-one", "heads-mcq", engine="ray", **call) == one
    assert contents(tmp_path / "o-ray") == contents(tmp_path / "o-one")


@pytest.mark.slow
@pytest.mark.usefixtures("cluster")
def test_a_paid_teacher_on_a_cluster_is_paid_once_for_the_same_corpus(tmp_path: Path) -> None:
    with endpoint({"refusals": 0.05}) as server:
        options: dict[str, Any] = {
            "teacher": "openai:scripted", "base_url": server.url, "limit": 520, "asks_per_face": 1,
        }  # fmt: skip
        ray = annotate("heads", tmp_path / "ray" / "c", workers=2, engine="ray", **options)
        assert ray["complete"] and ray["new"] == 520
        asked = len(server.calls())
        assert asked == ray["asked"] >= 520
        one = annotate("heads", tmp_path / "one" / "c", **options)
        assert one["asked"] == asked
        assert contents(tmp_path / "ray" / "c") == contents(tmp_path / "one" / "c")


@pytest.mark.usefixtures("cluster")
def test_what_a_worker_refuses_comes_back_as_its_sentence(tmp_path: Path) -> None:
    source = fairface(tmp_path / "data", 4)
    (tmp_path / "data" / "train" / "2.png").unlink()
    with pytest.raises(FacelmError, match=r"^train/2\.png: there is no picture"):
        convert(source, tmp_path / "c", tasks=["age"], workers=2, engine="ray", strict=True)


def test_a_cluster_is_told_into_how_many_parts_to_cut(tmp_path: Path) -> None:
    source = fairface(tmp_path / "data", 2)
    with pytest.raises(InputError, match="Give --workers with --engine ray"):
        convert(source, tmp_path / "c", tasks=["age"], engine="ray")
