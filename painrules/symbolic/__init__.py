"""Proofs about every possible person: rules as sets of people, and questions about those sets.

`space` says which people there can be, `compiled` turns a rule base into sets of them, `diagrams` and `sample` are two
kinds of sets (exact; some random people as a quick filter), `judge` confirms what is found with the reference engine,
`checks` (`safety`, `needed`) and `difference` ask the questions, and `report` collects the answers.
"""
