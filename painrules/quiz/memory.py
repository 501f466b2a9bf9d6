"""What a learner answered, in a file that they own, and when each question comes back (FSRS, the extra `quiz`).

The file holds ids of questions, how often each was asked and known, and what FSRS needs to tell when it is due.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from painrules.private_file import alone_with, refuse_what_is_no_file, write_private
from painrules.reading import MAXIMUM_BYTES, ContentError, Problem

KIND = "painrules quiz"
VERSION = 1
NO_SCORES = "Name another file, or a new one."
MOST_PROBLEMS = 20
LONGEST = 40_000
"""Days until a question can come back, at most."""


class SchedulerMissingError(Exception):
    """FSRS is not there; the text says how to get it."""


class Remembered(Struct, frozen=True):
    """How one question went so far."""

    asked: int
    right: int
    card: Mapping[str, Any]
    """What FSRS keeps of it."""

    @property
    def due(self) -> datetime.datetime:
        """When it is to be asked again."""
        return datetime.datetime.fromisoformat(self.card["due"])


class Memory(Struct, frozen=True):
    """All questions that were answered, by id."""

    questions: Mapping[str, Remembered] = field(default_factory=dict)

    def due(self, now: datetime.datetime) -> list[str]:
        """The questions to ask again on this day, the longest due first."""
        due = [id for id, one in self.questions.items() if one.due.date() <= now.date()]
        return sorted(due, key=lambda id: (self.questions[id].due, id))

    def without(self, gone: Collection[str]) -> Memory:
        """The same without some questions, such as those that no longer hold."""
        return Memory({id: one for id, one in self.questions.items() if id not in gone})

    def answered(self, id: str, right: bool, now: datetime.datetime) -> Memory:
        """The same after one more answer. Raises SchedulerMissingError."""
        fsrs = needed()
        old = self.questions.get(id)
        # Days, not minutes: a learner comes back another day. Nothing is left to chance.
        scheduler = fsrs.Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
        card = fsrs.Card.from_dict(dict(old.card)) if old else fsrs.Card(card_id=0, due=now)
        rating = fsrs.Rating.Good if right else fsrs.Rating.Again
        card, _ = scheduler.review_card(card, rating, now)
        asked, known = (old.asked, old.right) if old else (0, 0)
        return Memory({**self.questions, id: Remembered(asked + 1, known + right, card.to_dict())})


def needed() -> Any:
    """The module of FSRS. Raises SchedulerMissingError."""
    try:
        import fsrs
    except ImportError:
        raise SchedulerMissingError(
            "To keep scores needs FSRS: python -m pip install 'painrules[quiz]'. Or leave --keep and --file out."
        ) from None
    return fsrs


# --- the file ---------------------------------------------------------------------------------------------------------


def read_memory(path: Path) -> Memory:
    """Read a file; a missing or empty one holds nothing. Raises ContentError, OSError, SchedulerMissingError."""
    refuse_what_is_no_file(path)
    try:
        with path.open("rb") as stream:
            raw = stream.read(MAXIMUM_BYTES + 1)
    except FileNotFoundError:
        return Memory()
    return _parsed(raw, str(path)) if raw.strip() else Memory()


def remember(path: Path, id: str, right: bool, now: datetime.datetime, gone: Collection[str] = ()) -> Memory:
    """Add an answer to the file, which is made when there is none. Raises as `read_memory` does."""
    with alone_with(path):
        memory = read_memory(path).without(gone).answered(id, right, now)
        write_private(path, as_bytes(memory))
    return memory


def as_bytes(memory: Memory) -> bytes:
    """The file of a memory."""
    questions = {
        id: {"asked": one.asked, "right": one.right, "card": one.card} for id, one in sorted(memory.questions.items())
    }
    plain = {"kind": KIND, "version": VERSION, "questions": questions}
    return json.dumps(plain, indent=1).encode() + b"\n"


def _parsed(raw: bytes, name: str) -> Memory:
    if len(raw) > MAXIMUM_BYTES:
        raise ContentError([Problem(name, 1, 1, "", f"is larger than {MAXIMUM_BYTES:,} bytes.")])
    try:
        data = json.loads(raw)
    except json.JSONDecodeError as error:
        raise ContentError([Problem(name, error.lineno, error.colno, "", "is not JSON.", NO_SCORES)]) from None
    except (ValueError, RecursionError):  # not UTF-8, or a number of thousands of digits
        raise ContentError([Problem(name, 1, 1, "", "is not JSON.", NO_SCORES)]) from None
    if not isinstance(data, dict) or data.get("kind") != KIND or not isinstance(data.get("questions"), dict):
        raise ContentError([Problem(name, 1, 1, "", "is no file of quiz scores.", NO_SCORES)])
    if data.get("version") != VERSION:
        raise ContentError([Problem(name, 1, 1, "version", "is not one that this painrules knows.", NO_SCORES)])
    found, problems = {}, []
    for id, one in data["questions"].items():
        try:
            found[id] = _remembered(one)
        except (KeyError, TypeError, ValueError, OverflowError):
            problems.append(Problem(name, 1, 1, f"questions.{id}", "is not understood.", "Take it out."))
    if problems:
        raise ContentError(problems[:MOST_PROBLEMS])
    return Memory(found)


def _remembered(plain: Mapping[str, Any]) -> Remembered:
    """Raises KeyError, TypeError, ValueError or OverflowError where it is none that FSRS could go on with."""
    card = needed().Card.from_dict(dict(plain["card"]))
    asked, right = int(plain["asked"]), int(plain["right"])
    days = (card.due - card.last_review).days  # both with a time zone, or it raises
    known = 0 < card.stability <= LONGEST and 1 <= card.difficulty <= 10
    if card.due.tzinfo is None or not (known and 0 <= right <= asked and 0 <= days <= LONGEST):
        raise ValueError
    return Remembered(asked, right, card.to_dict())
