"""One conversation after another put to a judge, many at once: a verdict on each answer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from facelm._conversing import AHEAD, Left
from facelm._flow import in_order
from facelm._judge_prompt import JudgePrompt
from facelm.corpus import Corpus
from facelm.corpus.history import row_hash, turn_hash
from facelm.errors import InputError, PictureError
from facelm.faces.metadata import stripped
from facelm.teach.engine.desk import Desk, NotAskedError, SpentError
from facelm.teach.engine.dialogue import all_of
from facelm.teach.engine.rater import schema_of, verdict
from facelm.teach.engine.request import Request, Sent
from facelm.teach.openai import Calling
from facelm.types import Conversation, Turn


@dataclass(frozen=True)
class Verdict:
    """What the judge made of one answer."""

    turn: Turn
    asked: tuple[str, ...]
    """The criteria it was asked for."""
    numbers: Mapping[str, int] | None = None
    """One of each criterion; None where no reply could be read, or none came."""
    raw: tuple[str, ...] = ()
    """The judge's replies; the second to being asked again."""
    set_aside: str = ""
    """Why it was not judged at all: the endpoint or a picture, in a sentence."""


@dataclass(frozen=True)
class Judged:
    """All verdicts on one conversation."""

    conversation: Conversation
    verdicts: tuple[Verdict, ...]

    def rows(self) -> list[dict[str, Any]]:
        """As `verdicts.jsonl` has them; `row` and `turn` are the hashes that reviews have too."""
        one, whole = self.conversation, row_hash(self.conversation)
        return [
            {"face_id": one.face_id, "source": one.source, "category": each.turn.category,
             "row": whole, "turn": turn_hash(each.turn),
             "numbers": None if each.numbers is None else dict(each.numbers),
             "raw": list(each.raw), "set_aside": each.set_aside}
            for each in self.verdicts
        ]  # fmt: skip


class Judging:
    """Shows a judge what a conversation is about, and asks for numbers on each of its answers."""

    def __init__(self, desk: Desk, calling: Calling, prompt: JudgePrompt, corpus: Corpus) -> None:
        """`corpus`: where the pictures are."""
        self._desk, self._calling, self._prompt, self._corpus = desk, calling, prompt, corpus
        self.wanting = calling.wire.pace.wanting

    def room(self, under_way: int) -> bool:
        """Whether another conversation would be begun soon, beside so many."""
        return self._calling.wire.pace.room(under_way)

    async def one(self, conversation: Conversation) -> Judged | Left:
        """The verdicts on one conversation; errors that concern only it are in them."""
        asked = self._prompt.asked(conversation)
        try:
            pictures = self._pictures(conversation)
        except InputError as error:  # gone, changed or damaged
            lost = (Verdict(turn, asked, set_aside=str(error)) for turn in conversation.turns)
            return Judged(conversation, tuple(lost))
        numbers = range(len(conversation.turns))
        try:
            found = await all_of(
                self._turn(conversation, number, asked, pictures) for number in numbers
            )
        except SpentError as error:
            return Left(str(error))
        except NotAskedError:
            return Left("")
        return Judged(conversation, tuple(found))

    def _pictures(self, one: Conversation) -> tuple[Sent, ...]:
        return tuple(
            Sent.of(stripped(self._corpus.picture(image_id), f"a picture of {one.face_id}"))
            for image_id in one.image_ids
        )

    async def _turn(
        self, one: Conversation, number: int, asked: tuple[str, ...], pictures: tuple[Sent, ...]
    ) -> Verdict:
        turn = one.turns[number]
        if not asked:
            return Verdict(turn, asked)
        request = Request(
            self._calling.model, self._prompt.system, pictures, self._prompt.text(one, number), (),
            schema_of(asked), self._prompt.parameters,
        )  # fmt: skip
        try:
            return await self._asked(Verdict(turn, asked), request)
        except PictureError as error:  # the endpoint works, but not with this request
            return Verdict(turn, asked, set_aside=str(error))

    async def _asked(self, open_one: Verdict, request: Request) -> Verdict:
        """A verdict that cannot be read is asked for once more."""
        first = (await self._desk.ask(request)).text
        if (found := verdict(first, open_one.asked)) is not None:
            return replace(open_one, numbers=found, raw=(first,))
        again = request.again(first, self._prompt.again(open_one.asked))
        second = (await self._desk.ask(again)).text
        return replace(open_one, numbers=verdict(second, open_one.asked), raw=(first, second))


async def judged(
    judging: Judging, conversations: Iterable[Conversation]
) -> AsyncIterator[Judged | Left]:
    """Go through conversations, in order; ends with the first that the budget leaves out."""
    stopped = False

    def wanted() -> Iterable[Conversation]:
        for one in conversations:
            if stopped:
                return
            yield one

    flow = in_order(wanted(), judging.one, judging.room, AHEAD, judging.wanting)
    async for _, found in flow:
        if not stopped:
            stopped = isinstance(found, Left) and bool(found.why)
            yield found
