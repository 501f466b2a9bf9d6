"""What is wrong in content is told by file, line, column and field, with what would be right; all of it at once."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from types import SimpleNamespace

import pytest

from painrules import content_files, loading
from painrules.knowledge import KnowledgeBase
from painrules.loading import knowledge_from, load_knowledge
from painrules.reading import ContentError, read_bytes
from tests.conftest import ROOT
from tests.world import WORLD, hold, world


def problems(rules: str = "", knowledge: str | None = None) -> list[str]:
    files = {"knowledge/world.yaml": (knowledge or json.dumps(WORLD)).encode(), "rules/r.yaml": rules.encode()}
    with pytest.raises(ContentError) as caught:
        knowledge_from(files)
    return [str(problem) for problem in caught.value.problems]


RULE = """\
rules:
  - id: r
    applies_to: {class: nsaid}
    when: {ill: yes}
    then: hold
    because: It may harm.
    sources: [s-for]
"""


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("then: hold", "then: hodl", "rules/r.yaml:5:5: rules[0].then: 'hodl' is not a value of this field. Did you mean 'hold'?"),
        ("because:", "becuase:", "rules/r.yaml:6:5: rules[0].becuase: is not a field here. Did you mean 'because'?"),
        ("class: nsaid", "class: nsaids", "rules/r.yaml:3:18: rules[0].applies_to.class: 'nsaids' does not exist. Did you mean 'nsaid'?"),
        ("class: nsaid", "klass: nsaid", "rules[0].applies_to.klass: is not a field here. Did you mean 'class'?"),
        ("ill: yes", "il: yes", "rules/r.yaml:4:12: rules[0].when.il: is not a question. Did you mean 'ill'?"),
        ("ill: yes", "ill: maybe", "rules[0].when.ill: 'maybe' does not exist. Valid: no, yes."),
        ("{ill: yes}", "{kidneys: [weak, failling]}", "rules[0].when.kidneys[1]: 'failling' does not exist. Did you mean 'failing'?"),
        ("{ill: yes}", "{takes: lithium}", "several answers are possible here. Write {includes: answer}."),
        ("{ill: yes}", "{age: 65}", "65 is no test of a number. Write {at_least: 65} or {below: 18}."),
        ("{ill: yes}", "{age: {at_least: 65, below: 18}}", "can never hold"),
        ("{ill: yes}", "{age: {at_lest: 65}}", "Did you mean 'at_least'?"),
        ("{ill: yes}", "{finding: old}", "'old' does not exist."),
        ("{ill: yes}", "{all: []}", "needs a list of tests."),
        ("{ill: yes}", "{}", "rules[0].when: is not a test."),
        ("[s-for]", "[s-fro]", "'s-fro' does not exist. Did you mean 's-for'?"),
        ("[s-for]", "s-for", "'s-for' is not a list. Write it in square brackets."),
        ("because: It may harm.", "because: 7", "7 is not text."),
        ("    sources: [s-for]\n", "", "rules[0].sources: is missing: 'then: hold' needs it."),
        ("then: hold", "then: finding", "rules[0].finding: is missing"),
        ("then: hold", "then: hold\n    level: soon", "rules[0].level: has no place in a rule with 'then: hold'."),
        ("  - id: r\n    ", "  - ", "rules[0].id: is missing."),
        ("then: hold", "then: hold\n    then: check", "rules/r.yaml:6:5: rules[0]: 'then' stands here twice (first in line 5)."),
        ("{ill: yes}", "&x {ill: yes}", "anchors (& and *) are not used here."),
        ("ill: yes", "<<: yes", "merge keys (<<) are not used here."),
        ("[s-for]", "!!python/object/apply:os.system ['true']", "the tag tag:yaml.org,2002:python/object/apply:os.system is not used here."),
        ("rules:", "regeln:", "regeln: is not a section here."),
        ("rules:\n", "rules: nothing\nx:\n", "rules: is not a list."),
        ("{ill: yes}", "{ill: yes", "is not YAML here"),
        ("{ill: yes}", "[" * 40 + "]" * 40, "is nested more than 30 deep."),
    ],
)  # fmt: skip
def test_problem(old: str, new: str, expected: str) -> None:
    assert old in RULE
    found = problems(RULE.replace(old, new, 1))
    assert any(expected in line for line in found), found


@pytest.mark.parametrize("year", ["2010.0", "20.5"])
def test_a_year_is_a_whole_number(year: str) -> None:
    world = json.dumps(WORLD).replace('"year": 2024', f'"year": {year}')
    assert any(f"sources[0].year: {year} is not a whole number." in line for line in problems(RULE, world))


def test_all_problems_are_reported() -> None:
    text = RULE.replace("hold", "hodl").replace("ill: yes", "il: yes") + RULE.split("\n", 1)[1].replace(
        "id: r", "di: r"
    )
    found = problems(text)
    assert len(found) >= 3, found


def test_cycle_of_findings_names_its_path() -> None:
    text = """\
rules:
  - {id: a, when: {finding: y}, then: finding, finding: x}
  - {id: b, when: {not: {finding: z}}, then: finding, finding: y}
  - {id: c, when: {any: [{ill: yes}, {finding: x}]}, then: finding, finding: z}
"""
    knowledge = json.dumps({**WORLD, "findings": [{"id": id, "name": id} for id in "xyz"]})
    assert any("findings go round in a circle: x > y > z > x." in line for line in problems(text, knowledge))


def test_condition_that_is_its_own_ancestor() -> None:
    conditions = [{"id": "a", "name": "a", "parent": "b"}, {"id": "b", "name": "b", "parent": "a"}]
    found = problems("rules: []", json.dumps({**WORLD, "conditions": conditions, "recommendations": []}))
    assert any("is its own ancestor: a > b > a" in line for line in found)


@pytest.mark.parametrize(
    ("checked", "again_by", "expected"),
    [
        ("soon", "2027-11-25", "reviews[0].checked: 'soon' is not a day. Write it as 2026-11-25."),
        ("2026-11-25", "2026-11-25", "reviews[0].again_by: is not within a year after 'checked'."),
        ("2026-11-25", "2028-01-01", "reviews[0].again_by: is not within a year after 'checked'."),
    ],
)
def test_a_review_has_two_days_within_a_year(checked: str, again_by: str, expected: str) -> None:
    found = problems("rules: []", json.dumps({**WORLD, "reviews": [{"checked": checked, "again_by": again_by}]}))
    assert any(expected in line for line in found), found


def test_there_is_one_review() -> None:
    reviews = [{"checked": "2026-11-25", "again_by": "2027-11-25"}] * 2
    assert any(
        "reviews[1]: is one too many" in line
        for line in problems("rules: []", json.dumps({**WORLD, "reviews": reviews}))
    )


def test_a_rule_that_is_too_wide_is_refused() -> None:
    parts = ", ".join("{any: [{ill: yes}, {kidneys: weak}, {colour: red}]}" for _ in range(6))
    found = problems(RULE.replace("{ill: yes}", f"{{all: [{parts}]}}"))
    assert any("can hold in 729 ways" in line for line in found)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"\xff\xfe\x00", "is not UTF-8 text."),
        (b"a: \x00", "has a character that YAML does not allow"),
        (b"- 1\n---\n- 2\n", "holds more than one YAML document."),
        (b"? [a, b]\n: 1\n", "a list or mapping cannot be a key."),
        (b"x" * 5_000_001, "is larger than 5,000,000 bytes."),
        (b"[" + b"1," * 450_000 + b"]", "holds more than 400,000 values."),
    ],
)
def test_form(raw: bytes, expected: str) -> None:
    with pytest.raises(ContentError, match=r"f\.yaml:[12]:") as caught:
        read_bytes(raw, "f.yaml")
    assert expected in str(caught.value)


@pytest.mark.parametrize(
    ("text", "value"),
    [("yes", "yes"), ("no", "no"), ("true", "true"), ("on", "on"), ("7", 7), ("-1.5", -1.5), ("'7'", "7"), ("", None),
     ("~", None), ("2020-01-01", "2020-01-01"), ("1:30", "1:30"), ("0x10", "0x10"), (".inf", ".inf"), ("1_000", "1_000")],
)  # fmt: skip
def test_plain_values(text: str, value: object) -> None:
    data = read_bytes(f"a: {text}\n".encode(), "f.yaml").data
    assert data == {"a": value}
    assert type(data["a"]) is type(value)


def test_control_characters_never_reach_the_terminal() -> None:
    found = problems(RULE.replace("ill", '"\\e[31mred"'))
    assert found
    assert not any("\x1b" in line for line in found)


def test_knowledge_is_immutable(knowledge: KnowledgeBase) -> None:
    with pytest.raises(TypeError):
        knowledge.rules["x"] = None  # type: ignore[index]
    with pytest.raises(AttributeError):
        knowledge.digest = ""  # type: ignore[misc]
    with pytest.raises(AttributeError):
        next(iter(knowledge.conditions.values())).name = ""  # type: ignore[misc]


def test_medicines_of_a_treatment() -> None:
    knowledge = world([hold("r", {"ill": "yes"}, applies_to={"medicine": ["m1", "m2"]})])
    rule = knowledge.rules["r"]
    assert rule.modalities == {"tablets", "gel"}
    assert rule.medicines == {"gel": {"m2"}}, "all medicines of the tablets are meant, so the tablets are"


# --- the cache -----------------------------------------------------------------------------------------------------


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "painrules"


def same(one: KnowledgeBase, other: KnowledgeBase) -> bool:
    names = ("digest", "rules", "questions", "sources", "recommendations", "explanations", "conditions", "modalities")
    return all(getattr(one, name) == getattr(other, name) for name in names)


def test_the_cache_holds_the_same_knowledge(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = load_knowledge(ROOT)
    (file,) = cache.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    monkeypatch.setattr(loading, "keep_lines", lambda *_: pytest.fail("was not read from the cache"))
    assert same(load_knowledge(ROOT), first)


@pytest.mark.parametrize("damage", [b"", b"garbage", b"\xff" * 50, b"[" * 100_000])
def test_a_damaged_cache_is_rebuilt_in_silence(cache: Path, damage: bytes, capfd: pytest.CaptureFixture[str]) -> None:
    first = load_knowledge(ROOT)
    (file,) = cache.iterdir()
    whole = file.read_bytes()
    for content in (damage, whole[:1000], whole[:-1], whole.replace(b"hold", b"note", 1)):
        file.write_bytes(content)
        assert same(load_knowledge(ROOT), first)
        assert file.read_bytes() == whole
    assert capfd.readouterr() == ("", "")


def test_changed_content_is_not_taken_from_the_cache(cache: Path, tmp_path: Path) -> None:
    folder = tmp_path / "own"
    for name in ("knowledge", "rules"):
        (folder / name).mkdir(parents=True)
    (folder / "knowledge/world.yaml").write_text(json.dumps(WORLD))
    (folder / "rules/r.yaml").write_text(RULE)
    assert load_knowledge(folder).rules["r"].effect == "hold"
    (folder / "rules/r.yaml").write_text(RULE.replace("then: hold", "then: check"))
    assert load_knowledge(folder).rules["r"].effect == "check"


def test_a_cache_that_cannot_be_written_costs_nothing_but_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/proc/nowhere")
    assert load_knowledge(ROOT).rules


def test_content_stays_inside_its_folder(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules/escape.yaml").symlink_to("/etc/passwd")
    with pytest.raises(ContentError, match="is not a plain file inside the content folder"):
        load_knowledge(tmp_path)


@pytest.mark.parametrize("told", [0, 7])
def test_a_file_is_read_whole_whatever_size_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: int) -> None:
    """It grows while it is read, or its disk does not know."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules/r.yaml").write_text("rules: []\n" + "# more\n" * 9 + "regeln: []\n")
    monkeypatch.setattr(content_files.os, "fstat", lambda descriptor: SimpleNamespace(st_size=told))
    with pytest.raises(ContentError, match=r"r\.yaml:11:1: regeln: is not a section here"):
        load_knowledge(tmp_path)


def test_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"has no knowledge/\*\.yaml and rules/\*\.yaml"):
        load_knowledge(tmp_path)
