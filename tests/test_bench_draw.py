"""Options must not give the answer away, whatever the labels' frequencies are."""

import random
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path

import pytest

from facelm.bench.draw import Task, draw
from facelm.bench.suites.fairface_mcq import TASKS
from facelm.types import FAIRFACE_AGES, FAIRFACE_GENDERS, FAIRFACE_RACES, Face, Question, Refused

BOUNDS = {"age": 0.30, "race": 0.30, "gender": 0.55}
FAIRFACE = Path(__file__).parents[2] / "shared" / "fairface"

# Shares in per cent, roughly FairFace's validation split; genders skewed on purpose.
AGE_SHARES = (2, 12, 11, 30, 21, 12, 7, 3, 1)
RACE_SHARES = (19, 14, 14, 14, 13, 11, 15)
GENDER_SHARES = (70, 30)


def faces(number, seed=0):
    rng = random.Random(seed)
    columns = {
        "age": rng.choices(FAIRFACE_AGES, AGE_SHARES, k=number),
        "gender": rng.choices(FAIRFACE_GENDERS, GENDER_SHARES, k=number),
        "race": rng.choices(FAIRFACE_RACES, RACE_SHARES, k=number),
    }
    rows = zip(*columns.values(), strict=True)
    return [
        Face(f"val/{i}.jpg", b"", dict(zip(columns, row, strict=True)))
        for i, row in enumerate(rows)
    ]


def truth(question):
    return question.options["ABCDEFG".index(question.answer)]


# Each reader turns a question and one of its options into keys; the option whose key was right
# most often, of the times it stood there, is its answer.
ORDER = {w: i for words in (FAIRFACE_AGES, FAIRFACE_GENDERS, FAIRFACE_RACES)
         for i, w in enumerate(words)}  # fmt: skip


def rank(question, option):
    return sorted(question.options, key=lambda o: ORDER.get(o, 99)).index(option)


READERS = {
    "label": lambda q, o: [o],
    "position": lambda q, o: [q.options.index(o)],
    "label and position": lambda q, o: [(o, q.options.index(o))],
    "rank": lambda q, o: [rank(q, o)],
    "rank and position": lambda q, o: [(rank(q, o), q.options.index(o))],
    "pairs": lambda q, o: [(o, p) for p in q.options if p != o],
    "set": lambda q, o: [(o, frozenset(q.options))],
    "triples": lambda q, o: [
        (o, t) for t in combinations(sorted(q.options), min(3, len(q.options))) if o in t
    ],
    "phrasing": lambda q, o: [(o, q.text)],
    "neighbours": lambda q, o: [sum(abs(ORDER.get(o, 99) - ORDER.get(p, 99)) for p in q.options)],
}


def blind_accuracy(questions, keys):
    """Trained on one half, tried on the other; both taking the likeliest and the unlikeliest."""
    half = len(questions) // 2
    right, there = Counter(), Counter()
    for q in questions[:half]:
        for option in q.options:
            for key in keys(q, option):
                there[key] += 1
                right[key] += option == truth(q)

    def score(q, option):
        prior = 1 / len(q.options)
        rates = [(right[k] + 2 * prior) / (there[k] + 2) for k in keys(q, option)]
        return sum(rates) / len(rates)

    held_out = questions[half:]
    best = sum(max(q.options, key=lambda o: score(q, o)) == truth(q) for q in held_out)
    worst = sum(min(q.options, key=lambda o: score(q, o)) == truth(q) for q in held_out)
    return max(best, worst) / len(held_out)


def best_blind(questions):
    shuffled = random.Random(1).sample(questions, len(questions))
    return max(blind_accuracy(shuffled, keys) for keys in READERS.values())


def by_task(drawn):
    found = defaultdict(list)
    for question in drawn:
        found[question.task].append(question)
    return found


@pytest.mark.parametrize("seed", [0, 1])
def test_no_blind_reader_gains_from_the_options_of_skewed_labels(seed):
    found = by_task(draw(faces(20_000), TASKS, seed, 5_000))
    for task, bound in BOUNDS.items():
        assert len(found[task]) == 5_000
        assert best_blind(found[task]) <= bound, task


@pytest.mark.skipif(not FAIRFACE.is_dir(), reason="FairFace is not on this machine")
def test_no_blind_reader_gains_on_fairface_itself():
    import pyarrow.parquet as pq

    rows = []
    for file in sorted(FAIRFACE.glob("train-*.parquet")):
        rows += pq.read_table(file, columns=list(BOUNDS)).to_pylist()
    real = [Face(f"train/{i}", b"", row) for i, row in enumerate(rows)]
    found = by_task(draw(real, TASKS, 0, 5_000))
    for task, bound in BOUNDS.items():
        assert len(found[task]) > 2_000
        assert best_blind(found[task]) <= bound, task


def test_the_same_readers_see_through_the_published_way():
    # Facts: a face first, then bins near its age, sometimes "None of the above" in place of one.
    rng = random.Random(0)
    questions = []
    for face in faces(4_000):
        right = face.labels["age"]
        place = ORDER[right]
        near = [w for w in FAIRFACE_AGES if 0 < abs(ORDER[w] - place) <= 3]
        options = [right, *rng.sample(near, 3)]
        if rng.random() < 0.5:
            options[-1] = "None of the above"
        rng.shuffle(options)
        answer = "ABCD"[options.index(right)]
        questions.append(Question(face.id, "age", "How old?", tuple(options), answer, (b"",)))
    assert best_blind(questions) > 0.5


def test_each_label_of_a_set_is_right_equally_often_and_at_every_place():
    found = by_task(draw(faces(20_000), TASKS, 3, 6_000))
    ranks = Counter(rank(q, truth(q)) for q in found["race"])
    letters = Counter(q.answer for q in found["race"])
    for counts in (ranks, letters):
        assert set(counts) == set("ABCD") or set(counts) == set(range(4))
        assert max(counts.values()) < 1.1 * 6_000 / 4
    assert all(len(set(q.options)) == 4 and len(q.options) == 4 for q in found["age"])


def test_a_face_is_used_about_once_per_task():
    found = by_task(draw(faces(3_000), TASKS, 0, 1_000))
    for task in BOUNDS:
        assert len(found[task]) == 1_000
        asked = Counter(q.id.split("#")[0] for q in found[task])
        assert len(asked) >= 970
        assert max(asked.values()) <= 2


def test_a_task_is_no_larger_than_its_rarest_labels_can_carry():
    few = [Face(str(i), b"", {"gender": "Female" if i < 10 else "Male"}) for i in range(200)]
    (gender,) = (task for task in TASKS if task.name == "gender")
    assert len(list(draw(few, [gender], 0))) == 20


def test_the_draw_depends_on_the_seed_alone():
    some = faces(300)
    first = list(draw(some, TASKS, 7, 100))
    assert first == list(draw(list(reversed(some)), TASKS, 7, 100))
    assert first != list(draw(some, TASKS, 8, 100))
    assert len({q.id for q in first}) == len(first)


def test_questions_about_one_picture_stand_together():
    some = [Face(f.id, f.id.encode(), f.labels) for f in faces(200)]
    drawn = list(draw(some, TASKS, 0, groups=("gender", "age")))
    blocks = [
        q.image_ids for i, q in enumerate(drawn) if not i or drawn[i - 1].image_ids != q.image_ids
    ]
    assert len(blocks) == len(set(blocks)) < len(drawn) / 1.5
    assert all(set(q.groups) == {"gender", "age"} for q in drawn)


def test_a_task_without_a_choice_is_refused_by_name():
    alike = [Face(str(i), b"", {"colour": "red"}) for i in range(5)]
    task = Task("colour", ("Which colour?",), ("red", "blue"), lambda face: face.labels["colour"])
    assert list(draw(alike, [task], 0)) == [
        Refused("colour", "the faces carry fewer than two of the task's answers")
    ]
