"""A page as PDF: tagged for screen readers (PDF/UA-1), made from its HTML by WeasyPrint (the extra `pdf`)."""

from __future__ import annotations

import hashlib
from typing import Any


class PdfMissingError(Exception):
    """WeasyPrint or a library that it needs is not there; the text says how to get it."""


def needed() -> Any:
    """The module of WeasyPrint. Raises PdfMissingError."""
    try:
        import weasyprint
    except ImportError:
        raise PdfMissingError(
            "PDF needs WeasyPrint: python -m pip install 'painrules[pdf]', or print --format html."
        ) from None
    except OSError:  # its Python part is there, the C library is not
        raise PdfMissingError(
            "PDF needs the library Pango (on Debian: apt install libpangoft2-1.0-0), or print --format html."
        ) from None
    return weasyprint


def document(html: str) -> bytes:
    """A page of HTML as PDF; the same HTML and fonts give the same bytes. Raises PdfMissingError."""
    weasyprint = needed()
    nothing = weasyprint.URLFetcher(allowed_protocols=())  # no file, no network
    name = hashlib.sha256(html.encode()).hexdigest()[:32].encode()
    page = weasyprint.HTML(string=html, url_fetcher=nothing)
    made: bytes = page.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=name)
    return made
