"""painrules for programs and notebooks: a few functions, whose results also show themselves in Jupyter.

Everything here is also in `painrules` itself: `import painrules; painrules.explore({"conditions": ["back_pain"]})`.
These names and what they return are kept as docs/versioning.md says; what else stands in the package may change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from painrules.answers import Answers, answers_in
from painrules.engines import Conclusions, EngineName
from painrules.engines import consult as _consult
from painrules.knowledge import KnowledgeBase
from painrules.loading import load_knowledge as _load_knowledge
from painrules.reading import Document, read_file
from painrules.sheet import Sheet
from painrules.sheet import explore as _explore
from painrules.teaching import case_in, is_case

if TYPE_CHECKING:
    import polars as pl

    from painrules.cohort.summary import Summary
    from painrules.symbolic.report import Report

Person = Answers | Mapping[str, Any] | str | Path
"""Answers that were read, plain data in the shape of an answers file, or the path of such a file or a teaching case."""


class Explored(Struct, frozen=True):
    """One person's sheet, and what it was made from."""

    knowledge: KnowledgeBase
    answers: Answers
    sheet: Sheet

    def as_plain(self) -> dict[str, Any]:
        """The sheet as plain data (docs/sheet.schema.json)."""
        return self.sheet.as_plain()

    def html(self, *, everything: bool = False) -> str:
        """The page to take along as one HTML file, or all of the sheet."""
        return self._page("html", everything).decode()

    def markdown(self, *, everything: bool = False) -> str:
        """The page to take along as Markdown, or all of the sheet."""
        return self._page("markdown", everything).decode()

    def _page(self, format_: Any, everything: bool) -> bytes:
        from painrules.surfaces.files import page_file

        return page_file(self.knowledge, self.answers, self.sheet, format_, everything=everything)

    def _repr_html_(self) -> str:
        from painrules.surfaces.notebook import frame

        return frame(self.html(everything=True))


@dataclass(frozen=True)  # `help` of a Struct looks up the types of its fields, and this one is only there for mypy
class Proved:
    """What proofs found, check by check."""

    reports: tuple[Report, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing was found that is a fault."""
        return not any(report.findings and not report.informs for report in self.reports)

    def _repr_html_(self) -> str:
        from painrules.surfaces.notebook import reports

        return reports(self.reports)


@dataclass(frozen=True)
class Summarised:
    """How many people have which status of which option."""

    knowledge: KnowledgeBase
    summary: Summary
    not_understood: int
    """Values that count as unknown, as they mean nothing."""

    def as_plain(self) -> dict[str, Any]:
        """The summary as plain data."""
        return self.summary.as_plain()

    def svg(self, condition: str | None = None) -> str:
        """A picture: all kinds of pain, or the options of one."""
        from painrules.surfaces.cohort_chart import chart

        return chart(self.knowledge, self.summary, condition)

    def _repr_svg_(self) -> str:
        return self.svg()


def load_knowledge(folder: str | Path | None = None, *, language: str = "en") -> KnowledgeBase:
    """The content of a folder (default: the bundled one). Raises ContentError with every problem of every file."""
    return _bundled(language) if folder is None else _load_knowledge(Path(folder), language=language)


@lru_cache(maxsize=4)
def _bundled(language: str) -> KnowledgeBase:
    return _load_knowledge(language=language)


def read_answers(person: Person, *, knowledge: KnowledgeBase | None = None) -> Answers:
    """A person's answers. Raises ContentError with every problem: a wrong word is never taken for "no"."""
    if isinstance(person, Answers):
        return person
    knowledge = knowledge or load_knowledge()
    if isinstance(person, Mapping):
        return answers_in(Document("answers", _plain(person)), knowledge)
    path = Path(person)
    document = read_file(path, str(person))
    return case_in(document, path, knowledge).person if is_case(document) else answers_in(document, knowledge)


def _plain(value: Any) -> Any:
    """Plain data as a file would hold it; Python's True and False are `yes` and `no`."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, (list, tuple, set, frozenset)) else value


def consult(person: Person, *, knowledge: KnowledgeBase | None = None, engine: EngineName = "durable") -> Conclusions:
    """Which rules hold for a person, surely or perhaps, and why. Raises ContentError, EngineMissingError."""
    knowledge = knowledge or load_knowledge()
    return _consult(knowledge, read_answers(person, knowledge=knowledge), engine)


def explore(person: Person, *, knowledge: KnowledgeBase | None = None, engine: EngineName = "durable") -> Explored:
    """The sheet of a person. Raises ContentError, EngineMissingError."""
    knowledge = knowledge or load_knowledge()
    answers = read_answers(person, knowledge=knowledge)
    return Explored(knowledge, answers, _explore(knowledge, answers, engine))


def prove(checks: Iterable[str] | None = None, *, knowledge: KnowledgeBase | None = None) -> Proved:
    """Prove what rules do for every possible person; `checks` as of `painrules prove` (default: all). Needs [prove]."""
    from painrules.symbolic.report import QUESTIONS, proofs

    return Proved(tuple(proofs(knowledge or load_knowledge(), list(checks or QUESTIONS))))


def summarise_cohort(
    people: str | Path | pl.DataFrame,
    *,
    columns: str | Path | None = None,
    hide_below: int = 10,
    knowledge: KnowledgeBase | None = None,
) -> Summarised:
    """Run a table of people through the rules: a file (Parquet, CSV) or a Polars table. Needs [cohort].

    `columns`: a column map; without it columns are named as in answers files. Raises ContentError.
    """
    from painrules.cohort.streaming import header_of, job_for, run_files
    from painrules.cohort.summary import summarise

    knowledge = knowledge or load_knowledge()
    path = Path(people) if isinstance(people, (str, Path)) else None
    header = people.columns if path is None else header_of(path)  # type: ignore[union-attr]
    job = job_for(knowledge, header, str(path or "the table"), Path(columns) if columns else None)
    done = job.run(people, 1) if path is None else run_files(job, path, None)  # type: ignore[arg-type]
    not_understood = sum(number for number, _ in done.tally.found.values())
    return Summarised(knowledge, summarise(done.counts, hide_below), not_understood)


def made_up_people(number: int, *, seed: int = 1, knowledge: KnowledgeBase | None = None) -> pl.DataFrame:
    """A table of made-up people for `summarise_cohort`; the same seed gives the same. Needs [cohort]."""
    import polars

    from painrules.cohort.people import People

    return polars.concat(People(knowledge or load_knowledge(), seed).tables(number))
