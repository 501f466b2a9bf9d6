"""Check plain data of a file against the class that tells its shape: every problem by its place, in plain words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, TypeAlias, TypeVar

import msgspec
from msgspec import inspect

from painrules.reading import Document, Place, Problem, did_you_mean, shown

T = TypeVar("T")
NO_FIELD = "is not a field here."
_Wrong: TypeAlias = "tuple[Place, str, str]"
"""Where, what is wrong there, and what would be right."""


def shaped(document: Document, place: Place, shape: type[T], data: object, problems: list[Problem]) -> T | None:
    """The value that data at a place of a document stands for; None where problems are added instead."""
    told: Any = shape
    wrong = [document.problem((*place, *inside), *words) for inside, *words in _wrong(_type_of(told), data, ())]
    problems += wrong
    return None if wrong else msgspec.convert(data, shape)


@cache
def _type_of(shape: type[Any]) -> inspect.Type:
    return inspect.type_info(shape)


def _wrong(kind: inspect.Type, value: Any, place: Place) -> Iterator[_Wrong]:
    """Everything that is wrong with a value: msgspec itself stops at the first."""
    match kind:
        case inspect.StructType():
            yield from _wrong_fields(kind, value, place)
        case inspect.VarTupleType(item_type=inner):
            if not isinstance(value, list):
                yield place, f"{shown(value)} is not a list.", "Write it in square brackets."
            else:
                for index, one in enumerate(value):
                    yield from _wrong(inner, one, (*place, index))
        case inspect.DictType():
            if not isinstance(value, dict):
                yield place, f"{shown(value)} is not a mapping of fields.", ""
            else:
                for key, one in value.items():
                    unknown = [hint for _, _, hint in _wrong(kind.key_type, key, place)]
                    yield from (((*place, key), NO_FIELD, hint) for hint in unknown)
                    yield from () if unknown else _wrong(kind.value_type, one, (*place, key))
        case inspect.UnionType():
            yield from _wrong(_meant(kind.types, value), value, place)
        case inspect.LiteralType():
            if value not in kind.values:
                yield place, f"{shown(value)} is not a value of this field.", did_you_mean(value, map(str, kind.values))
        case inspect.StrType():
            if not isinstance(value, str):
                yield place, f"{shown(value)} is not text.", "Put it in quotes if it is meant as text."
        case inspect.IntType() if isinstance(value, float):
            yield place, f"{shown(value)} is not a whole number.", ""
        case inspect.IntType() | inspect.FloatType():
            if not isinstance(value, (int, float)):
                yield place, f"{shown(value)} is not a number.", ""


def _wrong_fields(kind: inspect.StructType, value: Any, place: Place) -> Iterator[_Wrong]:
    if not isinstance(value, dict):
        yield place, f"{shown(value)} is not a mapping of fields.", ""
        return
    fields: Mapping[str, inspect.Field] = {field.encode_name: field for field in kind.fields}
    for name, one in value.items():
        if name in fields:
            yield from _wrong(fields[name].type, one, (*place, name))
        else:
            yield (*place, name), NO_FIELD, did_you_mean(name, fields)
    for name, field in fields.items():
        if field.required and name not in value:
            yield (*place, name), "is missing.", ""


def _meant(kinds: tuple[inspect.Type, ...], value: object) -> inspect.Type:
    """The one of several kinds of value that somebody who wrote this meant."""
    wanted: Mapping[type, type[inspect.Type]] = {
        type(None): inspect.NoneType,
        float: inspect.FloatType,
        list: inspect.VarTupleType,
        dict: inspect.StructType,
    }
    fitting = [kind for kind in kinds if isinstance(kind, wanted.get(type(value), ()))]
    return (fitting or [kind for kind in kinds if not isinstance(kind, inspect.NoneType)])[0]
