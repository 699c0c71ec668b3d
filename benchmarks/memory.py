"""What keeping freed memory is worth: the encoder's training step with and without it.

    python benchmarks/memory.py

Two processes take turns, one step at a time, on the same pictures; prints the median pictures/s of
each and the median of the paired ratios.
"""

from __future__ import annotations

import statistics
import subprocess
import sys

STEP = """
import ctypes, sys, time, torch
load = ctypes.CDLL
def refuse(*_, **__):
    raise OSError
if sys.argv[1] != "kept":
    ctypes.CDLL = refuse  # the setting quietly does nothing where there is no libc to ask
import facelm.models
ctypes.CDLL = load
from facelm.models.encoder import EfficientNetLite, EfficientNetLiteConfig
torch.manual_seed(0)
model = EfficientNetLite(EfficientNetLiteConfig()).to(memory_format=torch.channels_last).train()
pixels = torch.randn(64, 3, 144, 144).contiguous(memory_format=torch.channels_last)
for line in sys.stdin:
    began = time.perf_counter()
    model(pixels).last_hidden_state.mean().backward()
    print(64 / (time.perf_counter() - began), flush=True)
"""


def _start(how: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", STEP, how], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def _step(process: subprocess.Popen[str]) -> float:
    assert process.stdin and process.stdout
    process.stdin.write("step\n")
    process.stdin.flush()
    return float(process.stdout.readline())


def main(steps: int = 12, warm: int = 3) -> None:
    """Measure and print."""
    processes = {how: _start(how) for how in ("kept", "handed back")}
    rates: dict[str, list[float]] = {how: [] for how in processes}
    for _ in range(steps + warm):
        for how, process in processes.items():
            rates[how].append(_step(process))
    for how in rates:
        rates[how] = rates[how][warm:]
        print(f"{how:<12}{statistics.median(rates[how]):8.1f} pictures/s")
    pairs = [a / b for a, b in zip(rates["kept"], rates["handed back"], strict=True)]
    print(f"ratio       {statistics.median(pairs):8.2f}")
    for process in processes.values():
        process.terminate()


if __name__ == "__main__":
    main()
