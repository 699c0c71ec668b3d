"""The nouns that travel through the house: faces, evidence, turns, conversations.

Nothing here knows how a face is found, described, learnt or scored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol, runtime_checkable

# Vocabularies are the datasets' own words, in the datasets' own order.
FAIRFACE_AGES = (
    "0-2", "3-9", "10-19", "20-29", "30-39", "40-49", "50-59", "60-69", "more than 70",
)  # fmt: skip
FAIRFACE_GENDERS = ("Male", "Female")
FAIRFACE_RACES = (
    "White", "Black", "Indian", "East Asian", "Southeast Asian", "Middle Eastern",
    "Latino_Hispanic",
)  # fmt: skip

LabelValue = str | bool | float | int
Labels = dict[str, LabelValue]


@dataclass(frozen=True)
class Evidence:
    """What was measured on the pixels of one face; no label, no model of a person.

    Every value is None where it could not be measured. See `facelm.faces.evidence` for how.
    """

    yaw: float | None = None
    """Degrees; positive: the face is turned towards the picture's right edge."""
    pitch: float | None = None
    """Degrees; positive: the face looks up."""
    roll: float | None = None
    """Degrees; positive: the head is tilted clockwise as the viewer sees it."""
    mouth_open: float | None = None
    """Gap between the inner lips over the mouth's width; 0 is closed."""
    smile: float | None = None
    """How far the mouth's corners stand above its centre, over the mouth's width."""
    eye_open: float | None = None
    """Height over width of the eye opening, mean of both eyes."""
    brow_height: float | None = None
    """Distance from brow to eye over the distance between the eyes."""
    brightness: float | None = None
    """Mean luminance of the face, 0 (black) to 1 (white)."""
    contrast: float | None = None
    """Standard deviation of the face's luminance, 0 to 0.5."""
    light_side: float | None = None
    """(right − left) / (right + left) mean luminance of the face's halves as the viewer sees
    them, −1 to 1; positive: the picture's right half is brighter."""
    sharpness: float | None = None
    """Variance of the Laplacian of the face at 112 px, luminance in 0..1, times 1000."""
    face_size: float | None = None
    """Height of the face (brow line to chin, mesh bounds) in pixels of the original picture."""

    def known(self) -> dict[str, float]:
        """The values that were measured, by name."""
        return {k: v for k, v in self.__dict__.items() if v is not None}


@dataclass(frozen=True)
class Face:
    """One labelled (or unlabelled) face picture and where it came from."""

    id: str
    """Unique and stable within its source, for example `train/123.jpg`."""
    image: bytes
    """The encoded picture, untouched (JPEG, PNG or WebP)."""
    labels: Labels = field(default_factory=dict)
    """Label name to value; annotators' impressions or construction parameters, never facts."""
    source: str = ""
    split: str = ""
    licence: str = "unknown"
    cropped: bool = False
    """True when the source's pictures are face crops already: the face at the centre counts."""
    landmarks: list[tuple[float, float]] | None = None
    """68 iBUG points as x, y in pixels of `image`, when the source knows them."""
    file: Path | None = None
    """The file that holds just `image`; None for one that was made: a frame, a table's cell."""
    subject: str = ""
    """Whose face it is, as a hash (`facelm.sources._splits.hidden`); "" where nobody says. For
    splitting, never an answer, never shown."""


class Media(Protocol):
    """Where the pixels of a row are; nothing is read until it is asked for."""

    @property
    def kind(self) -> Literal["picture", "clip"]:
        """Whether time passes in it."""
        ...

    @property
    def place(self) -> str:
        """Path inside the dataset, with `/`: names the pixels in messages and references."""
        ...

    def missing(self) -> str | None:
        """Why the pixels cannot be there, without decoding any; None where they seem to be."""
        ...

    def read(self) -> bytes:
        """The encoded picture (JPEG, PNG or WebP); of a clip the middle frame.

        Raises:
            PictureError: it cannot be read.
        """
        ...


@dataclass(frozen=True)
class Row:
    """One labelled picture or clip of a dataset; its pixels are not read yet."""

    id: str
    """Unique and stable within its source."""
    split: str
    """The dataset's own split, or one drawn by subject (`facelm.sources._splits`); "" without."""
    media: Media
    labels: Labels = field(default_factory=dict)
    subject: str = ""
    """Whose face it is, in the dataset's own numbering: for splitting, never an answer."""
    box: tuple[float, float, float, float] | None = None
    """Left, top, right, bottom of the face in pixels, where the dataset gives it."""
    landmarks: list[tuple[float, float]] | None = None
    """68 iBUG points as x, y in pixels, where the dataset gives them."""


@dataclass(frozen=True)
class About:
    """What a person must know of a dataset before using it, each fact with where it was read."""

    title: str
    tasks: tuple[str, ...]
    """Of `TASKS`."""
    media: Literal["pictures", "clips"]
    paper: str
    """Authors, venue, year, arXiv number or DOI."""
    licence: str
    """As stated by the publisher; "not stated" where it is not."""
    terms: str
    """What the licence or agreement asks for, one sentence."""
    third_party: Literal["allowed", "forbidden", "ask"]
    """May pictures be sent to somebody else's model? Unknown counts as forbidden."""
    redistribute: bool
    """May pictures be passed on? Unknown counts as no."""
    stated_at: str
    """Address of the page that states licence and terms; "" where none was found."""
    ask_at: str
    """Where to ask for the dataset."""
    layout: str
    """The tree on disk that is read, a line per file or folder."""
    read_from: tuple[str, ...]
    """Pages and public loaders (repository and path) from which layout and counts were taken."""
    published: dict[str, int] = field(default_factory=dict)
    """Split to number of labelled rows, as published."""
    published_labels: dict[str, dict[str, int]] = field(default_factory=dict)
    """`label` or `split/label` to value to count, where published."""
    cropped: bool = False
    """The pictures are face crops already."""
    unverified: tuple[str, ...] = ()
    """Statements above that no page or loader confirmed."""


TASKS = (
    "age", "gender", "race", "attributes", "expression", "valence and arousal", "action units",
    "manipulation", "head pose", "captions", "anything",
)  # fmt: skip


@dataclass(frozen=True)
class Refused:
    """A row that could not be used, and why; counted and listed, never fatal."""

    id: str
    reason: str
    rejected: tuple[Rejection, ...] = ()
    """The replies about it that did not pass the checks."""


@dataclass(frozen=True)
class Rejection:
    """A teacher's reply that did not pass a check."""

    category: str
    check: str
    """Name of the check, one of `facelm.teach.checks.NAMES`."""
    why: str
    """For a person: the words that gave it away, and what they contradict."""


@dataclass(frozen=True)
class Turn:
    """One question and its answer; both plain text, no image token."""

    question: str
    answer: str
    category: str = ""
    """What is asked about, for example `face pose`."""


@dataclass(frozen=True)
class Picture:
    """An encoded picture on its way into a corpus, and the file it comes from."""

    data: bytes
    name: str
    """A file name for people; it need not exist."""
    place: str = ""
    """Path below the dataset's folder of the file that holds just these bytes; "" where the
    picture was made: a crop, a frame, a table's cell."""


@dataclass(frozen=True)
class Conversation:
    """The turns about one picture, several, or a clip, with their provenance."""

    image_ids: tuple[str, ...]
    """SHA-256 of each picture's bytes, in hex, in the order they are shown: the keys into the
    corpus's pictures."""
    face_id: str
    """Id of the face; where several are compared, of the first."""
    turns: tuple[Turn, ...]
    source: str
    split: str
    licence: str
    style: str
    teacher: str
    prompt_hash: str
    """SHA-256 over everything the teacher was told, labels and style included."""
    labels: Labels = field(default_factory=dict)
    evidence: Evidence = field(default_factory=Evidence)
    synthetic: bool = True
    """Answers were written by a model or by rules, not by a person."""
    clip: str = ""
    """Path of the clip below the dataset's folder whose frames the pictures are, in the order of
    time; "" for pictures."""
    dialogue: bool = False
    """Each turn follows those before it; otherwise each stands on its own."""
    subject: str = ""
    """Whose face the first picture shows (a clip: all of them), as a hash; "" where nobody says.
    For splitting, never an answer, never shown."""
    rejected: tuple[Rejection, ...] = ()
    """Replies about the face that did not pass the checks; their turns were asked again or left
    out."""
    ratings: dict[str, dict[str, int]] = field(default_factory=dict)
    """Category to a rater's criteria, 1 to 10 each; empty where nobody rated."""


# ---------------------------------------------------------------- the four seams


@runtime_checkable
class Source(Protocol):
    """A dataset: its layout on disk in, faces out. One file each in `facelm.sources`."""

    name: str
    about: About
    vocabulary: dict[str, tuple[str, ...]]
    """Label name to its allowed words, in the dataset's order (numbers are not listed)."""

    def splits(self) -> tuple[str, ...]:
        """Names of the splits that are there."""
        ...

    def count(self, split: str | None) -> int:
        """Number of rows of one split (None: all), unusable ones included; cheap."""
        ...

    def rows(self, split: str | None) -> Iterator[Row | Refused]:
        """Rows of one split (None: all), in a stable order, without reading a pixel."""
        ...

    def faces(self, split: str | None) -> Iterator[Face | Refused]:
        """Faces of one split (None: all), in a stable order; unusable rows as `Refused`."""
        ...

    def with_pixels(self, rows: Iterable[Row | Refused]) -> Iterator[Face | Refused]:
        """The same for some of the rows."""
        ...


@runtime_checkable
class Teacher(Protocol):
    """Who answers a style's questions about a face. One file each in `facelm.teach`.

    Many cases are answered at once (`asyncio`); a teacher that never waits does not notice.
    """

    name: str

    async def answer(self, case: Case, asks: list[Ask]) -> list[Answer]:
        """One answer per ask, in their order.

        Raises:
            PictureError: this case cannot be answered, others can.
            EndpointError: the teacher cannot be reached or answers out of protocol.
        """
        ...


@dataclass(frozen=True)
class Case:
    """One face as it is put to a teacher."""

    face: Face
    """Labels and id; the pixels are in `pictures`."""
    pictures: tuple[bytes, ...]
    """What is shown, encoded, in order: one picture, or the frames of a clip."""
    evidence: Evidence
    clip: bool = False
    """The pictures are frames of a video, in the order of time."""


@dataclass(frozen=True)
class Form:
    """What a teacher's reply must be: plain text, or a JSON object whose fields are given here."""

    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Field to the words it may have; no words: any text. Empty: plain text."""
    answer: str = ""
    """What the student learns, with `{field}` in place of a field's value."""


@dataclass(frozen=True)
class Answer:
    """What a teacher said to one ask."""

    text: str | None
    """What the student learns; None where the teacher knows nothing or nothing passed."""
    rejected: tuple[Rejection, ...] = ()
    ratings: Mapping[str, int] = field(default_factory=dict)
    """A rater's criteria, 1 to 10 each."""


@dataclass(frozen=True)
class Ask:
    """One question of a style: what the student will see, and what the teacher is told."""

    category: str
    question: str
    """The label-free question that is stored for the student."""
    teacher_prompt: str
    """The task, as only the teacher sees it."""
    system: str = ""
    known_answer: str | None = None
    """The answer, where the style reads it off a label or a measurement; teachers return it as
    it is."""
    form: Form = Form()
    told: str = ""
    """What the teacher is told of the face, before `teacher_prompt`."""
    labels: Labels = field(default_factory=dict)
    """The labels among it, for the checks."""
    facts: str = ""
    """The same labels in the words the teacher reads, for a rater."""

    @property
    def prompt(self) -> str:
        """All that the teacher is told after the pictures, where it is asked this alone."""
        return f"{self.told} {self.teacher_prompt}".strip()


@dataclass(frozen=True)
class Question:
    """One multiple-choice question in FaceXBench's schema (facts: arXiv 2501.10360)."""

    id: str
    task: str
    text: str
    options: tuple[str, ...]
    answer: str
    """The letter of the right option."""
    images: tuple[bytes, ...]
    """Encoded pictures in the order they are shown; of a clip its frames, in the order of time."""
    category: str = ""
    dataset: str = ""
    groups: dict[str, str] = field(default_factory=dict)
    """Label names and values by which accuracy is reported, for example {"gender": "Male"}."""
    image_ids: tuple[str, ...] = ()
    postpend: str = "Answer with the option's letter only."
    context: str = ""
    clip: bool = False
    """The pictures are frames of one video."""


@runtime_checkable
class Suite(Protocol):
    """A benchmark: questions out, in a stable order. One file each in `facelm.bench.suites`."""

    name: str

    def splits(self) -> tuple[str, ...]:
        """Names of the splits that are there, the one to test on first; empty without splits."""
        ...

    def questions(self, split: str | None, seed: int) -> Iterator[Question | Refused]:
        """All questions of a split; unusable ones as `Refused`."""
        ...


class Model(Protocol):
    """A loaded image-text-to-text model: what `ask`, `bench` and `serve` need of one.

    Messages are the `transformers` chat format: [{"role": ..., "content": [{"type": "image",
    "image": PIL image}, {"type": "text", "text": str}]}]. How a clip stands in one is the model's
    own affair: `message` knows.
    """

    name: str

    def message(self, pictures: list[Any], text: str, clip: bool = False) -> list[dict[str, Any]]:
        """One user turn: pictures, or with `clip` the frames of one video, then text."""
        ...

    def generate(
        self,
        messages: list[dict[str, Any]],
        max_new_tokens: int,
        on_text: Callable[[str], None] | None = None,
    ) -> str:
        """Greedy answer to one conversation; `on_text` gets the pieces as they come."""
        ...

    def score(
        self,
        image: Any,
        prompts: list[str],
        letters: list[list[str]],
        max_new_tokens: int,
        clip: bool = False,
    ) -> list[tuple[list[float], str]]:
        """Per prompt about one picture: log-probability of each letter, and the greedy answer.

        `image` may be a list; with `clip` these are the frames of one video.
        """
        ...
