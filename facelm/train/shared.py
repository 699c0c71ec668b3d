"""Attention over a step's faces packed into one row: each picture once, and no padding.

The row is [prefix 1 | prefix 2 | … | branch 1 | branch 2 | …]: what all questions about a picture
begin with, for every face, then the questions with their answers. A branch sees its own prefix and
itself. Everything but attention goes token by token, so it never sees that the tokens belong to
different faces; here, where they meet, runs of tokens are laid side by side and each branch gets
the keys and values of its prefix. Attention then costs what it would cost with a cache, in one pass
through the model, whichever its width, depth and number of heads; gradients reach the prefix
through all of its branches.

The function is registered with `transformers` under a name (`share_attention` gives it to a model);
without a `layout` it is `sdpa`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

from facelm.models.load import language_part

NAME = "facelm-shared"


@dataclass(frozen=True)
class Runs:
    """Stretches of a row that lie behind one another, and how to lay them side by side."""

    begin: int
    lengths: tuple[int, ...]
    places: Tensor
    """(runs, longest): where each token stands in the stretches; padding repeats the first."""
    kept: Tensor
    """(tokens,): where each token stands in the flattened (runs, longest)."""

    @classmethod
    def of(cls, begin: int, lengths: list[int], device: torch.device) -> Runs:
        """Stretches of these lengths, the first of which begins at a token of the row."""
        sizes, longest = torch.tensor(lengths), max(lengths)
        inside = torch.arange(longest)[None] < sizes[:, None]
        places = (sizes.cumsum(0) - sizes)[:, None] + torch.arange(longest)[None]
        places, kept = places.masked_fill(~inside, 0), inside.flatten().nonzero().flatten()
        return cls(begin, tuple(lengths), places.to(device), kept.to(device))

    @property
    def end(self) -> int:
        """Token of the row behind the last stretch."""
        return self.begin + sum(self.lengths)

    @property
    def even(self) -> bool:
        """All are of one length, so that nothing has to be copied."""
        return len(set(self.lengths)) == 1

    def apart(self, row: Tensor) -> Tensor:
        """(1, heads, tokens, width) of the whole row to (runs, heads, longest, width)."""
        own = row[0, :, self.begin : self.end]
        if self.even:
            return own.unflatten(1, self.places.shape).transpose(0, 1)
        return own[:, self.places].transpose(0, 1)

    def together(self, runs: Tensor) -> Tensor:
        """(runs, heads, longest, width) to (1, tokens, heads, width)."""
        flat = runs.transpose(1, 2).flatten(0, 1)
        return (flat if self.even else flat[self.kept])[None]


@dataclass(frozen=True)
class Layout:
    """Whose tokens are whose in a packed row."""

    prefixes: Runs
    branches: Runs
    owner: Tensor
    """(branches,): the prefix that each one belongs to."""
    mask: Tensor
    """(1 or branches, 1, longest branch, longest prefix + longest branch): who is seen."""


def lay_out(prefixes: list[int], branches: list[list[int]], device: torch.device) -> Layout:
    """Lengths of each face's prefix, and of each face's branches, to a layout."""
    owner = torch.tensor([face for face, of in enumerate(branches) for _ in of])
    before = Runs.of(0, prefixes, device)
    after = Runs.of(before.end, [length for of in branches for length in of], device)
    longest = after.places.shape[1]
    own = torch.ones(longest, longest, dtype=torch.bool).tril()
    widths = torch.tensor(prefixes)[:1] if before.even else torch.tensor(prefixes)[owner]
    known = torch.arange(max(prefixes))[None] < widths[:, None]
    mask = torch.cat(
        [
            known[:, None].expand(-1, longest, -1),
            own[None].expand(len(known), -1, -1),
        ],
        2,
    )
    return Layout(before, after, owner.to(device), mask[:, None].to(device))


def share_attention(model: Any) -> None:
    """Let a model's language part take packed rows; whatever else it is asked stays as it was."""
    language_part(model).config._attn_implementation = NAME


def shared_attention(
    module: torch.nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    dropout: float = 0.0,
    scaling: float | None = None,
    layout: Layout | None = None,
    **others: Any,
) -> tuple[Tensor, None]:
    """An attention function of `transformers`.

    Args:
        module: the layer.
        query: (1, heads, tokens, width).
        key: (1, key heads, tokens, width).
        value: as `key`.
        attention_mask: taken where there is no layout.
        dropout: probability.
        scaling: of the scores; None: one over the width's square root.
        layout: of the packed row.
        others: what `transformers` hands on.

    Returns:
        (1, tokens, heads, width), and no weights.
    """
    if layout is None:
        return sdpa_attention_forward(
            module, query, key, value, attention_mask, dropout, scaling, **others
        )  # type: ignore[return-value]
    first, then = layout.prefixes, layout.branches
    keys, values = first.apart(key), first.apart(value)

    def attend(asking: Tensor, seen: Tensor, held: Tensor, mask: Tensor | None) -> Tensor:
        return functional.scaled_dot_product_attention(
            asking, seen, held, mask, dropout, mask is None, scale=scaling,
            enable_gqa=query.shape[1] != key.shape[1],
        )  # fmt: skip

    prefix = attend(first.apart(query), keys, values, None)
    seen, held = (
        torch.cat([of[layout.owner], then.apart(own)], 2)
        for of, own in ((keys, key), (values, value))
    )
    branch = attend(then.apart(query), seen, held, layout.mask)
    return torch.cat([first.together(prefix), then.together(branch)], 1), None


AttentionInterface.register(NAME, shared_attention)
AttentionMaskInterface.register(NAME, sdpa_mask)
