"""The local web page over plain HTTP: the same answers and sheet as elsewhere, and whom it refuses."""

from __future__ import annotations

import json
import random
import re
import socket
from pathlib import Path

import pytest
import yaml

from painrules.answers import read_answers
from painrules.knowledge import KnowledgeBase
from painrules.sheet import explore
from painrules.web.posted import Posted
from painrules.web.sessions import MOST_STEPS_BACK, Sessions, trail
from painrules.web.visits import Site, Visit, _made
from tests.people import essence, somebody
from tests.test_commands import SAMPLE, data, run
from tests.web.client import Client, Fields, Response, form_in
from tests.web.server import Server, serving

ADDRESSES = re.compile(
    r"/|/begin|/bring|/where|/question(/\d+)?|/urgent|/sheet|/everything|/page\.(json|md|html|pdf)|/answers\.yaml"
    r"|/keep|/change(/answer)?|/take-along|/tried(/how)?|/talk-about|/compare(/seen)?|/what-if(/answer|/seen)?|/end"
)
HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


def answers_of(client: Client) -> dict:
    return yaml.safe_load(client.ask("GET", "/answers.yaml").body)


# --- the same as elsewhere -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", range(3))
def test_a_whole_interview_gives_the_sheet_of_explore(server: Server, knowledge: KnowledgeBase, number: int) -> None:
    person = somebody(knowledge, random.Random(f"web-{number}"), unsure=0.1)
    client = server.client()
    client.interview(person)
    assert client.seen[-1] == "/sheet"
    answers = read_answers(client.ask("GET", "/answers.yaml").body, "kept", knowledge)
    assert all(answers.known.get(id) == value for id, value in person.knows.items() if id in answers.known)
    sheet = explore(knowledge, answers)
    assert (
        client.ask("GET", "/page.json").body
        == (json.dumps(sheet.as_plain(), indent=2, ensure_ascii=False) + "\n").encode()
    )
    assert essence(knowledge, sheet) == essence(knowledge, explore(knowledge, person.everything, "reference"))
    assert [address for address in client.seen if not ADDRESSES.fullmatch(address)] == [], "no answer is in an address"


def test_kept_answers_can_be_brought_along(client: Client, tmp_path: Path) -> None:
    client.bring("me.yaml", SAMPLE.read_bytes())
    assert client.page.status == 200
    kept = client.ask("GET", "/answers.yaml")
    assert kept.headers["content-disposition"] == 'attachment; filename="answers.yaml"'
    (tmp_path / "kept.yaml").write_bytes(kept.body)
    assert json.loads(client.ask("GET", "/page.json").body) == data("explore", "--answers", str(tmp_path / "kept.yaml"))
    assert data("explore", "--answers", str(SAMPLE)) == json.loads(client.ask("GET", "/page.json").body)


@pytest.mark.parametrize(("ending", "start"), [("html", b"<!DOCTYPE html>"), ("md", b"# "), ("pdf", b"%PDF-")])
def test_the_page_can_be_downloaded(client: Client, ending: str, start: bytes) -> None:
    client.bring("me.yaml", SAMPLE.read_bytes())
    assert f'href="/page.{ending}"' in client.get("/take-along").text
    page = client.ask("GET", f"/page.{ending}")
    assert page.headers["content-disposition"] == f'attachment; filename="page.{ending}"'
    assert page.body.startswith(start)


def test_marks_and_views(client: Client) -> None:
    client.bring("me.yaml", SAMPLE.read_bytes())
    client.get("/tried")
    assert "oral_nsaids" in form_in(client.page.text, "go").ticked
    client.send("go", ("line", "oral_nsaids"), ("line", "acupuncture"))
    assert client.send("go").status == 422, "how it went has to be said"
    client.send("go", ("result-oral_nsaids", "helped"), ("result-acupuncture", "did_not_help"))
    assert answers_of(client)["tried"] == {"acupuncture": "did_not_help", "oral_nsaids": "helped"}
    client.get("/talk-about")
    client.send("go", ("line", "acupuncture"))
    assert answers_of(client)["talk_about"] == ["acupuncture"]
    assert "you want to talk about it" in client.get("/sheet").text
    client.get("/compare")
    assert client.send("go", ("line", "acupuncture")).status == 422
    compared = client.send("go", ("line", "acupuncture"), ("line", "tramadol")).text
    assert "<dt>Acupuncture</dt>" in compared
    assert "<dt>Tramadol</dt>" in compared
    before = answers_of(client)
    client.get("/what-if")
    client.send("go", ("line", form_in(client.page.text, "go").lines[0]))
    other = form_in(client.page.text, "go")
    client.send("go", ("line", next(line for line in other.lines if line not in other.ticked)))
    assert "What if some answers were different?" in client.page.text
    assert answers_of(client) == before, "trying an answer does not give it"
    assert "Sources" in client.get("/everything").text


def test_an_answer_can_be_changed(client: Client) -> None:
    client.bring("me.yaml", b"conditions: [low_back_pain_chronic]\nanswers: {age: 40, saddle_numbness: no}")
    client.get("/change")
    assert set(form_in(client.page.text, "go").lines) >= {"age", "saddle_numbness"}
    client.send("go", ("line", "age"))
    assert form_in(client.page.text, "go").number == "40"
    assert client.send("go", ("number", "400")).status == 422
    client.send("go", ("number", "41"))
    assert answers_of(client)["answers"]["age"] == 41
    client.get("/change")
    client.send("go", ("line", "saddle_numbness"))
    assert form_in(client.page.text, "go").ticked == ["no"]
    client.send("go", ("line", "saddle_numbness"))
    assert client.seen[-1] == "/urgent"
    assert answers_of(client)["answers"]["saddle_numbness"] == "yes"


def test_another_language(client: Client) -> None:
    client.get("/es")
    client.send("begin")
    assert '<html lang="es">' in client.page.text
    assert "¿Dónde" in client.page.text
    assert "Esta traducción la hizo una máquina" in client.page.text


# --- what a form says --------------------------------------------------------------------------------------------------


def test_an_empty_form_never_means_no(client: Client) -> None:
    client.start("low_back_pain_chronic")
    asked = form_in(client.page.text, "go")
    assert client.send("go").status == 422
    assert "Nothing is ticked" in client.page.text
    assert answers_of(client)["answers"] == {}
    client.get("/question")
    client.send("none")
    assert set(answers_of(client)["answers"].values()) == {"no"}
    assert len(answers_of(client)["answers"]) == len(asked.lines)


@pytest.mark.parametrize("button", ["none", "not_sure", "skip", "done"])
def test_nothing_that_is_ticked_is_dropped(client: Client, button: str) -> None:
    client.start("low_back_pain_chronic")
    line = form_in(client.page.text, "go").lines[0]
    assert client.send(button, ("line", line)).status == 422
    assert form_in(client.page.text, "go").ticked == [line], "it is still ticked"
    assert answers_of(client)["answers"] == {}


def test_a_sign_is_told_at_once(client: Client) -> None:
    client.start("low_back_pain_chronic")
    client.send("go", ("line", "saddle_numbness"), ("unsure", "new_bladder_bowel_problem"))
    assert client.seen[-1] == "/urgent"
    assert 'role="alert"' in client.page.text
    assert "emergency department" in client.page.text
    assert answers_of(client)["answers"]["new_bladder_bowel_problem"] == "unsure"


def test_a_sign_that_may_be_there_is_told_as_such(client: Client, knowledge: KnowledgeBase) -> None:
    client.bring("me.yaml", b"conditions: [gout]\nanswers: {fever_with_pain: yes}")
    assert client.seen[-1] == "/urgent"
    assert f"<p>{knowledge.wording['possible']} " in client.page.text


def test_a_number_that_is_none(client: Client) -> None:
    client.start("low_back_pain_chronic")
    while 'asks" value="age' not in client.page.text:
        client.send("skip")
    for wrong in ("", "old", "-1", "1e9", "nan"):
        assert client.send("go", ("number", wrong)).status == 422
        assert 'aria-invalid="true"' in client.page.text
    client.get("/question")
    client.send("go", ("number", "61,5"))
    assert answers_of(client)["answers"]["age"] == 61.5


def test_the_browsers_back_button(client: Client) -> None:
    client.start("low_back_pain_chronic")
    old, first = client.seen[-1], form_in(client.page.text, "go")
    client.send("none")
    client.send("none")
    before = answers_of(client)["answers"]
    client.get(old)
    again = form_in(client.page.text, "go")
    assert again.lines == first.lines
    line = first.lines[2]
    client.send("go", ("line", line))
    assert answers_of(client)["answers"] == {**before, line: "yes"}
    client.get(old)
    assert form_in(client.page.text, "go").ticked == [line], "what was answered is ticked"


def test_two_tabs_answer_their_own_questions(client: Client) -> None:
    client.start("low_back_pain_chronic")
    page, form = client.page, form_in(client.page.text, "go")
    client.send("none")
    second = form_in(client.page.text, "go")
    client.page = page  # the other tab still shows the first question
    client.send("go", ("line", form.lines[0]))
    given = answers_of(client)["answers"]
    assert given[form.lines[0]] == "yes"
    assert not set(second.lines) & set(given), "the question of the newer tab was not answered"


# --- whom it refuses ---------------------------------------------------------------------------------------------------


def test_headers_of_every_answer(client: Client) -> None:
    client.start("low_back_pain_chronic")
    token = dict(form_in(client.page.text, "go").hidden)["token"]
    answers: list[tuple[int, Response]] = [
        *(
            (200, client.ask("GET", path))
            for path in ("/", "/style.css", "/page.js", "/favicon.ico", "/sheet", "/page.json")
        ),
        (303, client.ask("GET", "/question")),
        (400, client.ask("POST", "/question/0", f"token={token}".encode())),
        (404, client.ask("GET", "/none")),
        (405, client.ask("PUT", "/")),
        (405, client.ask("POST", "/sheet", f"token={token}".encode())),
        (421, client.ask("GET", "/", headers={"Host": "example.org"})),
    ]
    for status, answer in answers:
        assert answer.status == status, answer.text
        for name, value in HEADERS.items():
            assert answer.headers[name] == value
        assert "server" not in answer.headers
    assert " style=" not in client.get("/sheet").text
    assert re.findall(r"<script[^>]*>", client.page.text) == ['<script src="/page.js" defer>']


def test_the_cookie(server: Server) -> None:
    client = server.client()
    client.get("/")
    begun = client.ask("POST", "/begin", b"language=en")
    name, *rest = begun.headers["set-cookie"].split("; ")
    assert re.fullmatch(rf"painrules_{server.port}=[\w-]{{43}}", name)
    assert sorted(rest) == ["HttpOnly", "Path=/", "SameSite=strict"]


@pytest.mark.parametrize(
    "host",
    [
        "example.org",
        "example.org:{port}",
        "127.0.0.1",
        "127.0.0.1:1",
        "127.0.0.1.example.org:{port}",
        "127.0.0.2:{port}",
    ],
)
def test_a_name_that_was_made_to_lead_here(client: Client, host: str) -> None:
    """DNS rebinding: a foreign name that resolves to this computer."""
    client.start("gout")
    name = host.format(port=client.port)
    answer = client.ask("GET", "/sheet", headers={"Host": name, "Origin": f"http://{name}"})
    assert answer.status == 421
    assert "Gout" not in answer.text


def test_localhost_is_a_name_of_it(client: Client) -> None:
    assert client.ask("GET", "/", headers={"Host": f"localhost:{client.port}"}).status == 200


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://example.org"}, {"Origin": "null"}, {"Origin": ""}, {"Origin": "http://127.0.0.1:1"},
     {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}],
)  # fmt: skip
def test_a_form_from_elsewhere(client: Client, headers: dict[str, str]) -> None:
    client.start("gout")
    fields = form_in(client.page.text, "go").hidden
    assert client.post("/question/0", [*fields, ("do", "none")], headers).status == 403
    assert client.ask("POST", "/begin", b"language=en", headers).status == 403
    assert answers_of(client)["answers"] == {}


def test_another_page_cannot_embed_or_fetch_it(client: Client) -> None:
    client.start("gout")
    assert client.ask("GET", "/sheet", headers={"Sec-Fetch-Site": "cross-site"}).status == 403
    assert client.ask("GET", "/sheet", headers={"Sec-Fetch-Site": "none"}).status == 200, "typed by the person"


def test_a_form_without_the_token_of_the_session(server: Server, client: Client) -> None:
    other = server.client()
    for one in (client, other):
        one.start("gout")
    fields = form_in(client.page.text, "go").hidden
    theirs = dict(form_in(other.page.text, "go").hidden)["token"]
    for token in (None, "", "x", theirs, "\u00e9"):
        sent: Fields = [(name, value) for name, value in fields if name != "token"]
        sent += [("token", token)] if token is not None else []
        assert client.post("/question/0", [*sent, ("do", "none")]).status == 403
        assert client.post("/end", sent).status == 403
    assert answers_of(client)["answers"] == {}


def test_each_session_sees_its_own(server: Server) -> None:
    one, two = server.client(), server.client()
    one.start("gout")
    two.start("fibromyalgia")
    one.send("none")
    assert answers_of(two) == {"conditions": ["fibromyalgia"], "answers": {}}
    assert answers_of(one)["conditions"] == ["gout"]
    assert "Gout" not in two.get("/sheet").text


def test_without_a_session(client: Client) -> None:
    for path in ("/sheet", "/question", "/question/3", "/answers.yaml", "/page.json", "/end", "/urgent", "/where"):
        answer = client.ask("GET", path)
        assert answer.status == 404
        assert "You have not started yet" in answer.text
    client.cookie = f"painrules_{client.port}=made-up"
    gone = client.ask("GET", "/sheet")
    assert gone.status == 410
    assert "no longer here" in gone.text
    assert "4 hours" in gone.text


def test_deleted_is_gone(client: Client) -> None:
    client.start("gout")
    cookie = client.cookie
    client.get("/end")
    assert "Your answers are deleted" in client.send("end").text
    client.cookie = cookie
    assert client.ask("GET", "/answers.yaml").status == 410


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "PAINT"])
def test_other_methods(client: Client, method: str) -> None:
    assert client.ask(method, "/").status == 405


def test_head_is_a_get_without_the_page(client: Client) -> None:
    answer = client.ask("HEAD", "/")
    assert (answer.status, answer.body) == (200, b"")


def test_too_much(client: Client) -> None:
    assert client.ask("POST", "/begin", b"language=en&x=" + b"x" * 300_000).status == 413
    assert client.ask("POST", "/begin", b"&".join(b"a=1" for _ in range(2000))).status == 400
    assert client.bring("me.yaml", b"#" * 300_000).status == 413
    with socket.create_connection(("127.0.0.1", client.port)) as line:  # no length: it could go on for ever
        line.sendall(
            f"POST /begin HTTP/1.1\r\nHost: {client.host}\r\nOrigin: http://{client.host}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
        )
        assert b" 411 " in line.recv(100)


@pytest.mark.parametrize("path", ["/../pyproject.toml", "/style.css/../../app.py", "/%2e%2e/%2e%2e/etc/passwd", "/page.py", "/page.css",
                                  "//etc/passwd", "/question/-1", "/question/x", f"/question/{'9' * 5000}", "/page./etc/passwd", "/style.css%00", "/static/app.py"])  # fmt: skip
def test_no_other_file(client: Client, path: str) -> None:
    client.start("gout")
    assert client.ask("GET", path).status == 404


@pytest.mark.parametrize(
    ("fields", "status"),
    [([], 400), ([("asks", "nothing")], 400), ([("asks", "age"), ("asks", "sex_at_birth")], 400), ([("asks", "age")], 400),
     ([("asks", "saddle_numbness"), ("do", "go"), ("line", "<script>")], 400), ([("asks", "age"), ("do", "quit")], 400)],
)  # fmt: skip
def test_forms_that_no_page_sends(client: Client, fields: Fields, status: int) -> None:
    client.start("gout")
    token = dict(form_in(client.page.text, "go").hidden)["token"]
    assert client.post("/question/0", [("token", token), *fields]).status == status
    assert answers_of(client)["answers"] == {}


HOSTILE = [
    (b"conditions: [<script>alert(1)</script>]", "is not a condition"),
    (b"conditions: [gout]\nanswers: {\"\\e[31m<b>\": yes}", "is not a question"),
    (b"conditions: [gout]\nanswers: {age: \"\x1b[31m\"}", "does not allow"),
    (b"conditions: [\xff\xfe]", "is not UTF-8"),
    (b"conditions: [gout]\nx: &a [*a]", "anchors"),
    (b"[" * 5000, "nesting"),
    (b"", "choose a file"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "expected"), HOSTILE)
def test_a_hostile_answers_file(client: Client, content: bytes, expected: str) -> None:
    client.bring('"><script>.yaml', content)
    assert client.page.status == 422
    assert expected in client.page.text
    assert "<script>" not in client.page.text
    assert "<b>" not in client.page.text
    assert "\x1b" not in client.page.text
    assert client.cookie == "", "no session was begun"


# --- the process -------------------------------------------------------------------------------------------------------


def test_it_asks_nothing_of_any_other_place(knowledge: KnowledgeBase) -> None:
    with serving(watched=True) as server:
        client = server.client()
        client.interview(somebody(knowledge, random.Random("network")))
        for path in ("/everything", "/page.html", "/page.md", "/answers.yaml", "/style.css"):
            assert client.ask("GET", path).status == 200
        assert server.stop() == (0, "\nEnded. No answers were kept.\n", "")


def test_nothing_is_written_or_logged(knowledge: KnowledgeBase) -> None:
    """The process may not make any file larger than nothing, and its folders are empty afterwards."""
    with serving() as server:
        client = server.client()
        client.interview(somebody(knowledge, random.Random("disk")))
        client.bring("me.yaml", SAMPLE.read_bytes() + b"#" * 200_000)
        assert client.page.status == 200
        for path in ("/everything", "/page.pdf", "/page.html", "/page.md", "/answers.yaml", "/none"):
            client.ask("GET", path)
        client.ask("POST", "/begin", b"\xff\xfe")
        with socket.create_connection(("127.0.0.1", server.port)) as line:
            line.sendall(b"nonsense\r\n\r\n")
            line.recv(100)
        assert list(server.folder.rglob("*")) == []
        code, out, err = server.stop()
    assert code == 0
    assert out.strip() == "Ended. No answers were kept."
    assert err == ""


def test_a_fault_of_the_program_tells_no_answer(knowledge: KnowledgeBase, capsys: pytest.CaptureFixture[str]) -> None:
    def broken(visit: Visit) -> None:
        raise ValueError("kidney_disease: severe")

    answer = _made(broken, Visit(Site({"en": knowledge}, "c"), {}, "", None, Posted()))  # type: ignore[arg-type]
    assert answer.status_code == 500
    told = capsys.readouterr()
    assert "ValueError" in told.err
    assert "kidney" not in told.err + told.out + bytes(answer.body).decode()


def test_it_ends_while_a_browser_holds_a_connection() -> None:
    with serving() as server:
        client = server.client()
        client.start("gout")
        code, _, err = server.stop()
    assert (code, err) == (0, "")


def test_addresses_that_cannot_be_used(server: Server) -> None:
    for arguments, expected in (
        (("--port", str(server.port)), "Try --port 0"),
        (("--host", "0.0.0.0"), "Name the one address"),
        (("--host", "::"), "Name the one address"),
        (("--host", "no.such.name.invalid"), "no address of this computer"),
        (("--language", "xx"), "there is no language"),
    ):
        done = run("serve", *arguments)
        assert done.returncode == 2
        assert expected in done.stderr, done.stderr


def test_others_on_the_network_only_on_wish_and_by_that_name() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing: finds the address that this computer has
        except OSError:
            pytest.skip("this computer has no other address")
        own = probe.getsockname()[0]
    with serving("--host", own) as server:
        line = socket.create_connection((own, server.port))
        line.sendall(f"GET / HTTP/1.1\r\nHost: localhost:{server.port}\r\n\r\n".encode())
        assert b" 421 " in line.recv(100)
        line.close()
        line = socket.create_connection((own, server.port))
        line.sendall(f"GET / HTTP/1.1\r\nHost: {own}:{server.port}\r\n\r\n".encode())
        assert b" 200 " in line.recv(100)
        line.close()
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", server.port))
        assert "anyone on your network" in server.stop()[2]


# --- how much is remembered --------------------------------------------------------------------------------------------


def test_the_longest_idle_session_goes_first() -> None:
    now = [0.0]
    sessions = Sessions(most=3, idle=10, clock=lambda: now[0])
    one, two, three = (sessions.begin("en").id for _ in range(3))
    now[0] = 1
    assert sessions.find(one)
    sessions.begin("en")
    assert sessions.find(two) is None, "it was idle longest"
    assert sessions.find(one)
    now[0] = 10.5
    assert sessions.find(three) is None
    assert sessions.find(one)
    now[0] = 30
    assert sessions.find(one) is None
    assert len(sessions) == 0


def test_steps_are_bounded() -> None:
    session = Sessions().begin("en")
    for _ in range(5 * MOST_STEPS_BACK):
        session.go(lambda progress: progress.choose(["gout"]))
        assert len(trail(session.progress)) <= MOST_STEPS_BACK
    assert session.answers.conditions == ("gout",)


def test_without_its_libraries_it_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "uvicorn.py").write_text("raise ImportError")
    done = run("serve", PYTHONPATH=str(tmp_path))
    assert done.returncode == 2
    assert "painrules[web]" in done.stderr
