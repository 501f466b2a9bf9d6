"""What a quiz asks: a question with its right answer, other choices that are surely wrong, and what explains it.

The id of a question is what it was made from, the right answer included: a change of the content that changes the
answer makes another question of it.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from painrules.alternatives import Change, Status
from painrules.answers import Answers
from painrules.evidence import Difference, Statement
from painrules.sheet import LEVELS, VERDICTS, Because, Reason, Urgent
from painrules.what_if import OptionChange

Kind = Literal["urgent", "how_soon", "check", "why", "change", "unknown", "guidelines"]
KINDS: tuple[Kind, ...] = ("urgent", "how_soon", "check", "why", "change", "unknown", "guidelines")
"""In the order in which they are asked of one person: a later one may give away an earlier one."""
Direction = Literal["stronger", "milder", "same"]
DIRECTIONS: tuple[Direction, ...] = ("stronger", "milder", "same")
CAN_WAIT = "can_wait"
"""The choice that a sign needs no care soon."""
SHOWN: tuple[Status, ...] = ("option", "with_care", "check_first", "held_back")
"""Statuses that answers can lead to; `advised_against` rests on guidelines alone."""
SCALES: dict[Kind, tuple[str, ...]] = {
    "how_soon": (*LEVELS, CAN_WAIT),
    "change": DIRECTIONS,
    "unknown": SHOWN,
    "guidelines": VERDICTS,
}
"""Choices that always stand in the same order."""


class MadeUp(Struct, frozen=True):
    """A person of whom questions are asked."""

    id: str
    title: str
    story: str
    answers: Answers


class QuizQuestion(Struct, frozen=True):
    """One question with its right answer, other choices that are surely wrong, and what explains it."""

    id: str
    kind: Kind
    person: MadeUp
    right: str
    others: tuple[str, ...]
    """All choices that are surely wrong; the likeliest first, or all there are where `scale` is true."""
    condition: str = ""
    """What kind of pain it is about, where it is about what guidelines say."""
    option: str = ""
    """The treatment it is about."""
    said: Because | None = None
    """The answer it is about: one that the person gave, or would give."""
    status: Status = "option"
    """Of the treatment: as it is, or what the answer alone makes of it."""
    reasons: tuple[Reason, ...] = ()
    used: bool = True
    """Whether any rule for the treatment uses the answer."""
    signs: tuple[Urgent, ...] = ()
    changes: tuple[Change, ...] = ()
    """What would follow from an answer that is missing."""
    changed: OptionChange | None = None
    """What would become of the treatment; None: nothing."""
    statements: tuple[Statement, ...] = ()
    """What sources say of the treatment."""
    difference: Difference | None = None

    @property
    def forgotten(self) -> bool:
        """Whether it asks what would be if the person had not given an answer that they gave."""
        return self.kind == "unknown" and self.said is not None and self.said.question in self.person.answers.known

    @property
    def scale(self) -> bool:
        """Whether the choices have an order of their own."""
        return self.kind in SCALES
