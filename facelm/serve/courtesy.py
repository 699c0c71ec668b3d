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


def courteous(question: str, answer: Callable[[str], str], sensitive: Sensitive = "hedge") -> str:
    """Put a question to a model under the use policy.

    Args:
        question: what the person asks, as plain text.
        answer: asks the model; given the question, and called only if it is not declined.
        sensitive: what happens to impressions of age, gender, ethnicity and emotion: `refuse`
            declines the question and leaves such sentences out of other answers, `hedge` adds
            one sentence of caution, `answer` changes nothing.

    Returns:
        The courteous answer.

    Raises:
        InputError: `sensitive` is not one of the three.
    """
    return courteous_stream(question, lambda text, _: answer(text), _unheard, sensitive)


def courteous_stream(
    question: str,
    answer: Callable[[str, Sink], str],
    on_text: Sink,
    sensitive: Sensitive = "hedge",
) -> str:
    """`courteous`, sentence by sentence, while the model still speaks.

    Args:
        question: what the person asks, as plain text.
        answer: asks the model; given the question and a sink for the pieces of its answer as they
            come, returns the whole answer (which counts where no piece came).
        on_text: gets each sentence that may be said.
        sensitive: as for `courteous`.

    Returns:
        The courteous answer: what `on_text` got, without white space around it.

    Raises:
        InputError: `sensitive` is not one of the three.
    """
    choose("way with sensitive questions", sensitive, SENSITIVE)
    declined = declines(question, sensitive)
    if declined:
        on_text(declined)
        return declined
    editor = _Editor(sensitive, kind_of(question) == "impression", on_text)
    return editor.finish(answer(question, editor.feed))


def _unheard(text: str) -> None:
    """Nobody listens: the whole answer is what counts."""


def declines(question: str, sensitive: Sensitive = "hedge") -> str | None:
    """The sentence with which a question is declined, None where the model may be asked."""
    kind = kind_of(question)
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

    def __init__(self, sensitive: Sensitive, asked: bool, on_text: Sink) -> None:
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

    def finish(self, whole: str) -> str:
        """End the answer; `whole` counts where no piece came before it."""
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
            self._on_text(text)
