"""Records as a FHIR R4 bulk export writes them: a folder of NDJSON files, one resource in each line.

Read are Patient, Condition, MedicationRequest, MedicationStatement, AllergyIntolerance and Observation, from files
whose name starts with the kind of resource. Resources that were entered in error, refuted or did not happen are left
out. The sex is that of the birth-sex extension; an administrative gender says nothing about it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from painrules.cohort.records import Event, Kind, Record, ValueSets, day_of
from painrules.reading import ContentError, Problem

KINDS: Mapping[str, Kind] = {
    "Condition": "condition",
    "MedicationRequest": "medicine",
    "MedicationStatement": "medicine",
    "AllergyIntolerance": "allergy",
    "Observation": "observation",
}
BIRTH_SEX = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex"
SEXES: dict[str, Literal["female", "male"]] = {"F": "female", "M": "male"}
NOT_SO = frozenset({"entered-in-error", "refuted", "not-taken", "cancelled", "draft", "unconfirmed", "differential"})
OVER = frozenset({"resolved", "inactive", "remission", "completed", "stopped", "on-hold"})


def records(folder: Path) -> Iterator[Record]:
    """Everyone in a folder. Raises ContentError."""
    if not folder.is_dir():
        raise ContentError([Problem(str(folder), 1, 1, "", "is not a folder.", "Name the folder of the NDJSON files.")])
    found: dict[str, Record] = {}
    for _, _, patient in _resources(folder, "Patient"):
        found[str(patient.get("id"))] = _person(patient)
    if not found:
        raise ContentError([Problem(str(folder), 1, 1, "", "has no Patient*.ndjson with a patient in it.")])
    sets = ValueSets()
    for resource, kind in KINDS.items():
        for path, line, data in _resources(folder, resource):
            who = data.get("subject") or data.get("patient") or {}
            reference = str(who.get("reference", "")).rpartition("/")[2] if isinstance(who, dict) else ""
            if reference not in found:
                raise ContentError([Problem(str(path), line, 1, "subject", f"{reference[:60]!r} is nobody here.")])
            if not NOT_SO & set(_statuses(data)):
                found[reference].events += _events(kind, data, sets)
    return iter(found.values())


def _resources(folder: Path, resource: str) -> Iterator[tuple[Path, int, dict[str, Any]]]:
    for path in sorted(folder.glob(f"{resource}*.ndjson")):
        with path.open("rb") as stream:
            for line, raw in enumerate(stream, 1):
                if not raw.strip():
                    continue
                try:
                    data = json.loads(raw)
                except ValueError as error:
                    raise ContentError([Problem(str(path), line, 1, "", f"is not JSON ({error}).")]) from None
                except RecursionError:
                    raise ContentError([Problem(str(path), line, 1, "", "is nested too deep.")]) from None
                if not isinstance(data, dict) or data.get("resourceType") != resource:
                    message = f"is no {resource}."
                    raise ContentError([Problem(str(path), line, 1, "resourceType", message)])
                yield path, line, data


def _person(patient: Mapping[str, Any]) -> Record:
    sexes = [e.get("valueCode") for e in _list(patient, "extension") if e.get("url") == BIRTH_SEX]
    died = day_of(_text(patient, "deceasedDateTime"))
    born = day_of(_text(patient, "birthDate"))
    if patient.get("deceasedBoolean") is True:
        died = died or born
    return Record(str(patient.get("id")), born, died, SEXES.get(str(sexes[0])) if sexes else None)


def _events(kind: Kind, data: Mapping[str, Any], sets: ValueSets) -> Iterator[Event]:
    """One event for each code of a resource."""
    start = next((day for name in STARTS if (day := day_of(_text(data, name)))), None)
    period = data.get("effectivePeriod")
    stop = day_of(_text(data, "abatementDateTime"))
    if isinstance(period, dict):
        start, stop = start or day_of(_text(period, "start")), stop or day_of(_text(period, "end"))
    if OVER & set(_statuses(data)) and kind != "observation":
        stop = stop or start or day_of("0001")
    quantity = data.get("valueQuantity")
    value = quantity.get("value") if isinstance(quantity, dict) else data.get("valueInteger")
    concept = data.get("medicationCodeableConcept") or data.get("code") or {}
    text = str(concept.get("text", ""))
    codings = _list(concept, "coding") or [{}]
    for coding in codings:
        system = sets.system(str(coding.get("system", "")))
        name = f"{text} {coding.get('display', '')}".strip()
        number = float(value) if isinstance(value, (int, float)) else None
        yield Event(kind, system, str(coding.get("code", "")), name, start, stop, number)


STARTS = ("onsetDateTime", "recordedDate", "authoredOn", "effectiveDateTime", "dateAsserted")


def _statuses(data: Mapping[str, Any]) -> Iterator[str]:
    if isinstance(data.get("status"), str):
        yield data["status"]
    for name in ("clinicalStatus", "verificationStatus"):
        concept = data.get(name)
        for coding in _list(concept, "coding") if isinstance(concept, dict) else ():
            yield str(coding.get("code"))


def _list(data: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    value = data.get(name)
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def _text(data: Mapping[str, Any], name: str) -> str | None:
    value = data.get(name)
    return value if isinstance(value, str) else None
