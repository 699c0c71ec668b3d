"""Writing reports: one HTML file with its pictures, plots and style inside."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps

from facelm._io import write_text
from facelm.errors import PictureError
from facelm.faces import open_picture, to_jpeg
from facelm.report import words
from facelm.report.data import DemoReport, Results, Sample, Talk
from facelm.report.plots import Row, dots, loss_curve

SHEET = 48
"""Most pictures on the contact sheet."""
_SHEET_SIDE, _SIDE = 88, 168  # pixels
_FEW_TURNS = 4


def write_report(path: Path | str, data: DemoReport) -> None:
    """Write a demo's report.

    Args:
        path: the HTML file.
        data: what to show; parts that are empty are left out.

    Raises:
        FacelmError: the file cannot be written.
    """
    _write(
        Path(path),
        title=data.title,
        headline=words.headline(data),
        evidence=words.evidence(data),
        overlap=words.overlap(data.after.get("overlap")),
        facts=_facts(data),
        sheet=_sheet(data),
        faces_in_all=max(data.faces_in_all, len(data.faces)),
        talks=[_talk(talk) for talk in data.conversations],
        loss=loss_curve(data.losses) if len(data.losses) > 1 else "",
        tasks=_compared_tasks(data),
        tasks_plot=dots(_task_rows(data.after, data.before), "Accuracy per task"),
        groups=_groups(data.after, data.before),
        samples=[_sample(sample) for sample in data.samples],
        asked=_talk(data.asked) if data.asked else None,
        stages=_stages(data),
        compared=True,
        suite=_suite(data.after),
    )


def write_bench_report(
    out_dir: Path | str, results: Results, samples: Sequence[Sample] = ()
) -> None:
    """Write `report.html` of one benchmark result into its folder.

    Args:
        out_dir: the result's folder.
        results: as `facelm.bench.bench` returns them.
        samples: a few questions with their pictures; `after` is what the model answered.

    Raises:
        FacelmError: the file cannot be written.
    """
    _write(
        Path(out_dir) / "report.html",
        title=f"{results['model']} on {results['suite']}",
        headline=words.bench_headline(results),
        overlap=words.overlap(results.get("overlap")),
        tasks=[_task(name, score) for name, score in _scores(results)],
        tasks_plot=dots(_task_rows(results), "Accuracy per task"),
        groups=_groups(results),
        samples=[_sample(sample) for sample in samples],
        compared=False,
        suite=_suite(results),
        refused=results.get("refused", 0),
    )


def _write(path: Path, **view: Any) -> None:
    write_text(path, template("report.html.j2").render(words=words, **view))


@cache
def template(name: str) -> Any:
    """One of the templates in this folder."""
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

    environment = Environment(
        loader=PackageLoader("facelm.report", "."),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)


# ---------------------------------------------------------------- scores


def _suite(results: Results) -> str:
    split = f", split {results['split']}" if results.get("split") else ""
    return f"{results['suite']}{split}"


def _scores(results: Results) -> list[tuple[str, Mapping[str, Any]]]:
    """Each task and, where there are several, all of them together."""
    tasks = sorted(results["tasks"].items())
    return [*tasks, ("all questions", results)] if len(tasks) > 1 else tasks


def _task(name: str, score: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": words.plain_name(name), "all": name == "all questions", "after": score}


def _compared_tasks(data: DemoReport) -> list[dict[str, Any]]:
    changes = data.change.get("tasks", {})
    return [
        {
            **_task(name, score),
            "before": data.before["tasks"].get(name)
            if name in data.after["tasks"]
            else data.before,
            "change": changes.get(name) if name in data.after["tasks"] else data.change,
        }
        for name, score in _scores(data.after)
    ]


def _task_rows(after: Results, before: Results | None = None) -> list[Row]:
    rows = []
    for name, score in _scores(after):
        old = None
        if before:
            old = before["tasks"].get(name) if name in after["tasks"] else before
        rows.append(Row(words.plain_name(name), score, old, score.get("chance")))
    return rows


def _groups(after: Results, before: Results | None = None) -> dict[str, Any] | None:
    """Plot and table of accuracy by label value."""
    groups = {label: values for label, values in after.get("groups", {}).items() if values}
    if not groups:
        return None
    old = before.get("groups", {}) if before else {}
    rows, table = [], []
    for label, values in groups.items():
        rows.append(Row(words.plain_name(label), {}, heading=True))
        for value, score in values.items():
            was = old.get(label, {}).get(value)
            rows.append(Row(words.plain_name(str(value)), score, was))
            table.append({"label": words.plain_name(label), "value": value, "after": score,
                          "before": was})  # fmt: skip
    return {
        "plot": dots(rows, "Accuracy per group"),
        "rows": table,
        "gap": words.widest_gap(groups),
    }


def _facts(data: DemoReport) -> list[tuple[str, str]]:
    closed = words.error_closed(data.before["accuracy"], data.after["accuracy"])
    facts = [
        ("before", words.percent(data.before["accuracy"])),
        ("after", words.percent(data.after["accuracy"])),
        ("of the error closed", words.percent(closed)),
        ("without the picture", words.percent(data.after.get("blind"))),
    ]
    if seconds := _seconds(data):
        facts.append(("from start to end", words.duration(seconds)))
    return facts


def _seconds(data: DemoReport) -> float:
    return data.seconds or sum(stage["seconds"] for stage in data.stages)


def _stages(data: DemoReport) -> dict[str, Any] | None:
    if not data.stages:
        return None
    longest = max(stage["seconds"] for stage in data.stages) or 1
    rows = [{**stage, "share": stage["seconds"] / longest} for stage in data.stages]
    return {"rows": rows, "seconds": _seconds(data), "memory": data.peak_memory_mb}


# ---------------------------------------------------------------- pictures


def _sheet(data: DemoReport) -> list[str]:
    spread = max(1, len(data.faces) // SHEET)
    return [url for url in _urls(data.faces[::spread][:SHEET]) if url]


def _urls(pictures: Iterable[bytes]) -> Iterable[str]:
    for picture in pictures:
        yield url_of(picture, _SHEET_SIDE, square=True)


def _talk(talk: Talk) -> dict[str, Any]:
    return {"image": url_of(talk.image, _SIDE), "turns": list(talk.turns)[:_FEW_TURNS],
            "more": max(0, len(talk.turns) - _FEW_TURNS)}  # fmt: skip


def _sample(sample: Sample) -> dict[str, Any]:
    return {**vars(sample), "image": url_of(sample.image, _SIDE)}


def url_of(data: bytes, side: int, square: bool = False) -> str:
    """A small JPEG as a data: URL, empty where the picture cannot be opened."""
    try:
        picture = open_picture(data)
    except PictureError:
        return ""
    size, how = (side, side), Image.Resampling.LANCZOS
    small = ImageOps.fit(picture, size, how) if square else ImageOps.contain(picture, size, how)
    return f"data:image/jpeg;base64,{base64.b64encode(to_jpeg(small, 82)).decode()}"
