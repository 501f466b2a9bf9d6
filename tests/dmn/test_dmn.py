"""The rules as DMN on another engine (pyDMNrules): it says of random people what the reference engine says."""

from __future__ import annotations

import random
from xml.etree import ElementTree

import pyDMNrules

from painrules import expressions
from painrules.alternatives import reconsider
from painrules.answers import facts_of
from painrules.dmn import MODEL, inputs_of, model_of, numbers_in
from painrules.knowledge import KnowledgeBase
from tests.people import somebody

WORDS = {True: "certain", None: "possible", False: "impossible"}
RULES, PEOPLE = 80, 25


def sample(knowledge: KnowledgeBase, generator: random.Random) -> list[str]:
    """Some rules, half of them with findings or numbers."""
    rules = [rule for rule in knowledge.rules.values() if rule.finding is None]
    hard = [
        rule
        for rule in rules
        if any(expressions.question_of(variable) == "finding" for variable in expressions.variables(rule.when))
        or any(isinstance(test, expressions.Between) for test in expressions.tests(rule.when))
    ]
    chosen = {rule.id for rule in generator.sample(hard, RULES // 2) + generator.sample(rules, RULES // 2)}
    return sorted(chosen)


def test_another_engine_says_the_same(knowledge: KnowledgeBase) -> None:
    generator = random.Random("dmn")
    rules, numbers = sample(knowledge, generator), numbers_in(knowledge)
    model = model_of(knowledge, rules)
    needed = {data.get("name") for data in ElementTree.fromstring(model).iter(f"{{{MODEL}}}inputData")}
    engine = pyDMNrules.DMN()
    assert engine.useXML(model.decode()) == {}
    said = set()
    for _ in range(PEOPLE):
        answers = somebody(knowledge, generator, unsure=0.4).everything
        _, facts = reconsider(knowledge, facts_of(knowledge, answers), {}, knowledge.rules.values())
        inputs = {name: value for name, value in inputs_of(facts, numbers).items() if name in needed}
        status, steps = engine.decide(inputs)
        assert status == {}
        for id in rules:
            expected = WORDS[expressions.truth(knowledge.rules[id].when, facts)]
            said.add(expected)
            assert steps[-1]["Result"][id.replace("-", "_")] == expected, (id, inputs)
    assert said == {*WORDS.values()}
