"""Questions for learners, made from the rules and a made-up person: what may be asked, which are picked, what is due.

`questions` makes every question that can be asked of a person, `picking` chooses some by a seed, `memory` keeps what
was answered in a file that the learner owns.
"""
