"""Questions for learners, made from the rules and a made-up person: what may be asked, which are picked, what is due.

`questions` says what a question is, `making` makes every one that can be asked of a person from what is `concluded` for
them, `picking` chooses some by a seed, `memory` keeps what was answered in a file that the learner owns.
"""
