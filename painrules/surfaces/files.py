"""A person's page and answers as files: the page to take along, or the whole sheet, in any format."""

from __future__ import annotations

import json
from typing import Literal

from painrules.answers import Answers, as_plain
from painrules.diary import Diary
from painrules.knowledge import KnowledgeBase
from painrules.sheet import Sheet
from painrules.surfaces.blocks import Block

PageFormat = Literal["markdown", "html", "pdf"]
FileFormat = Literal["json", PageFormat]


def page_file(
    knowledge: KnowledgeBase,
    answers: Answers,
    sheet: Sheet,
    format_: FileFormat,
    *,
    everything: bool = False,
    diary: Diary | None = None,
) -> bytes:
    """The page to take along, or all of the sheet where everything is wished for. Raises PdfMissingError."""
    if format_ == "json":
        return json.dumps(sheet.as_plain(), indent=2, ensure_ascii=False, default=list).encode() + b"\n"
    from painrules.surfaces.blocks import with_words_explained
    from painrules.surfaces.sheet_page import page
    from painrules.surfaces.take_along import take_along

    blocks: list[Block] = (
        list(with_words_explained(knowledge, page(knowledge, sheet, everything=True, diary=diary)))
        if everything
        else take_along(knowledge, answers, sheet, diary)
    )
    return blocks_file(knowledge, blocks, format_)


def blocks_file(knowledge: KnowledgeBase, blocks: list[Block], format_: PageFormat) -> bytes:
    """Any page as a file. Raises PdfMissingError."""
    from painrules.surfaces import html, markdown, pdf
    from painrules.surfaces.blocks import with_language_told

    blocks = with_language_told(knowledge, blocks)
    if format_ == "markdown":
        return markdown.document(blocks).encode()
    written = html.document(blocks, language=knowledge.language, skip_link=knowledge.wording["skip_link"])
    return pdf.document(written) if format_ == "pdf" else written.encode()


def answers_file(answers: Answers) -> bytes:
    """The answers as an answers file, which `read_answers` reads."""
    import yaml

    text: str = yaml.safe_dump(as_plain(answers), sort_keys=False, allow_unicode=True)
    return text.encode()
