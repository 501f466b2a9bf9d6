"""The reference pages of the site, made from code and content when the site is built; they are not kept."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from docs.commands import commands
from painrules.entries import Source, Target
from painrules.evidence import statements, verdict
from painrules.knowledge import KnowledgeBase, Rule
from painrules.surfaces.rule_sentence import rule_sentence

MOST_SOURCES_SHOWN = 6
SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~$])")


def pages(knowledge: KnowledgeBase) -> Iterator[tuple[str, str]]:
    """Every page by its name below `docs/reference/`."""
    made = {
        "commands": command_page(),
        "questions": question_page(knowledge),
        **dict(condition_pages(knowledge)),
        **dict(treatment_pages(knowledge)),
        **dict(rule_pages(knowledge)),
        **dict(source_pages(knowledge)),
    }
    yield from made.items()
    for folder, title, text in (
        ("conditions", "Conditions", "Every kind of pain, with the treatments that guidelines speak of."),
        ("treatments", "Treatments", "Every treatment, by category: what it is, and the rules that speak of it."),
        ("rules", "Rules", "Every rule with its sentence, when it holds, and its sources; one page for each file."),
        ("sources", "Sources", "Every source that a statement rests on, by kind."),
    ):
        yield f"{folder}/index", index(title, text, sorted(name for name in made if name.startswith(f"{folder}/")))
    yield (
        "index",
        index(
            "Reference",
            "Made from the program and its content when this site was built: "
            f"{len(knowledge.conditions)} conditions, {len(knowledge.modalities)} treatments, {len(knowledge.rules)} rules, "
            f"{len(knowledge.questions)} questions, {len(knowledge.sources)} sources. "
            f"Knowledge digest: `{knowledge.digest[:12]}`.",
            ["commands", "conditions/index", "treatments/index", "rules/index", "questions", "sources/index"],
            ["../rules", "../schemas", "../content", "../dependencies"],
        ),
    )


def index(title: str, text: str, names: Iterable[str], more: Iterable[str] = ()) -> str:
    """A page that lists other pages by their titles."""
    listed = [*(name.removeprefix(f"{title.lower()}/") for name in names), *more]
    return "\n".join(
        [f"# {title}", "", text, "", "```{toctree}", ":maxdepth: 1", ":titlesonly:", "", *listed, "```", ""]
    )


def plain(text: str) -> str:
    """Text that Markdown takes as it is."""
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    heads = list(heads)
    return [f"| {' | '.join(heads)} |", f"|{' --- |' * len(heads)}", *(f"| {' | '.join(row)} |" for row in rows), ""]


def flow(value: Any) -> str:
    """Part of a rule as YAML on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(flow, value)) + "]"
    return str(value)


# --- commands --------------------------------------------------------------------------------------------------------


def command_page() -> str:
    """Every command with its arguments, options and example."""
    lines = ["# Commands", "", "Exit codes: 0 fine, 1 gaps, faults or findings, 2 wrong use or wrong files.", ""]
    for command in commands():
        lines += [f"## {command.name}", "", "```console", f"$ {command.usage}", "```", ""]
        lines += [line for paragraph in command.text for line in (plain(paragraph), "")]
        if command.example:
            lines += ["Example:", "", "```console", f"$ {command.example}", "```", ""]
        rows = [
            (f"`{written.replace('|', chr(92) + '|')}`", plain(text))
            for written, text in (*command.arguments, *command.options)
        ]
        lines += _table(("what", "meaning"), rows)
    return "\n".join(lines)


# --- content ---------------------------------------------------------------------------------------------------------


def condition_pages(knowledge: KnowledgeBase) -> Iterator[tuple[str, str]]:
    """A page for each group of conditions, with the options of each."""
    for root in (condition for condition in knowledge.conditions.values() if condition.parent is None):
        lines = [f"# {plain(root.name)}", ""]
        for condition in knowledge.conditions.values():
            if root.id in (condition.id, *knowledge.ancestors(condition.id)):
                lines += [f"(condition-{condition.id})=", "", f"## {plain(condition.name)}", "", f"`{condition.id}`"]
                if condition.also_called:
                    lines[-1] += f"; also called {plain(', '.join(condition.also_called))}"
                if condition.icd11:
                    lines[-1] += f"; ICD-11 {condition.icd11}"
                lines += ["", *_texts(knowledge, condition.id, ("what_it_is",))]
                found = statements(knowledge, [condition.id])
                rows = [
                    (
                        f"[{plain(knowledge.modalities[id].name)}](#treatment-{id})",
                        plain(knowledge.wording[f"guidelines.{verdict(knowledge, said)}"]),
                        _cited(knowledge, dict.fromkeys(s.recommendation.source for s in said)),
                    )
                    for id, said in sorted(found.items(), key=lambda item: knowledge.modalities[item[0]].name.lower())
                ]
                lines += _table(("treatment", "guidelines", "who speaks of it"), rows) if rows else []
        yield f"conditions/{root.id}", "\n".join(lines)


def treatment_pages(knowledge: KnowledgeBase) -> Iterator[tuple[str, str]]:
    """A page for each category of treatments."""
    for category in knowledge.categories.values():
        lines = [f"# {plain(category.name)}", ""]
        for class_ in (one for one in knowledge.classes.values() if one.category == category.id):
            own = [modality for modality in knowledge.modalities.values() if modality.class_ == class_.id]
            lines += [f"## {plain(class_.name)} (class)", "", f"`{class_.id}`", ""] if own else []
            for modality in own:
                lines += [f"(treatment-{modality.id})=", "", f"### {plain(modality.name)}", "", f"`{modality.id}`"]
                if modality.also_called:
                    lines[-1] += f"; also called {plain(', '.join(modality.also_called))}"
                lines += ["", *_texts(knowledge, modality.id, ("what_it_is", "serious_harms"))]
                rules = knowledge.rules_of_modality.get(modality.id, ())
                if rules:
                    count = Counter(rule.effect for rule in rules)
                    kinds = ", ".join(f"{number} {effect}" for effect, number in sorted(count.items()))
                    links = ", ".join(f"[{rule.id}](#rule-{rule.id})" for rule in rules)
                    lines += [f"Rules ({kinds}): {links}.", ""]
        yield f"treatments/{category.id}", "\n".join(lines)


def _texts(knowledge: KnowledgeBase, about: str, aspects: Iterable[str]) -> Iterator[str]:
    for aspect in aspects:
        for text in knowledge.explained(about, aspect):
            lead = "" if aspect == "what_it_is" else f"{plain(knowledge.wording[f'aspect.{aspect}'])}: "
            yield f"{lead}{plain(text.text)} ({_cited(knowledge, text.sources)})"
            yield ""


def question_page(knowledge: KnowledgeBase) -> str:
    """Every question of the interview, with its answers and the number of rules that depend on it."""
    lines = [
        "# Questions",
        "",
        "Answers that are not given, or `unsure`, are unknown; unknown is never treated as no.",
        "",
    ]
    for screen in knowledge.screens.values():
        lines += [f"## {plain(screen.title)}", "", *([plain(screen.intro), ""] if screen.intro else [])]
        rows = []
        for question in (one for one in knowledge.questions.values() if one.screen == screen.id):
            answers = ", ".join(f"`{answer}`" for answer in question.answers)
            if question.kind == "number":
                answers = f"{question.minimum or 0:g} to {question.maximum or 0:g} {plain(question.unit)}".strip()
            rules = str(len(knowledge.rules_of_question.get(question.id, ())))
            rows.append((f"`{question.id}`", plain(question.ask), f"{question.kind}: {answers}", rules))
        lines += _table(("id", "asks", "answers", "rules"), rows)
    return "\n".join(lines)


def rule_pages(knowledge: KnowledgeBase) -> Iterator[tuple[str, str]]:
    """A page for each file of rules."""
    files: dict[str, list[Rule]] = {}
    for rule in knowledge.rules.values():
        files.setdefault(knowledge.files[rule.id].split(":")[0], []).append(rule)
    for file, rules in files.items():
        title = Path(file).stem.replace("_", " ").capitalize()
        lines = [f"# {title}", "", f"`{file}`, {len(rules)} rules.", ""]
        for rule in rules:
            # No headings: the navigation beside every page would copy a thousand of them.
            lines += [f"(rule-{rule.id})=", "", f"`{rule.id}`", *_indented(_rule(knowledge, rule))]
        yield f"rules/{Path(file).stem}", "\n".join(lines)


def _indented(lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        yield f"{'  ' if number else ': '}{line}".rstrip()


def _rule(knowledge: KnowledgeBase, rule: Rule) -> Iterator[str]:
    entry = rule.entry
    yield plain(rule_sentence(knowledge, rule))
    yield ""
    if entry.because:
        yield f"- reason: {plain(entry.because)}"
    then = rule.effect + (f" `{entry.level}`" if entry.level else "") + (f" `{entry.fit}`" if entry.fit else "")
    yield f"- when: `{flow(entry.when)}`"
    for exemption in entry.unless:
        yield f"- unless: `{flow(exemption.when)}`"
    yield f"- then: {then}" + (f" `{entry.finding}`" if entry.finding else "")
    if entry.applies_to:
        yield f"- applies to: {_target(entry.applies_to)} ({len(rule.modalities)} treatments)"
    if entry.action:
        yield f"- what to do: {plain(entry.action)}"
    if entry.ask:
        yield f"- to ask: {plain(entry.ask)}"
    if entry.sources:
        place = f"; {plain(entry.place)}" if entry.place else ""
        told = "; as reported by another text" if entry.reported_by else ""
        yield f"- sources: {_cited(knowledge, entry.sources)}{place}{told}"
    yield ""


def _target(target: Target) -> str:
    parts = []
    for name, value in (
        ("category", target.category),
        ("class", target.class_),
        ("treatment", target.modality),
        ("medicine", target.medicine),
    ):
        ids = [value] if isinstance(value, str) else list(value or ())
        shown = (f"[{id}](#treatment-{id})" if name == "treatment" else f"`{id}`" for id in ids)
        parts += [f"{name} {', '.join(shown)}"] if ids else []
    return "; ".join(parts)


def _cited(knowledge: KnowledgeBase, ids: Iterable[str]) -> str:
    links = [f"[{id}](#source-{id})" for id in ids if id in knowledge.sources]
    rest = len(links) - MOST_SOURCES_SHOWN
    return ", ".join(links[:MOST_SOURCES_SHOWN]) + (f" and {rest} more" if rest > 0 else "")


def source_pages(knowledge: KnowledgeBase) -> Iterator[tuple[str, str]]:
    """A page for each kind of source."""
    for kind in dict.fromkeys(source.kind for source in knowledge.sources.values()):
        own = sorted((one for one in knowledge.sources.values() if one.kind == kind), key=lambda one: one.id)
        lines = [f"# {kind.replace('_', ' ').capitalize()}", "", f"{len(own)} sources.", ""]
        for source in own:
            lines += [f"(source-{source.id})=", "", f"`{source.id}`", f": {_source(source)}", ""]
        yield f"sources/{kind}", "\n".join(lines)


def _source(source: Source) -> str:
    year = f" ({source.year})" if source.year else ""
    place = f"doi.org/{source.doi}" if source.doi else source.url or source.seen_at or ""
    status = "" if source.status == "current" else f" Status: {source.status}."
    return f"{plain(source.body)}. {plain(source.title)}{year}.{status}" + (f" `{place}`" if place else "")
