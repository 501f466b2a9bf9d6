"""Read the specification, for the test that runs it and for the document that shows it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from painrules.reading import read_file

FILE = Path(__file__).with_name("rules.yaml")


@dataclass(frozen=True)
class Spec:
    chapter: str
    title: str
    data: dict[str, Any]

    @property
    def rules(self) -> list[dict[str, Any]]:
        from tests.world import finding, hold

        derived = [finding(f"find-{n}", f["finding"], f["when"]) for n, f in enumerate(self.data.get("findings", []))]
        extra = {"unless": self.data["unless"]} if "unless" in self.data else {}
        return [*derived, hold("the-rule", self.data["when"], **extra)]


def specs() -> Iterator[Spec]:
    chapter = ""
    for data in read_file(FILE, FILE.name).data["specs"]:
        if "chapter" in data:
            chapter = data["chapter"]
        else:
            yield Spec(chapter, data["title"], data)
