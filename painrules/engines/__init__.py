"""Engines: from the rule base and a person's answers to conclusions. Each lives in its own module; all must agree."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from msgspec import Struct

from painrules.answers import Answers, facts_of
from painrules.expressions import Fact, Facts
from painrules.knowledge import KnowledgeBase

EngineName = Literal["durable", "reference"]


class Conclusion(Struct, frozen=True):
    """A rule that holds, certainly or possibly, and the variables by which it does."""

    certain: bool
    matched: frozenset[str]


@dataclass(frozen=True)
class Conclusions:
    """What an engine concludes. A rule that is impossible for the person is not in `rules`.

    `facts` has the value of every variable that rules test, derived findings included ("yes", "no" or None).
    """

    rules: Mapping[str, Conclusion]
    facts: Mapping[str, Fact]
    fired: tuple[str, ...] = field(default=(), compare=False)
    """The same rules in the order in which the engine came to them; each engine has its own."""


Engine: TypeAlias = Callable[[KnowledgeBase, Facts], Conclusions]


class EngineMissingError(Exception):
    """The engine cannot be imported on this machine."""


def consult(knowledge: KnowledgeBase, answers: Answers, engine: EngineName = "durable") -> Conclusions:
    """Apply every rule to one person. Raises EngineMissingError when the engine is not installed."""
    return engine_named(engine)(knowledge, facts_of(knowledge, answers))


def engine_named(name: EngineName) -> Engine:
    """The function of an engine. Raises EngineMissingError."""
    try:
        conclude: Engine = importlib.import_module(f"painrules.engines.{name}").conclude
    except ImportError as error:
        raise EngineMissingError(f"the {name} engine cannot be loaded ({error})") from None
    return conclude
