"""Several processes that train one model: each takes its share of every step's faces.

All hold the same weights. A step's gradient is the sum over processes of what their faces give,
with the weights that the faces have among all of the step's; so the step is that of one process,
and a run may go on with another number of them. `torchrun` starts them and says which is which:

    torchrun --nproc-per-node 2 -m facelm train recipe.yaml
    facelm train recipe.yaml --gpus 2

Only the first one writes, and speaks.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeVar

import numpy as np
import torch
import torch.distributed as dist
from torch import Tensor, nn

from facelm._io import say
from facelm.errors import InputError

T = TypeVar("T")
BUCKET = 2**25
"""Numbers that are summed over the processes at a time: 128 MB in float32."""


@dataclass(frozen=True)
class Ranks:
    """Which of how many processes this one is."""

    rank: int = 0
    world: int = 1

    @property
    def first(self) -> bool:
        """The one that writes."""
        return self.rank == 0

    def share(self, whole: Sequence[T]) -> list[T]:
        """This process's part of a step; parts differ in length by one at most."""
        places = np.array_split(np.arange(len(whole)), self.world)[self.rank]
        return [whole[place] for place in places]

    def total(self, *numbers: float) -> list[float]:
        """Each number summed over all processes."""
        if self.world == 1:
            return list(numbers)
        tensor = torch.tensor(numbers, dtype=torch.float64, device=_place())
        dist.all_reduce(tensor)
        return [float(number) for number in tensor]

    def sum_gradients(self, parameters: Iterable[nn.Parameter]) -> None:
        """Put the sum over all processes in the place of each gradient.

        One that no process has stays None: the optimiser does not move such parameters.
        """
        if self.world == 1:
            return
        every = list(parameters)
        some = torch.tensor([p.grad is not None for p in every], dtype=torch.int32, device=_place())
        dist.all_reduce(some)
        reached = [p for p, number in zip(every, some.tolist(), strict=True) if number]
        for parameter in reached:
            if parameter.grad is None:  # no face of ours, but another's
                parameter.grad = torch.zeros_like(parameter)
        for bucket in _buckets([p.grad for p in reached if p.grad is not None]):
            flat = torch.cat([grad.flatten() for grad in bucket])
            dist.all_reduce(flat)
            for grad, part in zip(bucket, flat.split([g.numel() for g in bucket]), strict=True):
                grad.copy_(part.view_as(grad))

    def after_the_first(self, make: Callable[[], T]) -> T:
        """Do what leaves something on the disk that it finds there when done again."""
        if self.first:
            done = make()
            self.wait()
            return done
        self.wait()
        return make()

    def wait(self) -> None:
        """Until all are here."""
        if self.world > 1:
            dist.barrier()

    def say(self, text: str) -> None:
        """As `facelm._io.say`, once."""
        if self.first:
            say(text)


ALONE = Ranks()


def join() -> Ranks:
    """Take the place that `torchrun` gave this process; alone without it.

    Raises:
        InputError: more processes than GPUs were started on a machine that has some.
    """
    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        return ALONE
    on_gpu = torch.cuda.is_available()
    if on_gpu:
        check_gpus(int(os.environ["LOCAL_WORLD_SIZE"]))
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
    if not dist.is_initialized():
        dist.init_process_group("nccl" if on_gpu else "gloo")
    return Ranks(dist.get_rank(), dist.get_world_size())


def check_gpus(wanted: int) -> None:
    """Raises: InputError where the machine has fewer."""
    there = torch.cuda.device_count()
    if wanted > there:
        has = f"{there} of them: start as many" if there else "none: leave --gpus out"
        raise InputError(f"{wanted} GPUs are asked for, and this machine has {has}.")


def start(gpus: int, arguments: Sequence[str]) -> None:
    """Become `torchrun` with a process for each GPU; does not return.

    Args:
        gpus: how many.
        arguments: of `facelm`, as they were given.

    Raises:
        InputError: this machine has fewer.
    """
    check_gpus(gpus)
    launcher = ["-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={gpus}"]
    os.execv(sys.executable, [sys.executable, *launcher, "-m", "facelm", *arguments])


def _place() -> torch.device:
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def _buckets(tensors: list[Tensor]) -> Iterator[list[Tensor]]:
    """Tensors of one type that together are not too large, in their order."""
    for _, same in groupby(tensors, key=lambda tensor: tensor.dtype):
        bucket: list[Tensor] = []
        for tensor in same:
            if bucket and sum(t.numel() for t in bucket) + tensor.numel() > BUCKET:
                yield bucket
                bucket = []
            bucket.append(tensor)
        yield bucket
