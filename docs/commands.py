"""The commands as the program itself knows them: for the reference of the site and for the page of the manual."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

SHORT = "options for pain to discuss with a pain specialist"


@dataclass(frozen=True)
class Command:
    """One command: `painrules diary add`."""

    name: str
    usage: str
    text: tuple[str, ...]
    """Paragraphs; the example is apart."""
    example: str
    arguments: tuple[tuple[str, str], ...]
    """How it is written, and what it means."""
    options: tuple[tuple[str, str], ...]


def commands() -> Iterator[Command]:
    """Every command, sorted by name; a group stands before its commands."""
    import typer

    from painrules.commands import app

    yield from _below("painrules", typer.main.get_command(app))


def _below(name: str, group: Any) -> Iterator[Command]:
    for own, command in sorted(getattr(group, "commands", {}).items()):
        if not command.hidden:
            yield _read(f"{name} {own}", command)
            yield from _below(f"{name} {own}", command)


def _read(name: str, command: Any) -> Command:
    context = command.context_class(command, info_name=name)
    text, _, example = (command.help or "").partition("Example:")
    shown: dict[str, list[tuple[str, str]]] = {"argument": [], "option": []}
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record and not parameter.hidden:
            shown[parameter.param_type_name].append((record[0], " ".join(record[1].split())))
    usage = " ".join(
        [name, *(piece.replace("{", "").replace("}", "") for piece in command.collect_usage_pieces(context))]
    )
    paragraphs = tuple(" ".join(part.split()) for part in text.split("\n\n") if part.strip())
    return Command(name, usage, paragraphs, example.strip(), tuple(shown["argument"]), tuple(shown["option"]))


def as_restructured_text(version: str) -> str:
    """The page of the manual, as docutils reads it."""
    lines = [
        "=========", "painrules", "=========", "",
        "-" * len(SHORT), SHORT, "-" * len(SHORT), "",
        ":Manual section: 1", ":Manual group: painrules", f":Version: painrules {version}", "",
        *_section("Synopsis"), "**painrules** [--version] [--help] COMMAND [OPTIONS] [ARGUMENTS]", "",
        *_section("Description"),
        "painrules asks some questions about a person's pain and health, and shows treatment options to talk about: which ones"
        " guidelines recommend, where guidelines differ, what is held back or needs a check for this person, and why. It is for"
        " learning. It is not a diagnosis, not a prescription, and no replacement for a visit.", "",
        *_section("Commands"),
    ]  # fmt: skip
    for command in commands():
        lines += ["", command.name, "~" * len(command.name), "", f"**{_plain(command.usage)}**", ""]
        for paragraph in command.text:
            lines += [_plain(paragraph), ""]
        for written, meaning in (*command.arguments, *command.options):
            lines += [
                written if written.startswith("-") else _plain(written),
                f"    {_plain(meaning) or '(no more to say)'}",
                "",
            ]
        if command.example:
            lines += ["Example::", "", f"    {command.example}", ""]
    lines += [
        *_section("Exit status"), "0: fine. 1: gaps, faults or findings. 2: wrong use or wrong files.", "",
        *_section("Environment"),
        "NO_COLOR", "    No colour.", "",
        "PAINRULES_DIARY", "    The file of the diary, instead of one in your data folder.", "",
        "XDG_CACHE_HOME", "    Where checked content is kept; answers never are.", "",
        *_section("Files"), "Nothing is stored unless you ask for it.", "",
    ]  # fmt: skip
    return "\n".join(lines)


def _section(title: str) -> list[str]:
    return ["", title, "=" * len(title), ""]


def _plain(text: str) -> str:
    return "".join(f"\\{character}" if character in "\\*`|_" else character for character in text)


def manual_page(version: str) -> str:
    """The page of the manual, as `man` reads it."""
    from docutils.core import publish_string
    from docutils.writers import manpage

    settings = {"input_encoding": "unicode", "output_encoding": "unicode", "report_level": 2, "halt_level": 2}
    text = publish_string(as_restructured_text(version), writer=manpage.Writer(), settings_overrides=settings)
    return str(text)
