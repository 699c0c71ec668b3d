"""What of a model learns in a stage: modules opened whole, adapters, everything else frozen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from torch import nn

from facelm.errors import InputError
from facelm.models.load import language_part
from facelm.train.recipe import AnswersStage, Lora, PerceptionStage

if TYPE_CHECKING:
    from facelm.train.recipe import Stage

PERCEPTION = ("vision_tower", "multi_modal_projector")
"""What a perception stage trains."""


def prepare(model: Any, stage: AnswersStage) -> Any:
    """Freeze everything, then open what the stage trains; returns the model, wrapped for LoRA.

    Adapters of an earlier stage are trained further by one that asks for LoRA, and stay as they
    are in one that does not.

    Raises:
        InputError: the recipe names a module the model does not have, or trains nothing.
    """
    model.requires_grad_(False)
    if stage.lora and not hasattr(model, "peft_config"):
        model = _with_lora(model, stage.lora)
    base = unwrapped(model)
    for name in stage.train:
        open_module(base, name)
    _adapters(base, bool(stage.lora))
    if not any(p.requires_grad for p in model.parameters()):
        raise _trains_nothing(stage)
    if stage.checkpointing:
        base.gradient_checkpointing_enable()
    model.train()
    _rest_frozen(base)
    if not stage.lora:
        _adapters_at_rest(base)
    return model


def _adapters(base: Any, learn: bool) -> None:
    """Open or freeze them, whatever became of the modules that they sit in."""
    for name, parameter in base.named_parameters():
        if "lora_" in name:
            parameter.requires_grad_(learn)


def _adapters_at_rest(base: Any) -> None:
    """Adapters that learn nothing drop nothing either."""
    for name, module in base.named_modules():
        if name.endswith("lora_dropout"):
            module.eval()


def unwrapped(model: Any) -> Any:
    """The image-text-to-text model inside `peft`'s wrapper, or the model itself."""
    return model.get_base_model() if hasattr(model, "get_base_model") else model


def _rest_frozen(base: Any) -> None:
    """Parts that learn nothing run as they will when the model is asked, checkpointed or not.

    A frozen encoder's batch norms would otherwise take the statistics of a step's few faces, and
    drift towards them.
    """
    from transformers.modeling_layers import GradientCheckpointingLayer

    for part in getattr(base, "model", base).children():
        if not any(p.requires_grad for p in part.parameters()):
            part.eval()
    for layer in language_part(base).modules():
        repeated = isinstance(layer, GradientCheckpointingLayer) and layer.gradient_checkpointing
        if repeated and not layer.training:
            _checkpoint_at_rest(layer)


def _checkpoint_at_rest(layer: Any) -> None:
    """Let a frozen layer be worked out again on the way back, though it is not in training.

    Gradients go through a frozen language model to what is before it, and `transformers` looks at
    the layer's own mark of training before it leaves anything out. The mark is set, the parts of
    the layer stay as they are, and while the layer itself runs (BioGPT's drops out by that mark)
    the mark is taken away.
    """
    work = layer._gradient_checkpointing_func

    def rested(forward: Callable[..., Any], *given: Any) -> Any:
        def run(*inputs: Any) -> Any:
            layer.training = False
            try:
                return forward(*inputs)
            finally:
                layer.training = True

        return work(run, *given)

    layer._gradient_checkpointing_func = rested
    layer.training = True


def check_stages(model: Any, stages: tuple[Stage, ...]) -> None:
    """See that every stage can be done with this model, before the first of them begins.

    Raises:
        InputError: a stage is for another kind of encoder, names a module that is not there, or
            trains nothing.
    """
    from facelm.train.perception import check_encoder

    for stage in stages:
        named = stage.train
        if isinstance(stage, PerceptionStage):
            check_encoder(model)
        elif stage.lora:
            named += stage.lora.also
        elif not named:
            raise _trains_nothing(stage)
        for name in named:
            _module(model, name)


def _trains_nothing(stage: AnswersStage) -> InputError:
    return InputError(f"The stage '{stage.name}' trains nothing: give `lora` or `train`.")


def open_module(base: Any, name: str) -> nn.Module:
    """Make one named module of the model trainable.

    Args:
        base: an image-text-to-text model (not wrapped).
        name: `multi_modal_projector`, `language_model`, `lm_head`, `landmarks`, or with dots for a
            part of a part: `visual.merger`.

    Raises:
        InputError: there is no such module.
    """
    return _module(base, name).requires_grad_(True)


def _module(base: Any, name: str) -> nn.Module:
    inner = getattr(base, "model", base)
    owner = base if name == "lm_head" else inner
    try:
        return cast(nn.Module, owner.get_submodule(name))
    except AttributeError as error:
        known = ", ".join(child for child, _ in inner.named_children())
        raise InputError(f"The model has no module '{name}' to train; it has: {known}.") from error


def lora_targets(model: Any, also: tuple[str, ...] = ()) -> list[str]:
    """Full names of all linear layers of the language model, and of the parts in `also`.

    They are found by walking the modules, not by the ends of their names: vision towers have a
    `q_proj` too. The output layer is no part of the language model here.
    """
    parts = [language_part(model), *(_module(model, name) for name in also)]
    inside = {id(m) for part in parts for m in part.modules() if isinstance(m, nn.Linear)}
    return [name for name, module in model.named_modules() if id(module) in inside]


def _with_lora(model: Any, lora: Lora) -> Any:
    from peft import LoraConfig, get_peft_model

    whole = float(lora.alpha).is_integer()  # written as one: other readers of the adapter expect it
    config = LoraConfig(
        r=lora.rank,
        lora_alpha=int(lora.alpha) if whole else cast(int, lora.alpha),
        lora_dropout=lora.dropout,
        target_modules=lora_targets(model, lora.also),
    )
    return get_peft_model(model, config)
