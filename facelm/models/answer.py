"""Asking a loaded model: free answers, and many questions about one picture at once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from facelm.errors import PictureError
from facelm.models.face_llava import landmarks_of, shown
from facelm.models.face_points import Sight, parted
from facelm.models.load import Loaded, context_length, load
from facelm.models.media import media_parts

# Published generation configs sample, and some punish repetition; answers here are the likeliest.
_GREEDY: dict[str, Any] = {
    "do_sample": False, "temperature": None, "top_p": None, "top_k": None,
    "repetition_penalty": 1.0,
}  # fmt: skip


class HFModel:
    """`facelm.types.Model` over any image-text-to-text model of `transformers`."""

    def __init__(self, loaded: Loaded) -> None:
        """Wrap a model that `facelm.models.load` gave."""
        self.name = loaded.name
        self._model, self._processor = loaded.model, loaded.processor
        self._end = _end_tokens(loaded)
        self._room = context_length(loaded.model)
        self._sight = Sight(loaded.processor) if landmarks_of(loaded.model) else None

    def message(self, pictures: list[Any], text: str, clip: bool = False) -> list[dict[str, Any]]:
        """One user turn for `generate`: pictures, or a clip's frames as this model takes them."""
        parts = media_parts(self._processor, pictures, clip)
        return [{"role": "user", "content": [*parts, {"type": "text", "text": text}]}]

    def generate(
        self,
        messages: list[dict[str, Any]],
        max_new_tokens: int,
        on_text: Callable[[str], None] | None = None,
    ) -> str:
        """Greedy answer to one conversation; `on_text` gets each piece as it comes.

        Raises:
            PictureError: pictures and text do not fit into the model; nothing is cut.
        """
        inputs = self._inputs(messages)
        streamer = _Pieces(self._tokenizer, on_text) if on_text else None
        with torch.inference_mode(), self._seeing(_pictures(messages)):
            ids = self._model.generate(
                **inputs, max_new_tokens=max_new_tokens, streamer=streamer, **_GREEDY
            )
        new = ids[0, inputs["input_ids"].shape[1] :]
        return str(self._tokenizer.decode(new, skip_special_tokens=True)).strip()

    def score(
        self,
        image: Any,
        prompts: list[str],
        letters: list[list[str]],
        max_new_tokens: int,
        clip: bool = False,
    ) -> list[tuple[list[float], str]]:
        """Letters' log-probabilities and greedy answers, the picture's prefix run only once.

        All prompts' tokens are compared, what they share (picture, system text) goes through the
        model once with a cache, and the rest as one batch behind it. Greedy decoding goes on from
        the same cache.

        Args:
            image: one PIL picture or a list of them, the same for all prompts.
            prompts: question texts.
            letters: per prompt, the letters to score.
            max_new_tokens: length limit of the greedy answers.
            clip: the pictures are frames of one video, in the order of time.

        Raises:
            PictureError: pictures and text do not fit into the model; nothing is cut.
        """
        images = image if isinstance(image, list) else [image]
        rows = [self._inputs(self.message(images, prompt, clip)) for prompt in prompts]
        with torch.inference_mode(), self._seeing(images):
            batch = _SharedPrefix(self._model, rows)
            logits = batch.first_logits()
            scores = [
                self._letter_scores(row, names)
                for row, names in zip(logits.float().log_softmax(-1), letters, strict=True)
            ]
            answers = batch.decode(logits, max_new_tokens, self._end)
        texts = [self._tokenizer.decode(a, skip_special_tokens=True).strip() for a in answers]
        return list(zip(scores, texts, strict=True))

    def _seeing(self, pictures: list[Any]) -> AbstractContextManager[None]:
        """Where the model has landmark modules, these are the pictures' landmarks."""
        found = self._sight.find(pictures) if self._sight and pictures else {}
        return shown(self._model, *parted(found)[1:])

    @property
    def _tokenizer(self) -> Any:
        return self._processor.tokenizer

    def _inputs(self, messages: list[dict[str, Any]]) -> dict[str, Tensor]:
        inputs = self._processor.apply_chat_template(
            messages,
            add_generation_prompt=True,
            tokenize=True,
            return_dict=True,
            return_tensors="pt",
        )
        length = inputs["input_ids"].shape[1]
        if length >= self._room:
            raise PictureError(
                f"The question with its pictures has {length} tokens and '{self.name}' has room "
                f"for {self._room}: give fewer or smaller pictures, or ask in fewer words."
            )
        return {key: value.to(self._model.device) for key, value in inputs.items()}

    def _letter_scores(self, row: Tensor, names: list[str]) -> list[float]:
        """A letter may be one token with or without a space before it; both count."""
        return [float(row[self._letter_ids(name)].logsumexp(0)) for name in names]

    def _letter_ids(self, letter: str) -> list[int]:
        spelt = (
            self._tokenizer.encode(t, add_special_tokens=False) for t in (letter, " " + letter)
        )
        return sorted({ids[-1] for ids in spelt if len(ids) == 1})


def load_model(name: str) -> HFModel:
    """Load a model ready to be asked; see `facelm.models.load.load` for names and errors."""
    return HFModel(load(name))


def user_message(images: list[Any], text: str) -> list[dict[str, Any]]:
    """One user turn, pictures before the text, in `transformers`' chat format."""
    content: list[dict[str, Any]] = [{"type": "image", "image": image} for image in images]
    return [{"role": "user", "content": [*content, {"type": "text", "text": text}]}]


def _pictures(messages: list[dict[str, Any]]) -> list[Any]:
    """The pictures of a conversation, in the order in which the model sees them."""
    parts = [part for one in messages for part in one["content"] if isinstance(part, dict)]
    shown = [part.get("video", [part.get("image")]) for part in parts if part["type"] != "text"]
    return [picture for pictures in shown for picture in pictures]


@dataclass
class _Pieces:
    """A `generate` streamer that hands on whole pieces of text."""

    tokenizer: Any
    on_text: Callable[[str], None]

    def __post_init__(self) -> None:
        self._ids: list[int] = []
        self._said = 0
        self._prompt = True

    def put(self, value: Tensor) -> None:
        if self._prompt:  # the first call carries the prompt
            self._prompt = False
            return
        self._ids += value.flatten().tolist()
        text = self.tokenizer.decode(self._ids, skip_special_tokens=True)
        if not text.endswith("\ufffd"):  # half a character: wait for its other bytes
            self.on_text(text[self._said :])
            self._said = len(text)

    def end(self) -> None:
        self.on_text(self.tokenizer.decode(self._ids, skip_special_tokens=True)[self._said :])


class _SharedPrefix:
    """A batch of prompts that begin alike: the common part once, the rest behind its cache."""

    def __init__(self, model: Any, rows: list[dict[str, Tensor]]) -> None:
        self._model = model
        ids = [row["input_ids"][0] for row in rows]
        shared = common_length(ids)
        self._extra, kinds = split_inputs(rows[0])
        self._extra |= {name: value[:, :shared] for name, value in kinds.items()}
        self._prefix = ids[0][None, :shared]
        tails = [row[shared:] for row in ids]
        self._lengths = torch.tensor([len(tail) for tail in tails], device=ids[0].device)
        self._tails = torch.nn.utils.rnn.pad_sequence(tails, batch_first=True)
        inside = torch.arange(self._tails.shape[1], device=ids[0].device) < self._lengths[:, None]
        ones = torch.ones(len(rows), shared, dtype=torch.long, device=ids[0].device)
        self._mask = torch.cat([ones, inside.long()], 1)
        self._shared = shared

    def first_logits(self) -> Tensor:
        """(rows, vocabulary) logits of each row's first answer token."""
        if hasattr(self._model.model, "rope_deltas"):
            self._model.model.rope_deltas = None  # another picture's, from a call before
        begun = self._model.model(input_ids=self._prefix, use_cache=True, **self._extra)
        self._cache = begun.past_key_values
        self._cache.batch_repeat_interleave(len(self._lengths))
        start = self._start()
        self._positions = self._lengths + start
        hidden = self._model.model(
            input_ids=self._tails,
            attention_mask=self._mask,
            position_ids=start + torch.arange(self._tails.shape[1], device=start.device)[None],
            past_key_values=self._cache,
            use_cache=True,
        ).last_hidden_state
        last = hidden[torch.arange(len(hidden)), self._lengths - 1]
        return self._model.get_output_embeddings()(last)

    def _start(self) -> Tensor:
        """Position behind the prefix: (1,).

        Where positions have three dimensions (Qwen-VL), a picture takes up fewer than it has
        tokens; such models keep the difference after each call.
        """
        deltas = getattr(self._model.model, "rope_deltas", None)
        start = torch.tensor([self._shared], device=self._tails.device)
        return start if deltas is None else start + deltas.flatten()[:1]

    def decode(self, logits: Tensor, limit: int, end: set[int]) -> list[list[int]]:
        """Greedy token ids of each row, without the end token."""
        answers: list[list[int]] = [[] for _ in self._lengths]
        running = [True] * len(answers)
        for _ in range(limit):
            chosen = logits.argmax(-1)
            for index, token in enumerate(chosen.tolist()):
                running[index] = running[index] and token not in end
                if running[index]:
                    answers[index].append(token)
            if not any(running) or max(map(len, answers)) == limit:
                break
            logits = self._step(chosen)
        return answers

    def _step(self, tokens: Tensor) -> Tensor:
        self._mask = torch.cat([self._mask, torch.ones_like(self._mask[:, :1])], 1)
        hidden = self._model.model(
            input_ids=tokens[:, None],
            attention_mask=self._mask,
            position_ids=self._positions[:, None],
            past_key_values=self._cache,
            use_cache=True,
        ).last_hidden_state
        self._positions = self._positions + 1
        return self._model.get_output_embeddings()(hidden[:, -1])


def split_inputs(inputs: dict[str, Tensor]) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Part what a processor gives beside the tokens: of the pictures, and of each token.

    Some models are told which tokens are visual (`token_type_ids`, `mm_token_type_ids`), since
    these see one another in both directions (Gemma 3) or lie in three dimensions (Qwen-VL).
    """
    known = ("input_ids", "attention_mask")
    others = {name: value for name, value in inputs.items() if name not in known}
    shape = inputs["input_ids"].shape
    kinds = {name: value for name, value in others.items() if value.shape == shape}
    return {name: value for name, value in others.items() if name not in kinds}, kinds


def common_length(rows: list[Tensor]) -> int:
    """Number of leading tokens all rows share, leaving each at least one of its own."""
    shortest = min(len(row) for row in rows) - 1
    same = torch.stack([row[:shortest] for row in rows])
    differs = (same != same[0]).any(0).nonzero()
    return int(differs[0]) if len(differs) else shortest


def _end_tokens(loaded: Loaded) -> set[int]:
    configured = loaded.model.generation_config.eos_token_id
    ids = configured if isinstance(configured, list) else [configured]
    own = loaded.processor.tokenizer.eos_token_id
    return {token for token in (*ids, own) if token is not None}
