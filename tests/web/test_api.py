"""The HTTP API as a program uses it: the same data as the command line, and words for everything that is wrong."""

from __future__ import annotations

import json
import random
from typing import Any

import jsonschema
import openapi_spec_validator
import pytest

from painrules.answers import as_plain, read_answers
from painrules.knowledge import KnowledgeBase
from tests.people import somebody
from tests.test_commands import SAMPLE, data
from tests.web.client import Response
from tests.web.server import Server

JSON = {"Content-Type": "application/json", "Origin": "", "Sec-Fetch-Site": ""}


def post(server: Server, path: str, value: Any, **headers: str) -> Response:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return server.client().ask("POST", f"/api/v1/{path}", body, {**JSON, **headers})


def get(server: Server, path: str) -> Any:
    got = server.client().ask("GET", f"/api/v1/{path}", None, {"Origin": "", "Sec-Fetch-Site": ""})
    assert got.headers["content-type"] == "application/json"
    return json.loads(got.body)


def mistakes(got: Response) -> dict[str, str]:
    assert got.headers["content-type"] == "application/problem+json"
    return {one["field"]: one["message"] for one in json.loads(got.body).get("errors", [])}


def test_the_same_data_as_the_command_line(server: Server, knowledge: KnowledgeBase) -> None:
    me = as_plain(read_answers(SAMPLE.read_bytes(), "me", knowledge))
    assert json.loads(post(server, "sheet", me).body) == data("explore", "--answers", str(SAMPLE))
    other = json.loads(post(server, "what-if", {**me, "changes": {"kidney_disease": "none"}}).body)
    assert other == data("explore", "--answers", str(SAMPLE), "--what-if", "kidney_disease=none")
    assert get(server, "modalities") == data("modalities")
    assert {row["id"] for row in get(server, "sources")} == knowledge.sources.keys()
    assert {row["id"] for row in get(server, "questions")} == knowledge.questions.keys()
    assert get(server, "conditions?language=es")[0]["name"] == "Dolor de espalda"


def test_an_interview_by_the_api_says_urgent_signs_at_once_and_settles_the_sheet(
    server: Server, knowledge: KnowledgeBase
) -> None:
    person = somebody(knowledge, random.Random("api"), unsure=0.1)
    told: dict[str, Any] = {}
    so_far: dict[str, Any] = {"conditions": list(person.conditions), "answers": told, "skipped": ["age"]}
    signs: set[str] = set()
    while (state := json.loads(post(server, "next", so_far).body))["ask"]:
        signs |= {sign["id"] for sign in state["urgent"]}
        assert not any(sign["certain"] for sign in state["possible"])
        for question in state["ask"]["questions"]:
            value = person.knows[question["id"]]
            word = sorted(value) or ["none"] if isinstance(value, frozenset) else value
            word = "unsure" if value is None else word
            target = so_far if question["id"] == "preferences" else told
            assert question["id"] not in target
            target[question["id"]] = word
    del so_far["skipped"]
    assert "age" not in told
    sheet = json.loads(post(server, "sheet", so_far).body)
    assert {sign["id"] for sign in sheet["urgent"] if sign["certain"]} >= signs
    assert set(sheet["unknown"]) <= {"age", *(id for id, value in told.items() if value == "unsure"), "preferences"}


def test_a_sign_that_may_be_there_is_told_apart(server: Server) -> None:
    state = json.loads(post(server, "next", {"conditions": ["gout"], "answers": {"fever_with_pain": "yes"}}).body)
    assert state["urgent"] == []
    assert "arthritis-fever-weak-defences" in [sign["id"] for sign in state["possible"]]


def test_an_age_alone_points_to_no_sign_while_the_rest_is_still_to_be_asked(server: Server) -> None:
    person = {"conditions": ["low_back_pain_chronic"], "answers": {"age": 80}}
    assert json.loads(post(server, "next", person).body)["possible"] == []


def test_the_document_is_openapi_and_says_what_comes_back(server: Server, knowledge: KnowledgeBase) -> None:
    document = get(server, "openapi.json")
    openapi_spec_validator.validate(document)
    me = as_plain(read_answers(SAMPLE.read_bytes(), "me", knowledge))
    for path, body in (("sheet", me), ("next", {**me, "skipped": []}), ("what-if", {**me, "changes": {"age": 20}})):
        operation = document["paths"][f"/api/v1/{path}"]["post"]
        takes = operation["requestBody"]["content"]["application/json"]["schema"]
        gives = operation["responses"]["200"]["content"]["application/json"]["schema"]
        jsonschema.validate(body, {**takes, "components": document["components"]})
        jsonschema.validate(json.loads(post(server, path, body).body), {**gives, "components": document["components"]})
    for path in ("conditions", "modalities", "questions", "sources"):
        gives = document["paths"][f"/api/v1/{path}"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        jsonschema.validate(get(server, path)[:50], {**gives, "components": document["components"]})
    problem = json.loads(post(server, "sheet", {}).body)
    jsonschema.validate(problem, {"$ref": "#/components/schemas/Problem", "components": document["components"]})


def test_every_mistake_names_its_field(server: Server) -> None:
    wrong = {"conditions": ["gotu"], "answers": {"age": True, "preferences": []}, "tried": {"massage": "fun"}, "x": 1}
    assert mistakes(post(server, "sheet", wrong)).keys() == {
        "conditions[0]", "answers.age", "answers.preferences", "tried.massage", "x"
    }  # fmt: skip
    gout = {"conditions": ["gout"]}
    assert mistakes(post(server, "what-if", {**gout, "changes": {"age": 999}})) == {
        "changes.age": "999 is outside 0 to 120."
    }
    assert mistakes(post(server, "what-if", gout)).keys() == {"changes"}
    assert mistakes(post(server, "next", {**gout, "skipped": ["agee"]})).keys() == {"skipped[0]"}
    assert "line 2, column 4" in mistakes(post(server, "sheet", b'{"conditions":\n  [}'))[""]


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"3", b"[]", b'"x"', b"\xff", b'{"conditions": ["gout"], "conditions": []}', b"NaN", b"1" * 5000,
     b"[" * 100_000, b'{"a":' * 500, b'{"conditions": ["\\ud800"]}', b'{"\\ud800": 1}', b'{"conditions": {}}',
     b'{"conditions": ["gout"], "answers": {"age": 1e999}}', b'{"conditions": ["gout"], "answers": []}'],
)  # fmt: skip
def test_bad_input_is_a_problem_never_a_failure(server: Server, body: bytes) -> None:
    for path in ("sheet", "next", "what-if"):
        got = post(server, path, body)
        assert got.status == 422, (body, got.text)
        assert mistakes(got)


def test_whom_it_refuses(server: Server) -> None:
    gout = {"conditions": ["gout"]}
    refused = {
        415: {"Content-Type": "application/x-www-form-urlencoded"},
        403: {"Origin": "http://elsewhere.example"},
        421: {"Host": "elsewhere.example"},
        413: {"Content-Length": "300000"},
    }
    for status, headers in refused.items():
        got = post(server, "sheet", gout, **headers)
        assert (got.status, got.headers["content-type"]) == (status, "application/problem+json")
        assert "access-control-allow-origin" not in got.headers
    assert post(server, "sheet", gout, **{"Sec-Fetch-Site": "cross-site"}).status == 403
    assert post(server, "sheet", gout, **{"Content-Type": "text/plain"}).status == 415
    for method, path, status in (("OPTIONS", "sheet", 405), ("GET", "sheet", 405), ("GET", "nothing", 404)):
        got = server.client().ask(method, f"/api/v1/{path}")
        assert (got.status, got.headers["content-type"]) == (status, "application/problem+json")
        assert ("allow" in got.headers) is (status == 405)
    assert server.client().ask("GET", "/api/v1/sources?language=xx").status == 400
    assert "set-cookie" not in post(server, "sheet", gout).headers, "nothing is kept"
