"""All commands in a sentence each, and a group that imports the module of a command only when it is run.

Importing all of them would take longer than most of them run.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import typer
from typer.core import TyperGroup


class Listed(NamedTuple):
    """A command as the list of commands shows it."""

    module: str
    """In painrules/commands."""
    summary: str
    """So short that it fits into a line of 80 columns."""


GROUPS: Mapping[str, Mapping[str, Listed]] = {
    "For people in pain": {
        "explore": Listed("explore", "Answer questions; see options to discuss with a specialist."),
        "serve": Listed("serve", "The same in your browser. Nothing leaves this computer."),
        "conditions": Listed("lookup", "Kinds of pain: list them, or find one by any words."),
        "modalities": Listed("lookup", "Treatments: list them, or find one by any words."),
        "about": Listed("lookup", "All about a kind of pain, a treatment or a medicine."),
        "compare": Listed("compare", "Treatments side by side, or two people."),
        "plan": Listed("plan", "One person's options by kind of treatment: a picture."),
        "visit": Listed("lookup", "What happens at a visit, and how to prepare."),
        "diary": Listed("diary", "Record pain day by day, and look back."),
        "words": Listed("lookup", "Medical words explained."),
        "evidence": Listed("lookup", "Who says what of a treatment."),
        "matrix": Listed("matrix", "Where guidelines agree, differ or advise against."),
        "sources": Listed("lookup", "Every source, and where to find it."),
    },
    "For those who teach": {
        "cases": Listed("cases", "Made-up people for lessons; start your own."),
        "trace": Listed("trace", "How the rules got to each status, step by step."),
        "explain": Listed("trace", "A rule as one plain sentence."),
        "quiz": Listed("quiz", "Questions for learners, here or for a class."),
    },
    "For other programs": {
        "fhir": Listed("fhir", "Forms, answers and sheets as health records exchange them."),
        "dmn": Listed("dmn", "The rules as decision tables for other engines."),
    },
    "For those who check the rules": {
        "check": Listed("check", "Problems and gaps in the content."),
        "prove": Listed("prove", "What holds for every possible person."),
        "coverage": Listed("coverage", "How many possible people each rule reaches."),
        "diff": Listed("diff", "What a change of the rules means for people."),
        "mutate": Listed("mutate", "Faults put into rules: which go unnoticed?"),
        "cohort": Listed("cohort", "A whole table of people through the rules."),
        "people": Listed("cohort", "Make a table of people."),
        "doctor": Listed("doctor", "Whether this installation works."),
    },
}
COMMANDS: Mapping[str, Listed] = {name: listed for group in GROUPS.values() for name, listed in group.items()}


class _Imported(Mapping[str, Any]):
    """The commands by name; one that is looked up is imported."""

    def __init__(self) -> None:
        self.made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self.made:
            self.made[name] = _command(name, COMMANDS[name].module)
        return self.made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)


def _command(name: str, module: str) -> Any:
    from painrules.commands.app import app

    importlib.import_module(f"painrules.commands.{module}")
    for group in app.registered_groups:
        if group.name == name and group.typer_instance is not None:
            made = typer.main.get_command(group.typer_instance)
            made.name = name
            return made
    alone = typer.Typer(add_completion=False, rich_markup_mode=None)
    alone.registered_commands = [c for c in app.registered_commands if (c.name or _name_of(c.callback)) == name]
    return typer.main.get_command(alone)


def _name_of(callback: Any) -> str:
    return str(callback.__name__)


class OnDemand(TyperGroup):
    """A group of commands that are imported one by one."""

    def __init__(self, **attributes: Any):
        super().__init__(**attributes)
        self.commands: Any = _Imported()

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """List them by whom they are for, without importing them."""
        widest = max(map(len, COMMANDS))
        for heading, commands in GROUPS.items():
            with formatter.section(heading):
                formatter.write_dl([(name.ljust(widest), listed.summary) for name, listed in commands.items()])
