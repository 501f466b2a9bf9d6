"""Check plain data of a file against the dataclass that tells its shape: every problem by its place, in plain words."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from painrules.entries import written_name
from painrules.reading import Document, Place, Problem, did_you_mean, shown

if TYPE_CHECKING:
    import pydantic

T = TypeVar("T")
NO_FIELD = "is not a field here."


@cache
def adapter_of(shape: type[Any]) -> pydantic.TypeAdapter[Any]:
    """What checks data against a dataclass, and describes it as a JSON Schema."""
    import pydantic  # here: what only explores does not wait for it

    return pydantic.TypeAdapter(shape)


def shaped(document: Document, place: Place, shape: type[T], data: object, problems: list[Problem]) -> T | None:
    """The value that data at a place of a document stands for; None where problems are added instead."""
    import pydantic

    told: Any = shape
    try:
        value: T = adapter_of(told).validate_python(data)
    except pydantic.ValidationError as error:
        for wrong in error.errors(include_url=False):
            inside, owner = _place(shape, data, wrong)
            problems.append(document.problem((*place, *inside), *_in_words(wrong, inside, owner)))
        return None
    return value


def _place(shape: type, data: object, wrong: Mapping[str, Any]) -> tuple[Place, type]:
    """Where in the data it is wrong, and the class that tells which fields stand there.

    Alternatives of a field ("a text or a list of texts") add steps of their own, which no file has.
    """
    place: list[str | int] = []
    inner: Any = data
    for number, step in enumerate(wrong["loc"], 1):
        missing = number == len(wrong["loc"]) and wrong["type"].startswith("missing")
        if isinstance(step, int) if isinstance(inner, list) else isinstance(inner, dict) and step in inner:
            inner = inner[step]
        elif not missing:
            continue
        place.append(step)
        shape = _class_of(shape, str(step)) or shape
    return tuple(place), shape


def _class_of(owner: type, name: str) -> type | None:
    """The dataclass that a field of another one holds."""
    written = typing.get_type_hints(owner).get(name)
    for hint in (written, *typing.get_args(written)):
        if isinstance(hint, type) and dataclasses.is_dataclass(hint):
            return hint
    return None


def _in_words(wrong: Mapping[str, Any], place: Place, owner: type) -> tuple[str, str]:
    """What is wrong, and what would be right."""
    kind, given = wrong["type"], wrong.get("input")
    if kind in ("unexpected_keyword_argument", "extra_forbidden"):
        names = [written_name(field.name) for field in dataclasses.fields(owner)]
        return NO_FIELD, did_you_mean(place[-1], names)
    if kind in ("missing", "missing_argument", "missing_keyword_only_argument"):
        return "is missing.", ""
    if kind == "literal_error":
        expected = (wrong.get("ctx") or {}).get("expected", "")
        words = [word.strip("' ") for word in expected.replace(" or ", ", ").split(",")]
        of_key = wrong["loc"][-1] == "[key]"
        return NO_FIELD if of_key else f"{shown(given)} is not a value of this field.", did_you_mean(given, words)
    if kind == "string_type":
        return f"{shown(given)} is not text.", "Put it in quotes if it is meant as text."
    if kind == "tuple_type":
        return f"{shown(given)} is not a list.", "Write it in square brackets."
    if kind.startswith(("int", "float")):
        return f"{shown(given)} is not a number.", ""
    if kind in ("dict_type", "dataclass_type"):
        return f"{shown(given)} is not a mapping of fields.", ""
    return wrong["msg"], ""
