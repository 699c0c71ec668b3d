"""One face after another put to a teacher, many at once, kept in the source's order."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from facelm._flow import in_order
from facelm._io import progress_bar, sha256
from facelm._looking import Found, Looker
from facelm._making import below, refuse
from facelm.errors import PictureError
from facelm.teach import Paid, Style
from facelm.teach.engine.desk import NotAskedError, SpentError
from facelm.types import (
    Answer,
    Ask,
    Case,
    Conversation,
    Evidence,
    Face,
    Media,
    Picture,
    Refused,
    Rejection,
    Teacher,
    Turn,
)

if TYPE_CHECKING:
    from facelm.corpus import CorpusWriter

# So many faces may be finished while one before them is not; each holds its picture.
AHEAD = 4096


@dataclass(frozen=True)
class Item:
    """A row of the source on its way to the teacher."""

    number: int
    row: Face | Refused | None
    """None: it is finished already, and only counted."""
    clip: Media | None = None


@dataclass(frozen=True)
class Made:
    """What became of a face."""

    pictures: list[Picture]
    conversation: Conversation


class Left:
    """A face that was not asked about to the end, and is not refused: another run goes on."""

    def __init__(self, why: str) -> None:
        """`why`: a sentence; "" where the run goes on with the next face."""
        self.why = why


@dataclass
class Outcome:
    """What a run came to."""

    new: int = 0
    """Faces looked at."""
    left: int = 0
    """Faces that wait for answers."""
    stopped: str = ""
    """Why the run ended before the last face."""


class Conversing:
    """Puts a style's questions about faces to a teacher."""

    def __init__(
        self, style: Style, teacher: Teacher, seed: int, asks_per_face: int | None, root: Path
    ) -> None:
        """`root`: the source's folder."""
        self._style, self._teacher, self._seed = style, teacher, seed
        self._asks_per_face, self._root = asks_per_face, root
        self._paid = teacher if isinstance(teacher, Paid) else None
        self.wanting = self._paid.wanting if self._paid else None
        self._looker = Looker(self._paid.memory() if self._paid else None)
        self._thread = ThreadPoolExecutor(1, "faces")

    def room(self, under_way: int) -> bool:
        """Whether another face may be begun beside so many."""
        return self._paid.room(under_way) if self._paid else under_way < 2

    async def one(self, item: Item) -> Made | Refused | Left:
        """What became of one row that is not finished."""
        if isinstance(item.row, Refused):
            return item.row
        assert item.row is not None
        face = item.row
        found: Found | Refused | None = self._looker.known(face)
        if found is None:
            loop = asyncio.get_running_loop()
            found = await loop.run_in_executor(self._thread, self._looker.find, face)
            self._looker.remember(face, found)
        clip = item.clip if "clip" in self._style.media else None  # else its middle frame
        case = self._looker.case(face, found, clip)
        if isinstance(case, Refused):
            return case
        try:
            return await self._ask(case)
        except PictureError as error:  # the endpoint works, but not with this face
            return Refused(face.id, str(error))
        except SpentError as error:
            return Left(str(error))
        except NotAskedError:
            return Left("")

    def close(self) -> None:
        """Wait for the face that is being looked at: until then nobody hears what is said.

        (`facelm.faces.mesh` holds back what MediaPipe writes to this process's stderr.)
        """
        self._thread.shutdown(cancel_futures=True)

    async def rehearse(self, face: Face) -> None:
        """Put the questions to a teacher that only counts them; nothing is measured."""
        found = self._looker.known(face) or Found(1, False, None, Evidence())
        case = self._looker.case(face, found, None)
        if isinstance(case, Case):
            with contextlib.suppress(NotAskedError, PictureError):
                await self._teacher.answer(case, self._asks(case))

    async def _ask(self, case: Case) -> Made | Refused:
        asks = self._asks(case)
        answers = await self._teacher.answer(case, asks)
        turns = tuple(
            Turn(ask.question, answer.text.strip(), ask.category)
            for ask, answer in zip(asks, answers, strict=True)
            if answer.text and answer.text.strip()
        )
        rejected = tuple(one for answer in answers for one in answer.rejected)
        if not turns:
            return _nothing(case.face, rejected)
        return self._made(case, asks, answers, turns, rejected)

    def _asks(self, case: Case) -> list[Ask]:
        asks = self._style.asks(case.face, self._seed, case.evidence, case.clip)
        if self._asks_per_face is None or self._asks_per_face >= len(asks):
            return asks
        chosen = random.Random(f"{self._seed} {case.face.id}").sample(
            range(len(asks)), self._asks_per_face
        )
        return [asks[index] for index in sorted(chosen)]

    def _made(
        self,
        case: Case,
        asks: list[Ask],
        answers: list[Answer],
        turns: tuple[Turn, ...],
        rejected: tuple[Rejection, ...],
    ) -> Made:
        face = case.face
        place = below(face.file, self._root)
        names = [f"{face.id}#{at}" for at in range(len(case.pictures))]
        pictures = [Picture(data, name) for data, name in zip(case.pictures, names, strict=True)]
        if not case.clip:
            pictures = [Picture(face.image, place or face.id, place)]
        both = zip(asks, answers, strict=True)
        ratings = {ask.category: dict(one.ratings) for ask, one in both if one.ratings}
        return Made(pictures, Conversation(
            tuple(sha256(picture) for picture in case.pictures), face.id, turns, face.source,
            face.split, face.licence, self._style.name, self._teacher.name,
            prompt_hash(self._style.hash, asks, case), face.labels, case.evidence,
            clip=place or face.id if case.clip else "", subject=face.subject, rejected=rejected,
            ratings=ratings,
        ))  # fmt: skip


def prompt_hash(style_hash: str, asks: list[Ask], case: Case) -> str:
    """SHA-256 over everything the teacher was told, labels and style included."""
    told = [style_hash, asks, case.face.labels, case.evidence]
    return sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS))


def _nothing(face: Face, rejected: tuple[Rejection, ...]) -> Refused:
    if rejected:
        counts = Counter(one.check for one in rejected)
        listed = ", ".join(f"{name} ({number})" for name, number in sorted(counts.items()))
        return Refused(face.id, f"no reply about {face.id} passed the checks: {listed}", rejected)
    return Refused(
        face.id,
        f"nothing can be said about {face.id}: it has no label and no measurement that the "
        "questions are about",
    )


class Keeper:
    """Puts what was made into the corpus, in order; knows what was said before in a shard."""

    def __init__(self, writer: CorpusWriter, style: Style, strict: bool) -> None:
        """`strict`: the first row that cannot be used ends the run."""
        self._writer, self._strict = writer, strict
        self._then = style.policy.checks.get("repeated")
        self._shard, self._open = -1, -1

    def leave(self, number: int) -> None:
        """A row that waits: until it is there, nobody knows what later ones repeat."""
        self._open = self._writer.shard_of(number)

    def keep(self, number: int, made: Made | Refused) -> None:
        """One row.

        Raises:
            InputError: it is refused, and `strict` was asked for.
            FacelmError: the disk is full.
        """
        if isinstance(made, Made):
            if self._then is not None and self._writer.shard_of(number) == self._open:
                return
            made = self._fresh(number, made)
        if isinstance(made, Refused):
            refuse(self._writer, number, made, self._strict)
        else:
            self._writer.add(number, made.pictures, made.conversation)

    def _fresh(self, number: int, made: Made) -> Made | Refused:
        """Without the answers that were given to another picture of the shard already."""
        if self._then is None:
            return made
        from facelm.teach.checks import Repeats

        if (shard := self._writer.shard_of(number)) != self._shard:
            self._shard, self._said = shard, Repeats()
            for earlier in self._writer.kept(shard):
                for turn in earlier.turns:  # what was a repetition then is one again
                    self._said.look(turn.category, turn.answer)
        one = made.conversation
        faults = {turn: self._said.look(turn.category, turn.answer) for turn in one.turns}
        again = [Rejection(turn.category, "repeated", why) for turn, why in faults.items() if why]
        if not again:
            return made
        rejected = (*one.rejected, *again)
        if self._then == "accept":
            return replace(made, conversation=replace(one, rejected=rejected))
        turns = tuple(turn for turn in one.turns if not faults[turn])
        if not turns:
            reason = f"all that was said about {one.face_id} was said about another picture"
            return Refused(one.face_id, reason, rejected)
        return replace(made, conversation=replace(one, turns=turns, rejected=rejected))


async def converse(
    work: Conversing, items: Iterable[Item], keeper: Keeper, bar: dict[str, Any]
) -> Outcome:
    """Go through the rows; what is finished is kept in order, also when the rest is not."""
    outcome = Outcome()

    def wanted() -> Iterable[Item]:
        for item in items:
            if outcome.stopped:
                return
            if item.row is None:
                advance()
            else:
                yield item

    with progress_bar(**bar) as advance:
        flow = in_order(wanted(), work.one, work.room, AHEAD, work.wanting)
        async for item, made in flow:
            advance()
            outcome.new += isinstance(item.row, Face)
            if isinstance(made, Left):
                outcome.left += 1
                outcome.stopped = outcome.stopped or made.why
                keeper.leave(item.number)
            elif not outcome.stopped:
                keeper.keep(item.number, made)
    return outcome
