"""How a joined model is asked: a chat template with a place for pictures."""

from __future__ import annotations

from typing import Any

_FLATTEN = (
    "{%- set told = namespace(messages=[]) -%}{%- for message in messages -%}"
    "{%- set said = namespace(text='') -%}"
    "{%- if message['content'] is string -%}{%- set said.text = message['content'] -%}"
    "{%- else -%}{%- for part in message['content'] -%}"
    "{%- if part['type'] == 'image' -%}{%- set said.text = said.text + 'IMAGE\n' -%}"
    "{%- else -%}{%- set said.text = said.text + part['text'] -%}{%- endif -%}"
    "{%- endfor -%}{%- endif -%}"
    "{%- set told.messages = told.messages + "
    "[{'role': message['role'], 'content': said.text}] -%}"
    "{%- endfor -%}{%- set messages = told.messages -%}"
)
"""Makes one text of a message's parts, so that a template for words alone can go on with it."""

_PLAIN = (
    _FLATTEN + "{%- for message in messages -%}"
    "{{ message['role'] | upper + ': ' + message['content'] }}"
    "{{ eos_token + '\n' if message['role'] == 'assistant' else '\n' }}"
    "{%- endfor -%}{%- if add_generation_prompt -%}{{ 'ASSISTANT:' }}{%- endif -%}"
)
"""For language models that bring none. No space ends the prompt: tokenizers put it to the word."""

_QUESTION, _ANSWER = "Which way?", "Left."


def chat_template(tokenizer: Any, image_token: str) -> tuple[str, str]:
    """The language model's own template where it can carry a picture, else one that can.

    Returns:
        The template, and which it is: "own", "own, pictures as words" or "plain".
    """
    own = tokenizer.chat_template
    flatten = _FLATTEN.replace("IMAGE", image_token)
    tried = [("own", own), ("own, pictures as words", flatten + own)] if own else []
    for kind, template in tried:
        if _carries(tokenizer, template, image_token):
            return template, kind
    return _PLAIN.replace("IMAGE", image_token), "plain"


def _carries(tokenizer: Any, template: str, image_token: str) -> bool:
    """Whether a picture, its question and the answer come out, each once and in order."""
    from jinja2 import TemplateError

    asked = [{"type": "image"}, {"type": "text", "text": _QUESTION}]
    messages = [
        {"role": "user", "content": asked},
        {"role": "assistant", "content": [{"type": "text", "text": _ANSWER}]},
    ]
    try:
        text = tokenizer.apply_chat_template(messages, chat_template=template, tokenize=False)
    except (TemplateError, TypeError, ValueError):
        return False
    parts = (image_token, _QUESTION, _ANSWER)
    places = [text.find(part) for part in parts]
    whole = all(text.count(part) == 1 for part in parts) and "'type'" not in text
    return whole and places == sorted(places)
