"""Run every line of every table of tests/spec/rules.yaml on every engine."""

from __future__ import annotations

import pytest

from painrules.answers import facts_of
from painrules.engines import EngineName, consult, durable
from tests.spec.spec import Spec, specs
from tests.world import hold, person, world

ENGINES: tuple[EngineName, ...] = ("reference", "durable")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("spec", list(specs()), ids=lambda spec: spec.title)
def test_table(spec: Spec, engine: EngineName) -> None:
    knowledge = world(spec.rules)
    for answers, expected in spec.data["table"]:
        own = {key: value for key, value in answers.items() if key not in ("conditions", "preferences")}
        fields = {key: answers[key] for key in ("conditions", "preferences") if key in answers}
        conclusion = consult(knowledge, person(knowledge, answers=own, **fields), engine).rules.get("the-rule")
        found = "impossible" if conclusion is None else "certain" if conclusion.certain else "possible"
        assert found == expected, answers


def test_every_word_of_the_language_is_specified() -> None:
    text = " ".join(str(spec.data["when"]) + str(spec.data.get("unless", "")) for spec in specs())
    for word in ("all", "any", "not", "at_least", "below", "includes", "finding", "condition", "preference"):
        assert f"'{word}'" in text, word


def test_what_fails_inside_durable_rules_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception in an action does not reach who asserted the fact."""
    knowledge = world([hold("r", {"ill": "yes"})])
    monkeypatch.setattr(durable, "_messages", lambda closure: 1 / 0)
    with pytest.raises(RuntimeError, match="division by zero"):
        durable.conclude(knowledge, facts_of(knowledge, person(knowledge, answers={"ill": "yes"})))
