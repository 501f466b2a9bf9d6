"""A list that someone moves through: what the keys change, and how it looks at any size."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from painrules.answers import Answers
from painrules.interview import Command, Reply, next_step, start
from painrules.knowledge import KnowledgeBase
from painrules.sheet import explore
from painrules.surfaces import forms
from painrules.surfaces.choosing import Choosing
from painrules.surfaces.forms import Form, Line
from painrules.surfaces.picture import Picture

CHECKLIST = Form("Which?", "each", (Line("fever", "Fever"), Line("fall", "A fall"), Line("rash", "A rash")))
MEDICINES = Form(
    "Which of these do you take?", "some",
    (Line("nsaid", "Anti-inflammatory tablets", ("Advil (ibuprofen)", "Aleve (naproxen)")),
     Line("triptan", "Triptans", ("Imigrán (sumatriptan)",)), Line("lithium", "Lithium")),
)  # fmt: skip


def texts(choosing: Choosing) -> list[str]:
    return [row.text for row in choosing.rows]


def typed(choosing: Choosing, text: str) -> Choosing:
    for letter in text:
        choosing.type(letter)
    return choosing


def test_enter_on_an_untouched_checklist_never_says_no_to_all(knowledge: KnowledgeBase) -> None:
    choosing = Choosing(knowledge.wording, CHECKLIST)
    assert choosing.press() is None
    assert choosing.reply() == Reply(("fever",))


def test_a_line_goes_from_yes_to_not_sure_to_nothing(knowledge: KnowledgeBase) -> None:
    choosing = Choosing(knowledge.wording, CHECKLIST)
    seen = []
    for press in (choosing.press, lambda: choosing.type(" "), choosing.press):
        press()
        seen.append((choosing.reply(), choosing.rows[choosing.count].text))
    assert seen == [
        (Reply(("fever",)), "Go on: 1 yes, no to the rest"),
        (Reply((), ("fever",)), "Go on: 1 not sure, no to the rest"),
        (Reply(), "None of these is true for me"),
    ]


def test_none_is_said_only_by_its_own_row(knowledge: KnowledgeBase) -> None:
    choosing = Choosing(knowledge.wording, CHECKLIST)
    choosing.jump()
    assert choosing.row.text == "None of these is true for me"
    assert choosing.press() == Reply()
    choosing.jump()
    assert choosing.row.text == "Fever", "Tab comes back to where one was"


def test_not_sure_of_the_rest_keeps_what_is_marked(knowledge: KnowledgeBase) -> None:
    choosing = Choosing(knowledge.wording, CHECKLIST)
    choosing.press()
    choosing.move(1)
    choosing.not_sure_here()
    assert choosing.reply() == Reply(("fever",), ("fall",))
    assert choosing.not_sure() == Reply(("fever",), ("fall", "rash"))


def test_not_sure_of_nothing_marked_is_not_sure(knowledge: KnowledgeBase) -> None:
    assert Choosing(knowledge.wording, CHECKLIST).not_sure() == "not_sure"
    chosen = Choosing(knowledge.wording, replace(MEDICINES, chosen=("lithium",)))
    assert chosen.not_sure() is None, "what is chosen would be lost"


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("advil", "Anti-inflammatory tablets [Advil (ibuprofen)]"),
        ("NAPROX", "Anti-inflammatory tablets [Aleve (naproxen)]"),
        ("imigran", "Triptans [Imigrán (sumatriptan)]"),
        ("lith", "Lithium"),
        ("ibuprofin", "Anti-inflammatory tablets [Advil (ibuprofen)]"),
    ],
)
def test_typing_finds_lines_by_any_name(knowledge: KnowledgeBase, words: str, first: str) -> None:
    choosing = typed(Choosing(knowledge.wording, MEDICINES), words)
    assert choosing.row.text == first
    assert choosing.count == 1


def test_what_is_chosen_stays_chosen_while_another_is_looked_for(knowledge: KnowledgeBase) -> None:
    choosing = typed(Choosing(knowledge.wording, MEDICINES), "advil")
    choosing.press()
    typed(choosing, "lith")  # begins a new search
    assert choosing.typed == "lith"
    choosing.press()
    assert choosing.reply() == Reply(("nsaid", "lithium"))
    assert choosing.escape() is None
    assert choosing.count == 3
    assert choosing.row.text == "Lithium"
    assert choosing.escape() == "back"


def test_a_space_belongs_to_what_is_typed_until_the_cursor_moves(knowledge: KnowledgeBase) -> None:
    form = Form("?", "some", (Line("a", "Low back pain"), Line("b", "Low mood")))
    choosing = typed(Choosing(knowledge.wording, form), "low ba")
    assert (choosing.count, choosing.reply()) == (1, Reply())
    choosing.move(0)
    choosing.type(" ")
    assert choosing.reply() == Reply(("a",))


def test_enter_does_nothing_when_nothing_is_found(knowledge: KnowledgeBase) -> None:
    for kind in ("one", "some", "each"):
        choosing = typed(Choosing(knowledge.wording, replace(MEDICINES, kind=kind)), "qqqq")
        assert choosing.press() is None
        assert choosing.reply() == Reply()


def test_a_number_is_checked_where_it_is_written(knowledge: KnowledgeBase) -> None:
    _, form = forms.of_question(knowledge, "age")
    choosing = typed(Choosing(knowledge.wording, form), "6x7 0")
    assert choosing.typed == "670"
    assert choosing.press() is None
    assert "Please write a number from" in choosing.problem
    choosing.erase()
    assert not choosing.problem
    assert choosing.press() == Reply(number="67")


def test_kinds_of_pain_cannot_be_none(knowledge: KnowledgeBase) -> None:
    choosing = Choosing(knowledge.wording, forms.of_conditions(knowledge, Answers()))
    assert "on" not in {row.kind for row in choosing.rows}
    choosing.press()
    assert choosing.rows[choosing.count].kind == "on"


def long_forms(knowledge: KnowledgeBase) -> list[Form]:
    answers = Answers(conditions=("low_back_pain_chronic", "migraine"))
    step = next_step(knowledge, start(answers))
    assert step is not None
    return [
        forms.of_conditions(knowledge, Answers()),
        forms.of_treatments(knowledge, explore(knowledge, answers, "reference"), "next.which_tried", ()),
        forms.of_step(knowledge, step),
        *(forms.of_question(knowledge, id)[1] for id in ("age", "medicines_taken", "kidney_disease")),
    ]


@pytest.mark.parametrize("size", [(80, 24), (40, 10), (80, 10), (40, 40), (30, 8), (200, 60)])
def test_the_cursor_is_in_sight_at_any_size(knowledge: KnowledgeBase, size: tuple[int, int]) -> None:
    columns, rows = size
    for form in long_forms(knowledge):
        choosing = Choosing(knowledge.wording, form)
        picture = Picture(choosing, introduce=True)
        steps = [*[1] * len(choosing.rows), *[-1] * len(choosing.rows), 9999, -9999, 8, 8, -8]
        for by in steps:
            choosing.move(by)
            drawn = [text for _, text in picture.draw(columns, rows)]
            assert len(drawn) < rows
            assert max(map(len, drawn)) < columns
            marked = [text for text in drawn if text.startswith("> ")]
            assert len(marked) == 1
            assert choosing.row.text.split()[0] in marked[0]
            assert drawn[0].strip() or drawn[1].strip()


def test_no_style_has_a_colour(knowledge: KnowledgeBase) -> None:
    for form in long_forms(knowledge):
        styles = {style for style, _ in Picture(Choosing(knowledge.wording, form), introduce=True).draw(80, 24)}
        assert styles <= {"", "bold", "dim", "reverse", "bold underline"}


def test_a_medicine_marks_every_line_it_stands_for(knowledge: KnowledgeBase) -> None:
    _, form = forms.of_question(knowledge, "medicines_taken")
    choosing = Choosing(knowledge.wording, form)
    for letter in "cymbalta":
        choosing.type(letter)
    assert "[Cymbalta (duloxetine)]" in choosing.row.text
    choosing.press()
    assert set(choosing.reply().chosen) == {"ssri_or_snri", "cyp2d6_inhibitor"}
    choosing.press()
    assert choosing.reply().chosen == (), "and takes it back from each"


def test_enter_on_an_untouched_question_answers_nothing(knowledge: KnowledgeBase) -> None:
    _, form = forms.of_question(knowledge, "kidney_disease")
    choosing = Choosing(knowledge.wording, form)
    assert choosing.press() is None, "'normal' stands first, and must be meant"
    choosing.move(1)
    assert choosing.press() == Reply((form.lines[0].id,))


def test_tab_and_enter_before_anything_is_marked_do_not_stop(knowledge: KnowledgeBase) -> None:
    choosing = Choosing(knowledge.wording, forms.of_conditions(knowledge, Answers()))
    choosing.jump()
    assert choosing.row.text.startswith("Mark at least one line")
    assert choosing.press() is None


@pytest.mark.parametrize("wish", ["skip", "done"])
def test_what_is_marked_is_not_dropped_by_going_on(knowledge: KnowledgeBase, wish: Command) -> None:
    choosing = Choosing(knowledge.wording, CHECKLIST)
    choosing.press()
    assert choosing.wish(wish) is None
    assert choosing.problem.startswith("You marked something")
    choosing.press()
    choosing.press()
    assert (choosing.problem, choosing.wish(wish)) == ("", wish)


def test_the_plainest_name_that_begins_so_comes_first(knowledge: KnowledgeBase) -> None:
    choosing = typed(Choosing(knowledge.wording, forms.of_conditions(knowledge, Answers())), "back")
    assert choosing.row.text == "Back pain: I do not know which kind"
