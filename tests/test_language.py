"""Every text a person reads is plain: grade 8 at most, short sentences, no dose, no order, no promise."""

from __future__ import annotations

import pytest

from painrules.knowledge import KnowledgeBase
from tests.language import Text, faults, texts


def test_every_text_passes(knowledge: KnowledgeBase) -> None:
    wrong = [(text.name, list(faults(knowledge, text))) for text in texts(knowledge) if text.words]
    assert [(name, found) for name, found in wrong if found] == []


@pytest.mark.parametrize(
    "words, fault",
    [
        ("You should take this tablet with food.", "tells people what to do"),
        ("It is taken as 500 mg with food.", "is a dose"),
        ("It helps 30% of people.", "is a percentage"),
        ("This will cure your pain.", "is a promise"),
        ("It is the best treatment for knees.", "ranks"),
        ("It " + "goes on " * 13 + "and ends.", "a sentence of"),
        ("Considerable heterogeneity of methodological approaches necessitates individualised deliberation.", "grade"),
    ],
)
def test_a_fault_is_found(knowledge: KnowledgeBase, words: str, fault: str) -> None:
    assert any(fault in found for found in faults(knowledge, Text("here", "it", words)))


def test_medical_names_do_not_count(knowledge: KnowledgeBase) -> None:
    assert not list(faults(knowledge, Text("here", "it", "Carbamazepine and oxcarbazepine can make you sleepy.")))
