"""Ten thousand damaged files: the loader and the answers reader always say what is wrong, quickly, and never crash."""

from __future__ import annotations

import random
import time

from painrules.answers import read_answers
from painrules.knowledge import KnowledgeBase
from painrules.loading import knowledge_from
from painrules.reading import ContentError
from tests.conftest import ROOT

SNIPPETS = [b"{", b"}", b"[", b"]", b": ", b"- ", b"\n", b"&a ", b"*a", b"!!python/object:os.system ", b"<<: *a", b"\x00", b"\xff",
            b"'", b'"', b"|", b">", b"#", b"%", b"@", b"`", b"? ", b"---\n", b"...\n", b"~", b"yes", b"1e999", b"\xe2\x80\xae", b"\t",
            b"[" * 200, b"{a: " * 100, b"- " * 300, b"\xef\xbb\xbf", b"0" * 400, b"!<tag:x>", b"\r", b"\x1b[31m"]  # fmt: skip


def damaged(whole: bytes, dice: random.Random) -> bytes:
    content = bytearray(whole)
    for _ in range(dice.choice([1, 1, 2, 5, 20])):
        start = dice.randrange(len(content) + 1)
        kind = dice.randrange(6)
        if kind == 0:
            content[start : start + dice.randint(1, 40)] = b""
        elif kind == 1:
            content[start:start] = dice.choice(SNIPPETS)
        elif kind == 2 and start < len(content):
            content[start] = dice.randrange(256)
        elif kind == 3:
            content[start:] = b""
        elif kind == 4:
            other = dice.randrange(len(content) + 1)
            content[start:start] = content[other : other + dice.randint(1, 200)]
        else:
            lines = bytes(content).split(b"\n")
            dice.shuffle(lines)
            content = bytearray(b"\n".join(lines))
    return bytes(content)


def tried(read, content: bytes) -> bool:
    """Whether reading succeeds. Anything but a ContentError with a place is a failure, and so is a hang."""
    started = time.monotonic()
    try:
        read(content)
        return True
    except ContentError as error:
        assert error.problems
        for problem in error.problems:
            assert problem.line >= 1
            assert problem.message
            assert "\x1b" not in str(problem)
        return False
    finally:
        assert time.monotonic() - started < 20, content


def test_damaged_answers(knowledge: KnowledgeBase) -> None:
    dice = random.Random(1)
    whole = (ROOT / "samples/back_pain_and_kidneys.yaml").read_bytes()
    good = sum(tried(lambda raw: read_answers(raw, "a.yaml", knowledge), damaged(whole, dice)) for _ in range(6000))
    assert 0 < good < 6000


def test_damaged_content() -> None:
    dice = random.Random(2)
    world = (ROOT / "tests/damage_world.yaml").read_bytes()
    rules = (ROOT / "tests/damage_rules.yaml").read_bytes()
    good = 0
    for number in range(4000):
        files = {"knowledge/world.yaml": world, "rules/r.yaml": rules}
        name = "rules/r.yaml" if number % 2 else "knowledge/world.yaml"
        files[name] = damaged(files[name], dice)
        good += tried(knowledge_from, files)
    assert 0 < good < 4000
