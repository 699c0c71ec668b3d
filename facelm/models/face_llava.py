"""Face-LLaVA's landmarks on any model whose pictures become a grid of visual tokens.

Face-LLaVA (Chaubey, Guan and Soleymani, arXiv 2504.07198) is Video-LLaVA with two modules between
its vision projector and its language model. Here they stand behind the projector of whatever model
is loaded (`attach`), so that `transformers`' own classes stay as they are, and with
`zero_init` the model answers exactly as before until something was learnt.

Whoever runs the model says which landmarks belong to the pictures of that run (`shown`);
`facelm.models.face_points` finds them. A run without any goes through unchanged.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from facelm.errors import InputError
from facelm.models.landmark_attention import FaceLandmarks, Mask

NAME = "landmarks"
"""The modules' name in the model, for a recipe's `train`."""
_PROJECTORS = ("multi_modal_projector", "connector")


@dataclass(frozen=True)
class Landmarks:
    """What the landmark modules are like; a recipe's `landmarks`."""

    heads: int = 8
    mask: Mask = "negative-distance"
    """Added to the attention's scores. The paper's formula is the default; the published weights
    were trained with "none"."""
    zero_init: bool = True
    """The model starts as exactly its base. The published code draws the last layer at random."""


class Guide(FaceLandmarks):
    """Landmark modules behind a vision projector, with the points of the pictures under way."""

    def __init__(self, width: int, settings: Landmarks) -> None:
        """`width`: the language model's hidden size."""
        super().__init__(width, settings.heads, settings.mask, settings.zero_init)
        self.settings = settings
        self._points: Tensor | None = None
        self._known: Tensor | None = None
        self._taken = 0

    def show(self, points: Tensor | None, known: Tensor | None) -> None:
        """Landmarks of the pictures that come next; None: they go through unchanged."""
        self._points, self._known, self._taken = points, known, 0

    def check_all_taken(self) -> None:
        """Raises: InputError where landmarks were given for more pictures than came."""
        if self._points is not None and self._taken != len(self._points):
            self._refuse(self._taken)

    def guide(self, visual: Tensor) -> Tensor:
        """Visual tokens (pictures, tokens, width) that have seen their landmarks.

        Raises:
            InputError: the tokens are no square grid, or there are more pictures than landmarks.
        """
        if self._points is None or self._known is None:
            return visual
        begin, self._taken = self._taken, self._taken + len(visual)
        if self._taken > len(self._points):
            self._refuse(self._taken)
        part = slice(begin, self._taken)
        points, known = (one[part].to(visual.device) for one in (self._points, self._known))
        return self(visual, points, square(visual.shape[-2]), known)

    def _refuse(self, pictures: int) -> None:
        given = 0 if self._points is None else len(self._points)
        raise InputError(
            f"The model saw {pictures} pictures and was given landmarks for {given}: give 68 "
            "points for each picture, and leave `crop_to_patches` off."
        )


def attach(model: Any, settings: Landmarks) -> Guide:
    """Put fresh landmark modules behind a model's vision projector.

    Args:
        model: an image-text-to-text model of `transformers`, not wrapped by `peft`.
        settings: heads, mask and first weights; drawn from torch's global generator.

    Returns:
        The modules, which are the model's `landmarks` from now on.

    Raises:
        InputError: the model has landmarks already, no projector of a kind that is known, shows
            every picture twice, or has a width that the heads do not divide.
    """
    inner = model.model
    if hasattr(inner, NAME):
        raise InputError("The model has landmark modules already: leave `landmarks` out.")
    projector = _projector(model)
    guide = Guide(model.config.get_text_config().hidden_size, settings)
    place = next(projector.parameters())
    guide.to(device=place.device)  # float32: points in bfloat16 would be rounded to 1/256
    setattr(inner, NAME, guide)
    projector.register_forward_hook(lambda _module, _given, visual: guide.guide(visual))
    return guide


def _projector(model: Any) -> Any:
    """What the landmark modules come behind.

    LLaVA-OneVision and LLaVA-NeXT show a picture as a whole and as a tile beside it, put together
    after the projector; what comes out of that is no one grid of patches.
    """
    found = next((getattr(model.model, n) for n in _PROJECTORS if hasattr(model.model, n)), None)
    why = None
    if found is None:
        why = f"its pictures do not pass one of {', '.join(_PROJECTORS)}"
    elif getattr(model.config, "image_grid_pinpoints", None):
        why = "it shows every picture twice, whole and as a tile, so its tokens are no single grid"
    if why:
        raise InputError(
            f"Landmarks cannot be put into a model of type '{model.config.model_type}': {why}; "
            "leave `landmarks` out, or take another base."
        )
    return found


def landmarks_of(model: Any) -> Guide | None:
    """The landmark modules of a model, None where it has none."""
    guide = getattr(getattr(model, "model", None), NAME, None)
    return guide if isinstance(guide, Guide) else None


@contextmanager
def shown(model: Any, points: Tensor | None, known: Tensor | None) -> Iterator[None]:
    """Run a model on pictures whose landmarks these are.

    Args:
        model: not wrapped by `peft`; one without landmark modules takes no notice.
        points: (pictures, 68, 2) float32, x, y in [0, 1] of the picture as the vision tower sees
            it, in the order in which the pictures come: a batch's pictures, then its clips' frames.
        known: (pictures,) boolean; the others' tokens pass unchanged.

    Raises:
        InputError: more or fewer pictures came.
    """
    guide = landmarks_of(model)
    if guide is None:
        yield
        return
    guide.show(points, known)
    try:
        yield
        guide.check_all_taken()
    finally:
        guide.show(None, None)


def square(tokens: int) -> tuple[int, int]:
    """Rows and columns of a picture's visual tokens, with or without a CLS token before them.

    Raises:
        InputError: they are no square grid.
    """
    for patches in (tokens, tokens - 1):
        side = math.isqrt(max(patches, 0))
        if side and side * side == patches:
            return side, side
    raise InputError(
        f"{tokens} visual tokens are no square grid of patches, so landmarks have no place among "
        "them: leave `landmarks` out, or use another model."
    )
