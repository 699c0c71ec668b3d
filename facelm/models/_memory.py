"""Keep freed memory instead of handing it back after every step.

glibc returns each large tensor's memory to the system as soon as it is freed, and a training step
frees all of its activations: on a virtual machine the page faults of asking for it again took
more time than the arithmetic (EfficientNet-Lite0, 64 pictures a step on two cores: 15 to 45
pictures/s before, 60 to 95 after; `python benchmarks/memory.py`).
"""

from __future__ import annotations

import ctypes
import functools
import sys

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_MMAP_MAX = -1, -3, -4

_C_LIBRARY = "libc.so.6"


@functools.cache
def keep_freed_memory() -> bool:
    """Tell glibc's malloc to keep what is freed; False where there is no glibc."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        mallopt = ctypes.CDLL(_C_LIBRARY).mallopt
    except (OSError, AttributeError):
        return False
    settings = ((_M_MMAP_MAX, 0), (_M_MMAP_THRESHOLD, 2**30), (_M_TRIM_THRESHOLD, 2**31 - 1))
    done = [mallopt(name, value) == 1 for name, value in settings]  # all of them, whatever fails
    return all(done)


def release_freed_memory() -> None:
    """Hand back what is kept, between stages: the next one frees and asks in other sizes."""
    if keep_freed_memory():
        ctypes.CDLL(_C_LIBRARY).malloc_trim(0)
