"""Faults planted into rules, to see which of them no case and no invariant would notice.

`operators` makes the mutants of a rule, `by_cases` and `by_proof` find out who notices one and whose sheet it changes,
and `report` brings it together.
"""
