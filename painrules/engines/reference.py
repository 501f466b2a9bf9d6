"""The reference engine: each rule in turn, straight from the meaning of the language. Slow, obvious, the judge."""

from __future__ import annotations

from painrules.engines import Conclusion, Conclusions
from painrules.expressions import Facts, any_truth, matched, truth
from painrules.knowledge import KnowledgeBase


def conclude(knowledge: KnowledgeBase, facts: Facts) -> Conclusions:
    """Apply every rule to the facts of one person; see `painrules.engines.consult`."""
    known = dict(facts)
    for finding, rules in knowledge.finding_rules.items():
        value = any_truth(truth(rule.when, known) for rule in rules)
        known[f"finding:{finding}"] = {True: "yes", None: None, False: "no"}[value]
    conclusions = {}
    for rule in knowledge.rules.values():
        value = truth(rule.when, known)
        if value is not False:
            because = matched(rule.when, known, certain=value is True)
            conclusions[rule.id] = Conclusion(certain=value is True, matched=because or frozenset())
    return Conclusions(conclusions, known, tuple(conclusions))
