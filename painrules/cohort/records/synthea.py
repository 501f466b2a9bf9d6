"""Records as Synthea writes them in CSV: a folder with patients.csv, conditions.csv, medications.csv and others."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from painrules.cohort.records import Event, Kind, Record, ValueSets, day_of
from painrules.cohort.streaming import check_text
from painrules.reading import ContentError, Problem, did_you_mean

FILES: dict[str, tuple[Kind, tuple[str, ...]]] = {
    "conditions.csv": ("condition", ("PATIENT", "START", "STOP", "CODE", "DESCRIPTION")),
    "medications.csv": ("medicine", ("PATIENT", "START", "STOP", "CODE", "DESCRIPTION")),
    "allergies.csv": ("allergy", ("PATIENT", "START", "STOP", "CODE", "DESCRIPTION")),
    "observations.csv": ("observation", ("PATIENT", "DATE", "CODE", "DESCRIPTION", "VALUE")),
}
SYSTEMS: dict[Kind, str] = {"condition": "snomed", "medicine": "rxnorm", "allergy": "snomed", "observation": "loinc"}
SEXES: dict[str, Literal["female", "male"]] = {"F": "female", "M": "male"}


def records(folder: Path) -> Iterator[Record]:
    """Everyone in a folder. Raises ContentError."""
    found: dict[str, Record] = {}
    for _, row in _rows(folder / "patients.csv", ("Id", "BIRTHDATE", "DEATHDATE", "GENDER")):
        sex = SEXES.get(row["GENDER"])
        found[row["Id"]] = Record(row["Id"], day_of(row["BIRTHDATE"]), day_of(row["DEATHDATE"]), sex)
    sets = ValueSets()
    for name, (kind, fields) in FILES.items():
        path = folder / name
        if not path.exists():
            continue
        for line, row in _rows(path, fields):
            if (record := found.get(row["PATIENT"])) is None:
                hint = "patients.csv does not have this person."
                raise ContentError(
                    [Problem(str(path), line, 1, "PATIENT", f"{row['PATIENT'][:60]!r} is nobody.", hint)]
                )
            system = sets.system(row.get("SYSTEM") or SYSTEMS[kind]).lower()
            start = day_of(row.get("START") or row.get("DATE"))
            value = _number(row.get("VALUE"))
            record.events.append(
                Event(kind, system, row["CODE"], row["DESCRIPTION"], start, day_of(row.get("STOP")), value)
            )
    return iter(found.values())


def _rows(path: Path, needed: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        check_text(path)
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            header = reader.fieldnames or []
            problems = [
                Problem(str(path), 1, 1, name, "is not a column.", did_you_mean(name, header))
                for name in needed
                if name not in header
            ]
            if problems:
                raise ContentError(problems)
            for row in reader:
                if None in row or None in row.values():
                    message = f"has another number of fields than the header ({len(header)})."
                    raise ContentError([Problem(str(path), reader.line_num, 1, "", message)])
                yield reader.line_num, row
    except OSError as error:
        raise ContentError([Problem(str(path), 1, 1, "", f"cannot be read: {error.strerror or error}.")]) from None
    except csv.Error as error:
        raise ContentError([Problem(str(path), 1, 1, "", f"is not CSV ({error}).")]) from None


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None
