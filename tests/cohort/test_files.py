"""`painrules cohort` and `painrules people` as processes, with real files: right, wrong and damaged."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import polars as pl
import pytest

from painrules.alternatives import STATUSES
from painrules.cohort.summary import hidden
from tests.test_commands import data, run

HERE = Path(__file__).parent
SVG = "{http://www.w3.org/2000/svg}"
Write = Callable[[str, "str | bytes"], Path]


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("people") / "people.parquet"
    assert run("people", "--n", "3000", "--seed", "7", "--output", str(path)).returncode == 0
    return path


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_statuses_and_reasons_of_everyone(crowd: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"
    done = run(
        "cohort", str(crowd), "--option", "oral_nsaids", "--option", "acupuncture", "--reasons", "--output", str(out)
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "3,000 people" in done.stdout
    assert out.stat().st_mode & 0o777 == 0o600
    table = pl.read_parquet(out)
    assert table.columns == ["person", "urgent", "urgent.certain", "urgent.possible", "oral_nsaids", "oral_nsaids.certain",
                             "oral_nsaids.possible", "acupuncture", "acupuncture.certain", "acupuncture.possible"]  # fmt: skip
    assert table["person"].to_list() == list(range(1, 3001)), "nobody is lost, and the order is kept"
    held = table.filter(pl.col("oral_nsaids") == "held_back")
    assert len(held) and held["oral_nsaids.certain"].str.len_chars().min() > 0


def test_csv_in_and_out_say_the_same(crowd: Path, tmp_path: Path) -> None:
    text = tmp_path / "people.csv"
    assert run("people", "--n", "3000", "--seed", "7", "--output", str(text)).returncode == 0
    for source, name in ((crowd, "a.csv"), (text, "b.csv")):
        done = run("cohort", str(source), "--option", "oral_nsaids", "--reasons", "--output", name, cwd=tmp_path)
        assert done.stderr == ""
    assert (tmp_path / "a.csv").read_text() == (tmp_path / "b.csv").read_text()


def test_the_same_seed_gives_the_same_people(crowd: Path, tmp_path: Path) -> None:
    fewer = tmp_path / "fewer.parquet"
    assert run("people", "--n", "100", "--seed", "7", "--output", str(fewer)).returncode == 0
    everyone = pl.read_parquet(crowd)
    assert pl.read_parquet(fewer).equals(everyone.head(100))
    sexes, pregnant = everyone["sex_at_birth"].cast(str), everyone["pregnancy"].cast(str)
    assert not everyone.filter((sexes == "male") & pregnant.str.starts_with("pregnant")).height
    assert 0.14 < everyone["medicines_taken:statin"].mean() < 0.20


def test_summary_adds_up_and_hides_small_counts(crowd: Path) -> None:
    whole = data("cohort", str(crowd), "--hide-below", "0")
    assert whole["people"] == 3000 == sum(whole["urgent"].values())
    for row in whole["rows"]:
        assert row["people"] == sum(
            row[s] for s in ("option", "with_care", "check_first", "held_back", "advised_against")
        )
    shown = data("cohort", str(crowd), "--hide-below", "25")
    counts = [n for row in shown["rows"] for n in row.values() if isinstance(n, int)]
    assert all(n == 0 or n >= 25 for n in counts)
    assert shown["hidden_conditions"] > 0
    assert run("cohort", str(crowd), "--format", "csv").stdout.startswith(
        "condition,treatment,people,option,with_care,"
    )


def test_the_summary_as_a_picture(crowd: Path, tmp_path: Path) -> None:
    """Well formed; colour, symbol and number of every part, all of it in words as well; small counts stay hidden."""
    path = tmp_path / "summary.svg"
    arguments = ["cohort", str(crowd), "--condition", "low_back_pain_chronic", "--hide-below", "25"]
    done = run(*arguments, "--format", "svg", "--summary", str(path))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert path.stat().st_mode & 0o777 == 0o600
    assert run(*arguments, "--format", "svg").stdout == path.read_text()
    picture = ElementTree.parse(path).getroot()
    title, says = picture.findtext(f"{SVG}title") or "", picture.findtext(f"{SVG}desc") or ""
    assert picture.get("role") == "img" and picture.get("aria-labelledby") == "title says"
    assert title.startswith("Long-lasting low back pain")
    rows = [row for row in data(*arguments)["rows"] if row["condition"] == "low_back_pain_chronic"]
    bars = picture.findall(f"{SVG}g")
    assert len(bars) == len(rows)
    for bar in bars:
        name, _, numbers = (bar.findtext(f"{SVG}title") or "").rpartition(": ")
        assert f"{name}: {numbers}." in says
        shown = [part.rpartition(" ")[2] for part in numbers.split(", ")]
        texts = [text.text for text in bar.findall(f"{SVG}text")]
        assert texts[-5:] == shown
        row = next(row for row in rows if [shown_share(row, status) for status in STATUSES] == shown)
        solid = [part for part in bar.findall(f"{SVG}rect") if part.get("fill") != "none"]
        assert len(solid) == sum(bool(row[status]) for status in STATUSES)
        assert (len(bar.findall(f"{SVG}rect")) > len(solid)) is (None in row.values())
    assert "?" in [text.text for bar in bars for text in bar.findall(f"{SVG}text")[-5:]]


def shown_share(row: dict[str, Any], status: str) -> str:
    return "?" if row[status] is None else f"{row[status] / row['people']:.0%}"


def test_a_picture_of_all_conditions(crowd: Path) -> None:
    found = data("cohort", str(crowd))
    picture = ElementTree.fromstring(run("cohort", str(crowd), "--format", "svg").stdout)
    assert len(picture.findall(f"{SVG}g")) == len(found["conditions"])
    done = run("cohort", str(crowd), "--summary", "x.svg")
    assert done.returncode == 2 and "--format" in done.stderr


@pytest.mark.parametrize(
    ("numbers", "limit", "expected"),
    [
        ([50, 0, 20], 10, [50, 0, 20]),
        ([50, 3, 20], 10, [50, None, None]),
        ([50, 3, 0], 10, [None, None, 0]),
        ([50, 6, 7, 20], 10, [50, None, None, 20]),
        ([50, 2, 3, 20], 10, [50, None, None, None]),
        ([3, 0], 10, [None, 0]),
        ([5, 1], 0, [5, 1]),
    ],
)
def test_a_hidden_count_cannot_be_worked_out(numbers: list[int], limit: int, expected: list[int | None]) -> None:
    assert hidden(numbers, limit) == expected


def test_at_the_terminal(crowd: Path) -> None:
    for extra in ([], ["--condition", "low_back_pain_chronic"]):
        lines = run("cohort", str(crowd), *extra).stdout.splitlines()
        assert max(map(len, lines)) <= 80
    plain = run("cohort", str(crowd), "--condition", "low_back_pain_chronic", "--plain").stdout
    assert not any("\u2500" <= character <= "\u259f" for character in plain)


MAP = """
person: PATID
conditions: {column: dx, separator: "|", codes: {"M54.5*": low_back_pain_chronic, "G43*": migraine}, others: ignore}
answers:
  age: AGE
  kidney_disease: {column: egfr, ranges: [{below: 30, is: severe}, {at_least: 30, below: 60, is: moderate}, {at_least: 60, is: unsure}]}
  stroke_or_tia: {column: dx, separator: "|", codes: {"I63*": yes}, others: ignore, absent: no}
  osteoporosis: {column: dx, separator: "|", codes: {"M81*": yes}, others: ignore}
  pain_intensity: {column: vas_mm, factor: 0.1, codes: {999: unsure}}
  medicines_taken: {column: atc, separator: ";", codes: {B01AA03: [warfarin, anticoagulant], "M01A*": other_nsaid}}
  smoking: {constant: no}
"""
REGISTER = """PATID,AGE,dx,egfr,vas_mm,atc,clinic
p1,67,M54.50|I63.9,25,80,B01AA03,north
p2,430,G43.1,x,999,N02BE01;M01AE01,north
p3,,M81.0,75.5,45,,south
p4,51,M54.5,,1000,M01AE01,south
"""


def test_a_column_map_makes_answers_of_codes(tmp_path: Path) -> None:
    columns, table = written(tmp_path, "map.yaml", MAP), written(tmp_path, "register.csv", REGISTER)
    arguments = ["cohort", str(table), "--columns", str(columns), "--hide-below", "0"]
    done = run(
        *arguments,
        "--option",
        "oral_nsaids",
        "--reasons",
        "--output",
        "out.csv",
        "--report",
        "report.csv",
        cwd=tmp_path,
    )
    assert done.returncode == 0
    assert "Columns that answer no question: clinic." in done.stderr
    assert "430" in done.stderr and "line 3" in done.stderr
    rows = {row["person"]: row for row in csv.DictReader((tmp_path / "out.csv").open())}
    assert rows["p1"]["oral_nsaids"] == "held_back"
    assert "nsaid-kidney-severe" in rows["p1"]["oral_nsaids.certain"]
    assert rows["p3"]["oral_nsaids"] == "", "no kind of pain, so no options"
    assert "nsaid-kidney-severe" in rows["p4"]["oral_nsaids.possible"], "a kidney that nobody measured is unknown"
    assert "nsaid-stroke-or-leg-arteries" in rows["p4"]["oral_nsaids.possible"], (
        "arteries: the map does not speak of them"
    )
    report = {
        (r["column"], r["value"]): (r["people"], r["first_lines"])
        for r in csv.DictReader((tmp_path / "report.csv").open())
    }
    assert report == {
        ("AGE", "'430'"): ("1", "3"),
        ("egfr", "'x'"): ("1", "3"),
        ("vas_mm", "'1000'"): ("1", "5"),
        ("atc", "'N02BE01'"): ("1", "3"),
    }
    strict = run(*arguments, "--strict", "--output", "strict.csv", cwd=tmp_path)
    assert strict.returncode == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["map.yaml", "out.csv", "register.csv", "report.csv"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("conditions: {column: dx, codes: {A: gotu}}", "Did you mean 'gout'?"),
        ("conditions: {colum: dx}", "Did you mean 'column'?"),
        ("conditions: nowhere", "is not a column of this file"),
        ("conditions: dx\nanswers: {kidney: egfr}", "Did you mean 'kidney_stones'?"),
        ("conditions: dx\nanswers: {smoking: {column: dx, absent: never}}", "'never' is not an answer"),
        ("conditions: dx\nanswers: {age: {column: AGE, ranges: [{below: 3, is: 4}]}}", "make answers of numbers"),
        ("answers: {age: AGE}", "no column tells which kinds of pain"),
        ("conditions: dx\nanswers: {medicines_taken: atc, 'medicines_taken:warfarin': atc}", "both answer the same"),
    ],
)
def test_a_wrong_column_map(line: str, expected: str, tmp_path: Path) -> None:
    columns, table = written(tmp_path, "map.yaml", line), written(tmp_path, "register.csv", REGISTER)
    done = run("cohort", str(table), "--columns", str(columns))
    assert (done.returncode, done.stdout) == (2, "")
    assert expected in done.stderr


HEADER = "conditions,age,smoking\n"
LINE = "gout,50,yes\n"
WRONG: dict[str, tuple[str, str | bytes, str]] = {
    "empty": ("a.csv", "", "a.csv:1:1: is empty"),
    "an empty Parquet": ("a.parquet", b"", "is empty"),
    "no Parquet": ("a.parquet", b"PAR1 and then nothing of the kind", "is not a whole Parquet file"),
    "another ending": ("a.xlsx", b"PK", "another ending than .parquet or .csv"),
    "a column twice": ("a.csv", "conditions,age,age\ngout,1,2\n", "a.csv:1:2: age: names two columns"),
    "null bytes": ("a.csv", HEADER + LINE + "gout,5\0,yes\n", "a.csv:3:1: has a null byte"),
    "Latin-1": ("a.csv", (HEADER + LINE).encode() + b"gout,50,\xfcber\n", "a.csv:3:1: is not UTF-8"),
    "UTF-16": ("a.csv", (HEADER + LINE).encode("utf-16"), "text in UTF-16"),
    "too many fields": ("a.csv", HEADER + LINE + "gout,50,yes,no\n", "a.csv:3:1: has 4 fields, but the header has 3"),
    "no conditions": ("a.csv", "condition,age\ngout,50\n", "Did you mean 'condition'?"),
    "only a header": ("a.csv", HEADER, "no rows"),
    "ten thousand columns": (
        "a.csv",
        ",".join(f"c{n}" for n in range(10_000)) + "\n",
        "no column tells which kinds of pain",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_input_leaves_no_output(case: str, tmp_path: Path) -> None:
    name, content, expected = WRONG[case]
    table = written(tmp_path, name, content)
    done = run("cohort", table.name, "--output", "out.parquet", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert expected in done.stderr
    assert done.stderr.startswith((name, "out.parquet"))
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_truncated_or_damaged_parquet_leaves_no_output(crowd: Path, tmp_path: Path) -> None:
    whole = crowd.read_bytes()
    middle = len(whole) // 3
    for content in (whole[:-1], whole[:middle], whole[:middle] + bytes(20_000) + whole[middle + 20_000 :]):
        table = written(tmp_path, "people.parquet", content)
        done = run("cohort", table.name, "--output", "out.parquet", cwd=tmp_path)
        assert done.returncode == 2, done.stdout
        assert "is not a whole Parquet file" in done.stderr
        assert [path.name for path in tmp_path.iterdir()] == ["people.parquet"]


def test_folders_and_missing_files(tmp_path: Path, crowd: Path) -> None:
    (tmp_path / "folder.parquet").mkdir()
    for table in ("folder.parquet", "nowhere.csv", "nowhere.parquet"):
        done = run("cohort", table, cwd=tmp_path)
        assert done.returncode == 2
        assert "cannot be read" in done.stderr
    for output in ("no/where.csv", "folder.parquet", "out.txt"):
        done = run("cohort", str(crowd), "--output", output, cwd=tmp_path)
        assert done.returncode == 2
        assert done.stderr.startswith(output)


def test_wide_files_and_huge_numbers(tmp_path: Path) -> None:
    more = 10_000
    names = ["conditions", "age", *(f"c{n}" for n in range(more))]
    lines = [
        ",".join(["gout", age, *["1"] * more]) for age in ("50", "1" + "0" * 400, "nan", "-3", "1e3", "50 years", "")
    ]
    table = written(tmp_path, "wide.csv", ",".join(names) + "\n" + "\n".join(lines) + "\n")
    done = run(
        "cohort",
        str(table),
        "--option",
        "oral_nsaids",
        "--reasons",
        "--output",
        "out.csv",
        "--hide-below",
        "0",
        cwd=tmp_path,
    )
    assert done.returncode == 0
    assert "and 9,990 more" in done.stderr
    assert done.stderr.count("age: ") == 5, done.stderr
    first, *others = (tmp_path / "out.csv").read_text().splitlines()[1:]
    assert len(others) + 1 == len(lines)
    assert first != others[-1], "at 50 the age is known"
    assert set(others) == {others[-1]}, "an impossible age is unknown, like a missing one"


def test_wrong_types(tmp_path: Path) -> None:
    table = pl.DataFrame({"conditions": ["gout", "gout"], "smoking": [1, 0], "age": [True, False]})
    table.write_parquet(tmp_path / "a.parquet")
    done = run("cohort", "a.parquet", cwd=tmp_path)
    assert done.returncode == 0
    assert "smoking: '1' is not an answer: 1 times" in done.stderr
    assert "is not a number" in done.stderr
    assert "count as unknown" in done.stderr


@pytest.mark.parametrize("format_", ["synthea", "fhir"])
def test_health_records(format_: str, tmp_path: Path) -> None:
    done = run(
        "people", f"--{format_}", str(HERE / format_), "--as-of", "2018-01-10", "--output", "people.csv", cwd=tmp_path
    )
    assert done.returncode == 0
    assert "3 people as of 2018-01-10; 1 who had died were left out" in done.stdout
    assert "Diabetes mellitus type 2" in done.stderr, "a code that does not say enough is reported"
    rows = {row["person"][:4]: row for row in csv.DictReader((tmp_path / "people.csv").open())}
    dina = {name: value for name, value in rows["9793"].items() if value}
    assert dina["conditions"] == "low_back_pain_chronic;neck_pain"
    assert (dina["age"], dina["medicines_taken:opioid"], dina["allergies:egg"]) == ("45", "yes", "yes")
    assert "medicines_taken:statin" not in dina, "a missing code is not a no"
    assert "epilepsy_or_seizures" not in dina
    assert rows["b435"]["pregnancy"] == "pregnant_first_half"
    assert dina.get("kidney_disease") == {"synthea": None, "fhir": "moderate"}[format_], "the latest filtration rate"
    assert rows["0829"]["sex_at_birth"] == {"synthea": "male", "fhir": ""}[format_], "gender is not sex at birth"
    known = run("people", f"--{format_}", str(HERE / format_), "--as-of", "2018-01-10", "--complete", "medicines_taken",
                "--output", "complete.csv", cwd=tmp_path)  # fmt: skip
    assert known.returncode == 0
    row = next(r for r in csv.DictReader((tmp_path / "complete.csv").open()) if r["person"].startswith("9793"))
    assert (row["medicines_taken:statin"], row["osteoporosis"]) == ("no", "")
    assert run("cohort", "people.csv", cwd=tmp_path).returncode == 0


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"{", "Condition.000.ndjson:2:1: is not JSON"),
        (b"[1]", "is no Condition"),
        (b'{"resourceType": "Condition", "subject": {"reference": "Patient/who"}}', "'who' is nobody here"),
        (b"\xff", "is not JSON"),
        (b"[" * 100_000, "Condition.000.ndjson:2:1"),
    ],
)
def test_broken_records(line: bytes, expected: str, tmp_path: Path) -> None:
    for path in (HERE / "fhir").glob("Patient*"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    first = (HERE / "fhir/Condition.000.ndjson").read_bytes().splitlines()[0]
    written(tmp_path, "Condition.000.ndjson", first + b"\n" + line + b"\n")
    done = run("people", "--fhir", str(tmp_path), "--output", str(tmp_path / "out.csv"))
    assert done.returncode == 2
    assert expected in done.stderr
    assert not (tmp_path / "out.csv").exists()
