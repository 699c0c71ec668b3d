"""Reading a face's labels, whatever data set they come from."""

from __future__ import annotations

from facelm.types import Labels, LabelValue

_GENDERS = {
    "male": "male", "man": "male", "boy": "male", "m": "male",
    "female": "female", "woman": "female", "girl": "female", "f": "female",
}  # fmt: skip
_BINS = (
    (3, "0-2"), (10, "3-9"), (20, "10-19"), (30, "20-29"), (40, "30-39"), (50, "40-49"),
    (60, "50-59"), (70, "60-69"),
)  # fmt: skip


def first_of(labels: Labels, *names: str) -> LabelValue | None:
    """Value of the first of `names` that the face carries."""
    return next((labels[name] for name in names if name in labels), None)


def number_of(labels: Labels, *names: str) -> float | None:
    """The same as a number, None where it is none."""
    value = first_of(labels, *names)
    return None if isinstance(value, str | bool | None) else float(value)


def word_of(labels: Labels, *names: str) -> str:
    """The same as lower-case text with spaces, empty where there is none."""
    value = first_of(labels, *names)
    return str(value).strip().lower().replace("_", " ") if isinstance(value, str) else ""


def gender_of(labels: Labels) -> str | None:
    """`male`, `female`, or None where no label says either."""
    return _GENDERS.get(word_of(labels, "gender", "sex"))


def age_of(labels: Labels) -> str | None:
    """FairFace's bin for a number of years; else the label's own word (a bin or a stage)."""
    years = number_of(labels, "age", "age_stage")
    if years is not None:
        return next((name for end, name in _BINS if years < end), "more than 70")
    return word_of(labels, "age", "age_stage").replace(" years", "") or None
