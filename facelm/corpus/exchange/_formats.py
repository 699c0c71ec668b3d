"""The formats by name."""

from __future__ import annotations

from facelm.corpus.exchange._record import Format
from facelm.corpus.exchange.hf import HuggingFace
from facelm.corpus.exchange.llamafactory import LlamaFactory
from facelm.corpus.exchange.llava import Llava
from facelm.corpus.exchange.messages import Messages
from facelm.corpus.exchange.sharegpt import ShareGpt
from facelm.corpus.exchange.swift import Swift
from facelm.errors import choose

FORMATS: dict[str, Format] = {
    one.name: one
    for one in (Llava(), ShareGpt(), LlamaFactory(), Swift(), Messages(), HuggingFace())
}
"""Name to format."""


def format_named(name: str) -> Format:
    """The format of that name.

    Raises:
        InputError: there is none.
    """
    return FORMATS[choose("format", name, tuple(FORMATS))]
