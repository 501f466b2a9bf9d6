"""What commands do with a person's page: make it, show it, write it in any format, and keep the answers."""

from __future__ import annotations

import io
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from painrules.answers import Answers
from painrules.commands.app import SheetFormat, print_json, read
from painrules.engines import EngineName
from painrules.knowledge import KnowledgeBase
from painrules.sheet import Sheet, explore

if TYPE_CHECKING:
    from painrules.diary import Diary

ENDINGS: dict[str, SheetFormat] = {".html": "html", ".htm": "html", ".pdf": "pdf", ".md": "markdown", ".txt": "text"}


class PersonsPage(Struct, frozen=True):
    """How the pages of one run of the program are made."""

    knowledge: KnowledgeBase
    engine: EngineName
    everything: bool
    plain: bool
    diary: Diary | None = None

    def sheet(self, answers: Answers, *, look_ahead: bool = True) -> Sheet:
        """The sheet of a person. Without `look_ahead` it does not tell what other answers would change."""
        return explore(self.knowledge, answers, self.engine, look_ahead=look_ahead)

    def show(self, answers: Answers) -> None:
        """Show the sheet as text."""
        from painrules.surfaces.sheet_page import page

        sheet = self.sheet(answers, look_ahead=self.everything)
        blocks = page(self.knowledge, sheet, everything=self.everything, diary=self.diary)
        read(self.knowledge, blocks, self.plain)

    def show_as(self, answers: Answers, format_: SheetFormat) -> None:
        """Show the sheet in any format on standard output."""
        if format_ == "text":
            self.show(answers)
        elif format_ == "json":
            print_json(self.sheet(answers).as_plain())
        else:
            sys.stdout.buffer.write(self.as_bytes(answers, format_))
            sys.stdout.buffer.flush()

    def what_if(self, answers: Answers, changed: Answers, format_: SheetFormat = "text") -> None:
        """Show what other answers would change."""
        from painrules.what_if import what_if

        found = what_if(self.knowledge, answers, changed, self.engine)
        if format_ == "json":
            print_json(found.as_plain())
            return
        from painrules.surfaces.what_if_page import what_if_page

        read(self.knowledge, what_if_page(self.knowledge, found), self.plain)

    def compare(self, answers: Answers, treatments: list[str]) -> None:
        """Show treatments side by side."""
        from painrules.comparing import compare_treatments
        from painrules.surfaces.comparison import comparison_page

        found = compare_treatments(self.knowledge, treatments, answers, self.engine)
        read(self.knowledge, comparison_page(self.knowledge, found), self.plain)

    def as_bytes(self, answers: Answers, format_: SheetFormat) -> bytes:
        """The page to take along, or all of the sheet where everything is wished for."""
        if format_ == "text":
            with redirect_stdout(io.StringIO()) as printed:
                self.show_as(answers, format_)
            return printed.getvalue().encode()
        from painrules.surfaces.files import page_file

        sheet = self.sheet(answers, look_ahead=self.everything)
        return page_file(self.knowledge, answers, sheet, format_, everything=self.everything, diary=self.diary)

    def write(self, answers: Answers, path: Path) -> None:
        """Write the page to a new file, in the format that its name says. Raises OSError or ValueError."""
        from painrules.private_file import write_private
        from painrules.surfaces.pdf import PdfMissingError

        format_ = ENDINGS.get(path.suffix.lower())
        if format_ is None:
            raise ValueError(self.knowledge.wording["next.endings"].format(endings=", ".join(ENDINGS)))
        try:
            data = self.as_bytes(answers, format_)
        except PdfMissingError as error:
            raise ValueError(str(error)) from None
        write_private(path, data, new=True)

    def save(self, answers: Answers, path: Path, *, new: bool = True) -> None:
        """Write the answers to a file. Raises OSError."""
        from painrules.private_file import write_private
        from painrules.surfaces.files import answers_file

        write_private(path, answers_file(answers), new=new)
