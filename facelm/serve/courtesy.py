"""One use policy for `ask` and `serve`: who may be described, and how.

Questions that want a person named, recognised or matched are declined before the model is asked;
so are questions about what no face shows (beliefs, politics, orientation, record). Questions
about age, gender, ethnicity or emotion are hedged, refused or answered as the caller chose. What
the model says is read as well: a sentence that names somebody is left out. The evaluator does
not pass through here and says so in its own documentation.

The rules are phrase tables (`_asks`, `_names`), so they are fast, the same everywhere, and open
to reading; they can be led past by somebody who tries. docs/use-policy.md says what that means.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal, get_args

from facelm.errors import choose
from facelm.serve import _asks, _claims

Sensitive = Literal["refuse", "hedge", "answer"]
SENSITIVE: tuple[Sensitive, ...] = get_args(Sensitive)
Kind = Literal["identity", "private", "impression", "plain"]
Sink = Callable[[str], None]

DECLINED_IDENTITY = (
    "I don't name, recognise or match people; I'm glad to describe what the picture shows of the "
    "face instead, such as its pose, its expression or the light on it."
)
DECLINED_PRIVATE = (
    "A face does not show what somebody believes, whom they love, how they vote or what they have "
    "done, so I don't guess at it; I'm glad to describe the pose, the expression or the light."
)
DECLINED_IMPRESSION = (
    "Questions about age, gender, ethnicity or feelings are switched off here; I'm glad to "
    "describe the pose, the shape of the face or the light instead."
)
CAUTION = (
    "Please take this as an impression from appearance only: it may be wrong, and only the person "
    "can say how old they are, who they are or how they feel."
)
NAME_LEFT_OUT = "(A sentence that named a person was left out.)"
IMPRESSION_LEFT_OUT = "(A guess at age, gender, ethnicity or feelings was left out.)"


def kind_of(question: str) -> Kind:
    """What a question is after.

    Returns:
        `identity`: a person named, recognised, verified or matched. `private`: beliefs, politics,
        orientation or record. `impression`: age, gender, ethnicity or emotion. `plain`: the rest.
    """
    text = _asks.plain(question)
    if _asks.ASKS_WHO.search(text) or _claims.asks_about_a_name(question):
        return "identity"
    if _asks.ASKS_WHAT_NO_FACE_SHOWS.search(text):
        return "private"
    return "impression" if _asks.ASKS_FOR_IMPRESSION.search(text) else "plain"


def courteous(
    question: str,
    answer: Callable[[Sink | None], str],
    sensitive: Sensitive = "hedge",
    on_text: Sink | None = None,
) -> str:
    """Put a question to a model under the use policy.

    Args:
        question: what the person asks, as plain text.
        answer: asks the model; called at most once, with a sink for pieces of text as they come
            (None when nobody listens), and returns the whole answer. For a `facelm.types.Model`:
            `lambda sink: model.generate(messages, 60, sink)`.
        sensitive: what happens to impressions of age, gender, ethnicity and emotion: `refuse`
            declines the question and leaves such sentences out of other answers, `hedge` adds
            one sentence of caution, `answer` changes nothing.
        on_text: gets the courteous text sentence by sentence, while the model still speaks.

    Returns:
        The courteous answer; the same text that `on_text` got.

    Raises:
        InputError: `sensitive` is not one of the three.
    """
    choose("way with sensitive questions", sensitive, SENSITIVE)
    kind = kind_of(question)
    declined = _declined(kind, sensitive)
    editor = _Editor(sensitive, kind == "impression", on_text)
    if declined:
        return editor.finish(declined, edit=False)
    return editor.finish(answer(editor.feed if on_text else None))


def _declined(kind: Kind, sensitive: Sensitive) -> str | None:
    if kind == "impression":
        return DECLINED_IMPRESSION if sensitive == "refuse" else None
    return {"identity": DECLINED_IDENTITY, "private": DECLINED_PRIVATE}.get(kind)


# A full stop after an initial, a title or a list's number does not end a sentence.
_SENTENCE = re.compile(
    r".*?(?:(?<!\b[A-Z])(?<!\b\d)(?<!Mr)(?<!Ms)(?<!Dr)(?<!Mrs)(?<!Prof)(?<!\bSt)[.!?][\"')\]*]*\s+"
    r"|\s*\n\s*)(?=\S)",
    re.DOTALL,
)


class _Editor:
    """Reads an answer sentence by sentence and passes on what may be said."""

    def __init__(self, sensitive: Sensitive, asked: bool, on_text: Sink | None) -> None:
        self._sensitive, self._on_text = sensitive, on_text
        self._caution_due = asked and sensitive == "hedge"
        self._waiting = ""
        self._fed = False
        self._said: list[str] = []

    def feed(self, piece: str) -> None:
        """Take a piece of the model's text; whole sentences go out at once."""
        self._fed = self._fed or bool(piece)
        self._waiting += piece
        while match := _SENTENCE.match(self._waiting):
            self._waiting = self._waiting[match.end() :]
            self._pass_on(match.group())

    def finish(self, whole: str, edit: bool = True) -> str:
        """End the answer; `whole` counts where no piece came before it."""
        if not edit:
            self._say(whole)
            return whole
        if not self._fed:
            self.feed(whole)
        self._pass_on(self._waiting.rstrip())
        if self._caution_due and self._said:
            self._say(f"\n{CAUTION}")
        return "".join(self._said).strip()

    def _pass_on(self, sentence: str) -> None:
        if not sentence.strip():
            return self._say(sentence if self._said else "")
        if _claims.names_somebody(sentence):
            return self._leave_out(sentence, NAME_LEFT_OUT)
        if _claims.states_impression(sentence) and self._sensitive != "answer":
            if self._sensitive == "refuse":
                return self._leave_out(sentence, IMPRESSION_LEFT_OUT)
            self._caution_due = True
        return self._say(sentence)

    def _leave_out(self, sentence: str, note: str) -> None:
        """Say once that something is missing; keep the space or line end behind it."""
        if not any(note in said for said in self._said):
            self._say(note + sentence[len(sentence.rstrip()) :])

    def _say(self, text: str) -> None:
        if text:
            self._said.append(text)
            if self._on_text:
                self._on_text(text)
