"""`facelm models check`: will a base train, what of it, at which cost; no weights are read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from facelm.errors import InputError
from facelm.models.configs import Base, find_base
from facelm.models.encoder import EfficientNetLiteConfig
from facelm.models.face_llava import Landmarks, attach, landmarks_of
from facelm.models.sizes import Cost, Shape, cost
from facelm.models.skeleton import build, count, parts
from facelm.models.visual_tokens import SIDE, Seen, see
from facelm.train.adapted import adapted_kinds
from facelm.train.learning import PERCEPTION, open_module, prepare, unwrapped
from facelm.train.origin import starting_base
from facelm.train.recipe import (
    AnswersStage,
    LandmarkModules,
    Lora,
    PerceptionStage,
    Recipe,
    load_recipe,
)

if TYPE_CHECKING:
    from facelm.train.recipe import Stage

MAX_TOKENS = 2048
"""Of a row, where a recipe does not say."""


def check(what: Path | str, side: int = SIDE) -> dict[str, Any]:
    """Size a base up, as one recipe's stages would train it.

    Args:
        what: a recipe (`.yaml`), a folder with `config.json`, a run, a word of ours, or a hub id
            whose configuration is kept in this package. What is no recipe is taken as LoRA of
            rank 16 on the language model, four faces a step.
        side: pixels of the square picture that is counted, for models that do not resize.

    Returns:
        `base`, `read_from`, `unknown` (facts nobody could read), `will_train`, `why_not` (a
        sentence, or None), `dtype`; where the model could be built: `architecture`, `parameters`,
        `published_parameters`, `parameters_by_part`, `visual_tokens` (of a picture as one tile),
        `video_tokens` (None without video), `landmark_parameters` (what the landmark modules add;
        in `parameters` only if the base has them already, None where they have no place),
        `stages` (see `_stage`), and the last stage's entries once more beside them.

        A recipe that starts from a run which another recipe of its folder makes is sized up on
        what that one would leave (`facelm.train.origin`); `read_from` says so.

    Raises:
        InputError: there is no such base or recipe.
    """
    recipe = _recipe(what)
    base = starting_base(recipe, Path(what)) if recipe else find_base(str(what))
    about: dict[str, Any] = {
        "base": base.name, "recipe": str(what) if recipe else None, "read_from": base.source,
        "unknown": list(base.unknown), "will_train": False, "why_not": None, "dtype": "bfloat16",
    }  # fmt: skip
    if recipe and recipe.crop_to_patches:
        about["note"] = "large pictures are cut into tiles, each of as many visual tokens again"
    try:
        model = _built(base)
        seen = see(model, side)
        about |= _size(model, base, seen)
        stages = recipe.stages if recipe else (_PLAIN,)
        landmarks = recipe.landmarks if recipe else None
        about["stages"] = [
            _stage(base, stages[: n + 1], seen, landmarks) for n in range(len(stages))
        ]
    except InputError as error:
        return about | {"why_not": str(error)}
    return {**about["stages"][-1], **about, "will_train": True}


def _built(base: Base) -> Any:
    """The base without weights, with the landmark modules that are in it."""
    model = build(base)
    if base.landmarks:
        with torch.device("meta"):
            attach(model, Landmarks(**base.landmarks))
    return model


def landmark_parameters(model: Any) -> int | None:
    """Parameters of the landmark modules in a model without weights, or that it could be given.

    None where they do not fit. They are in it afterwards.
    """
    guide = landmarks_of(model)
    try:
        with torch.device("meta"):
            return count([guide or attach(model, Landmarks())])
    except InputError:
        return None


_PLAIN = AnswersStage(name="answers", kind="answers", lr=1e-5, lora=Lora())


def _recipe(what: Path | str) -> Recipe | None:
    path = Path(what)
    return load_recipe(path, fill=False) if path.suffix in (".yaml", ".yml") else None


def _size(model: Any, base: Base, seen: Seen) -> dict[str, Any]:
    of = parts(model)
    named = of.towers | of.connectors | {"language_model": of.language}
    total = count([model])
    return {
        "architecture": type(model).__name__,
        "parameters": total,
        "published_parameters": base.published,
        # The output layer, where it does not share the token embeddings, and single vectors.
        "parameters_by_part": {n: count([m]) for n, m in named.items()}
        | {"other": total - sum(count([m]) for m in named.values())},
        "visual_tokens": seen.tokens,
        "video_tokens": getattr(model.config, "video_seq_length", None),
        "landmark_parameters": landmark_parameters(model),
    }


def _stage(
    base: Base, stages: tuple[Stage, ...], seen: Seen, landmarks: LandmarkModules | None
) -> dict[str, Any]:
    """The last of some stages, with what those before it have left in the model.

    Raises:
        InputError: it cannot be done with this base.
    """
    stage = stages[-1]
    limit = stage.max_tokens if isinstance(stage, AnswersStage) else MAX_TOKENS
    if isinstance(stage, AnswersStage) and seen.tokens >= limit:
        raise InputError(
            f"A picture takes {seen.tokens:,} visual tokens in {base.name}, and a row has "
            f"{limit:,} at most: take smaller pictures, or another base."
        )
    model = _built(base)
    with torch.device("meta"):
        if landmarks:
            attach(model, Landmarks(**landmarks.model_dump()))
        base_model = _prepared(model, stages, base)
    trained = {n: p for n, p in base_model.named_parameters() if p.requires_grad}
    return {
        "stage": stage.name,
        "kind": stage.kind,
        "trainable_parameters": sum(p.numel() for p in trained.values()),
        "lora_targets": adapted_kinds(trained),
        **_halves(base_model),
        **_costs(stage, base_model, seen, limit),
    }


def _prepared(model: Any, stages: tuple[Stage, ...], base: Base) -> Any:
    """What learns requires a gradient, exactly as `facelm train` would have it."""
    stage = stages[-1]
    if isinstance(stage, PerceptionStage):
        if model.config.vision_config.model_type != EfficientNetLiteConfig.model_type:
            raise InputError(
                f"The stage '{stage.name}' trains nano's encoder, and {base.name} has another: "
                "leave the stage out of the recipe."
            )
        model.requires_grad_(False)
        for name in PERCEPTION:
            open_module(model, name)
        return model
    before = [s for s in stages[:-1] if isinstance(s, AnswersStage) and s.lora]
    if before:
        model = prepare(model, before[0])
    if stage.lora and not _linear(model):
        raise InputError(f"The language model of {base.name} has no linear layer to adapt.")
    model = prepare(model, stage)
    return unwrapped(model)


def _linear(model: Any) -> list[Any]:
    modules = unwrapped(model).get_decoder().modules()
    return [module for module in modules if isinstance(module, torch.nn.Linear)]


def _halves(model: Any) -> dict[str, list[str]]:
    """Parts by name: trained whole, and frozen but for adapters."""
    own = {
        name: [p for n, p in part.named_parameters() if "lora_" not in n]
        for name, part in model.model.named_children()
    }
    whole = [name for name, all_of in own.items() if any(p.requires_grad for p in all_of)]
    return {"trained_whole": whole, "frozen": [name for name in own if name not in whole]}


def _costs(stage: Stage, model: Any, seen: Seen, limit: int) -> dict[str, Any]:
    if isinstance(stage, PerceptionStage):
        sees = count([getattr(model.model, name) for name in PERCEPTION])
        worth = Cost(seen.flops, 2 * seen.flops, 4 * sees, 12 * sees, 0)
        return _as_json(stage.batch, stage.batch, seen.tokens, worth) | {
            "note": "the language model takes no part; activations are not worked out"
        }
    rows = -(-stage.batch // min(stage.accumulation, stage.batch))
    worth = cost(model, seen, Shape(limit, rows, stage.checkpointing))
    return _as_json(stage.batch, rows, limit, worth)


def _as_json(batch: int, rows: int, tokens: int, worth: Cost) -> dict[str, Any]:
    return {
        "batch": batch,
        "rows_at_once": rows,
        "tokens_per_sample": tokens,
        "flops_per_sample": worth.forward + worth.backward,
        "flops_forward": worth.forward,
        "flops_backward": worth.backward,
        "memory_bytes": {
            "weights": worth.weights,
            "gradients_and_optimizer": worth.gradients_and_optimizer,
            "activations": worth.activations,
            "total": worth.memory,
        },
    }
