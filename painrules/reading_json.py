"""Read JSON that another program made, as the same kind of document as our files, with every problem described."""

from __future__ import annotations

import json
from typing import Any

from painrules.reading import MAXIMUM_BYTES, MAXIMUM_DEPTH, ContentError, Document, Problem, shown


class _TwiceError(ValueError):
    """A key that stands twice in one object: one of the two values would be dropped in silence."""


def read_json(raw: bytes, name: str, deepest: int = MAXIMUM_DEPTH) -> Document:
    """Read the bytes of JSON. `true` and `false` are words, as in our files. Raises ContentError."""
    if len(raw) > MAXIMUM_BYTES:
        raise ContentError([Problem(name, 1, 1, "", f"is larger than {MAXIMUM_BYTES:,} bytes.")])
    try:
        data = json.loads(raw.decode("utf-8-sig"), object_pairs_hook=_object, parse_constant=_constant)
    except json.JSONDecodeError as error:
        raise ContentError([Problem(name, error.lineno, error.colno, "", f"is not JSON here: {error.msg}.")]) from None
    except UnicodeDecodeError:
        raise ContentError([Problem(name, 1, 1, "", "is not UTF-8 text.", "Save it as UTF-8.")]) from None
    except _TwiceError as error:
        raise ContentError([Problem(name, 1, 1, "", f"{error} stands twice in one place.", "Keep one.")]) from None
    except ValueError:  # a number that no JSON has, or one of thousands of digits
        raise ContentError([Problem(name, 1, 1, "", "holds a number that cannot be read.")]) from None
    except RecursionError:
        raise ContentError([Problem(name, 1, 1, "", "is nested too deep.")]) from None
    if _too_deep(data, deepest):
        raise ContentError([Problem(name, 1, 1, "", f"is nested more than {deepest} deep.")])
    return Document(name, data)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _TwiceError(shown(key))
        found[key] = str(value).lower() if isinstance(value, bool) else value
    return found


def _constant(word: str) -> Any:
    raise ValueError(word)


def _too_deep(data: Any, deepest: int) -> bool:
    layer = [data]
    for _ in range(deepest):
        layer = [
            inner
            for value in layer
            if isinstance(value, (dict, list))
            for inner in (value.values() if isinstance(value, dict) else value)
        ]
        if not layer:
            return False
    return True
