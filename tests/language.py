"""How hard the texts are to read: grade, length of sentences, and words that have no place. Run it: `make language`.

A text passes with a Flesch-Kincaid grade of at most 8, by textstat. Medical names do not count: the words of
`knowledge/words.yaml` and the names of treatments, medicines and conditions are replaced by a word of one syllable
first, and so are numbers.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import textstat

from painrules.knowledge import KnowledgeBase
from painrules.surfaces.blocks import frequency_lines

HIGHEST_GRADE = 8.0
MOST_WORDS = 25
FORBIDDEN = {
    "tells people what to do": r"\byou (should|must|need to|have to|ought to)\b",
    "is a dose": r"\b\d[\d.,]*\s?(mg|mcg|µg|microgram\w*|milligram\w*|g|ml|millilit\w*|units?|IU)\b(?!/)",
    "is a promise": r"\b(guaranteed|will cure|cures|no risk|risk-free|completely safe|perfectly safe|always works)\b",
    "is a percentage": r"\d\s?%",
    "ranks": r"\b(the best|best (choice|option|treatment))\b",
}
"""What a text never says, and how to recognise it."""


@dataclass(frozen=True)
class Text:
    """A text that people read: where it stands, its name, and its words."""

    at: str
    name: str
    words: str


def texts(knowledge: KnowledgeBase) -> Iterator[Text]:
    """Every sentence that a person can read."""
    for entry in knowledge.explanations:
        yield Text("explanations", f"{entry.about}/{entry.aspect}", entry.text)
    for said in knowledge.recommendations:
        yield Text("recommendations", f"{said.condition}/{said.modality}/{said.source}", said.limits)
    for differ in knowledge.disagreements:
        yield Text("disagreements", f"{differ.condition}/{differ.modality}", differ.why)
    for counted in knowledge.frequencies:
        name = f"{counted.condition}/{counted.modality}/{counted.source}"
        yield Text("frequencies", name, " ".join(frequency_lines(knowledge, counted)))
    for rule in knowledge.rules.values():
        for field in ("because", "ask", "action"):
            yield Text(knowledge.files[rule.id], f"{rule.id}/{field}", getattr(rule.entry, field))
    for screen in knowledge.screens.values():
        yield Text("questions", f"{screen.id}/intro", screen.intro)
    for question in knowledge.questions.values():
        yield Text("questions", f"{question.id}/ask", question.ask)
        yield Text("questions", f"{question.id}/help", question.help)
        for value in question.values:
            yield Text("questions", f"{question.id}/{value.id}", value.say)
    for id, text in knowledge.wording.items():
        yield Text("wording", id, text)
    for word in knowledge.words.values():
        yield Text("words", word.id, word.means)
    for medicine in knowledge.medicine_names.values():
        yield Text("medicine_names", medicine.id, medicine.note)
    for visit in knowledge.visit.values():
        yield Text("visit", visit.id, visit.text)


def faults(knowledge: KnowledgeBase, text: Text) -> Iterator[str]:
    """What is wrong with a text."""
    sentences = re.split(r"(?<=[.!?])\s+", text.words)
    longest = max((len(sentence.split()) for sentence in sentences), default=0)
    if longest > MOST_WORDS:
        yield f"a sentence of {longest} words"
    plain = _plain(knowledge, text.words)
    if len(plain.split()) > 2 and (grade := textstat.flesch_kincaid_grade(plain)) > HIGHEST_GRADE:
        yield f"grade {grade:.1f}"
    for fault, pattern in FORBIDDEN.items():
        if match := re.search(pattern, text.words, re.IGNORECASE):
            yield f"{match[0]!r} {fault}"


def _plain(knowledge: KnowledgeBase, words: str) -> str:
    words = re.sub(r"\d[\d.,/:]*\d|\d", "ten", words)
    return _names(knowledge).sub(lambda match: re.sub(r"[\w'-]+", "word", match[0]), words)


@lru_cache(maxsize=2)
def _names(knowledge: KnowledgeBase) -> re.Pattern[str]:
    names = {form for word in knowledge.words.values() for form in (word.word, *word.also)}
    for modality in knowledge.modalities.values():
        names |= {*modality.also_called, *(medicine.name for medicine in modality.medicines)}
    for condition in knowledge.conditions.values():
        names |= set(condition.also_called)
    longest_first = sorted(names, key=lambda name: (-len(name), name))
    return re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, longest_first))})(?![\w-])", re.IGNORECASE)


def main() -> int:
    """Print every text that does not pass; arguments pick those whose place or name holds one of them."""
    from painrules.loading import load_knowledge

    knowledge = load_knowledge()
    found = 0
    for text in texts(knowledge):
        wrong = list(faults(knowledge, text)) if text.words else []
        if wrong and any(pick in f"{text.at} {text.name}" for pick in sys.argv[1:] or [""]):
            found += 1
            print(f"{text.at} {text.name}: {'; '.join(wrong)}\n    {text.words}")
    print(f"{found} texts to mend." if found else "Every text passes.")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
