"""Lines of reports for analysts, for a terminal of 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from painrules.answers import Answers, as_plain
from painrules.reading import visible

WIDTH = 79


def wrapped(line: str, first: str = "", then: str = "") -> list[str]:
    """A text as lines that begin with `first`, and from the second on with `then`."""
    shown = visible(line)
    return textwrap.wrap(shown, WIDTH, initial_indent=first, subsequent_indent=then, break_on_hyphens=False)


def answers_lines(person: Answers) -> Iterator[str]:
    """A person as an answers file."""
    import yaml

    plain = yaml.safe_dump(as_plain(person), sort_keys=False, default_flow_style=None, width=WIDTH - 6)
    yield from visible(plain).rstrip("\n").splitlines()


def smallest_person(person: Answers) -> Iterator[str]:
    """The same below what is told of them, with what to do with it."""
    yield "    the smallest person, for 'painrules explore --answers -':"
    yield from (f"      {line}" for line in answers_lines(person))
