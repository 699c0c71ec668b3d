"""Benchmarks: questions, answers, parsing, accuracy with its uncertainty, for whom."""

from facelm.bench.compare import compare
from facelm.bench.draw import Task, draw
from facelm.bench.export import write_facexbench
from facelm.bench.metrics import by_group, paired_difference, proportion, wilson
from facelm.bench.parse import parse_published, parse_strict
from facelm.bench.runner import bench
from facelm.bench.suites import SUITES, open_suite

__all__ = [
    "SUITES",
    "Task",
    "bench",
    "by_group",
    "compare",
    "draw",
    "open_suite",
    "paired_difference",
    "parse_published",
    "parse_strict",
    "proportion",
    "wilson",
    "write_facexbench",
]
