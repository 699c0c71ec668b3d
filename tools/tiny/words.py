"""Tokenizers of the families' kinds, made of SmolLM2's merges: no hub is asked.

Two kinds exist among the models that facelm runs. InternVL3, Qwen3-VL, SmolVLM and LLaVA-OneVision
spell in bytes, as SmolLM2 does, so they take its tokenizer whole and add their own special tokens.
Llama and Gemma spell in pieces (spaces are `▁`, unknown characters fall back to bytes, a first
token is added), so theirs is built from those of SmolLM2's merges that are plain ASCII.
"""

from __future__ import annotations

import functools
import json
from typing import Any

SPACE = "▁"
_BYTES_SPACE = "Ġ"
MERGES = 4000
"""Merges kept for the Llama and Gemma kinds: short English words are one token each."""


def byte_tokenizer(named: dict[str, str] | None = None, **tokens: str) -> Any:
    """SmolLM2's tokenizer with more special tokens.

    Args:
        named: special tokens that processors look up by name, such as `image_token`.
        tokens: `pad_token`, `eos_token`, … where the family's differ from SmolLM2's.
    """
    from transformers import AutoTokenizer

    from facelm.models.load import resolve

    base = resolve("nano-base")
    return AutoTokenizer.from_pretrained(base, extra_special_tokens=named or {}, **tokens)


def llama_tokenizer(added: list[str], pad: str) -> Any:
    """A `LlamaTokenizer`: `<s>` before every text; `added` and then `pad` behind its words."""
    from transformers import LlamaTokenizer

    special = ["<unk>", "<s>", "</s>"]
    vocabulary, merges = _pieces(special)
    tokenizer = LlamaTokenizer(vocab=vocabulary, merges=merges, add_bos_token=True)
    tokenizer.add_tokens(added, special_tokens=True)
    tokenizer.add_special_tokens({"pad_token": pad})
    tokenizer.padding_side = "left"
    return tokenizer


def gemma_tokenizer(named: dict[str, str], turns: list[str]) -> Any:
    """A `GemmaTokenizer`: `<bos>` before every text; `turns` are the marks of the template."""
    from transformers import GemmaTokenizer

    special = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>", *turns]
    vocabulary, merges = _pieces(special)
    tokenizer = GemmaTokenizer(
        vocab=vocabulary, merges=merges, extra_special_tokens=named, add_bos_token=True
    )
    tokenizer.add_tokens(turns, special_tokens=True)
    return tokenizer


def padded(tokenizer: Any) -> int:
    """Rows of the embedding: the tokenizer's length, rounded up to 64 as the published ones are."""
    return -(-len(tokenizer) // 64) * 64


def _pieces(special: list[str]) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """Vocabulary and merges: special tokens, all bytes, ASCII characters, merged pieces."""
    letters = [SPACE, *(chr(code) for code in range(33, 127))]
    known = [*special, *(f"<0x{byte:02X}>" for byte in range(256)), *letters]
    merges = _ascii_merges()[:MERGES]
    merged = dict.fromkeys(first + second for first, second in merges)
    pieces = dict.fromkeys([*known, *merged])
    return {piece: number for number, piece in enumerate(pieces)}, list(merges)


@functools.cache
def _ascii_merges() -> tuple[tuple[str, str], ...]:
    """SmolLM2's merges of printable ASCII, in their order, spaces spelt as `▁`."""
    from transformers import AutoTokenizer

    from facelm.models.language import language_model

    backend = AutoTokenizer.from_pretrained(language_model()).backend_tokenizer
    pairs = json.loads(backend.to_str())["model"]["merges"]
    plain = ((first, second) for first, second in pairs if _plain(first) and _plain(second))
    return tuple((_respelt(first), _respelt(second)) for first, second in plain)


def _plain(piece: str) -> bool:
    return all(letter == _BYTES_SPACE or "!" <= letter <= "~" for letter in piece)


def _respelt(piece: str) -> str:
    return piece.replace(_BYTES_SPACE, SPACE)
