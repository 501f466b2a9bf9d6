"""What commands share that ask about every possible person: the library they need, and what can go wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from painrules.commands.app import WRONG_USE, WrongUseError
from painrules.reading import visible
from painrules.revisions import RevisionError


@contextmanager
def errors_of_proofs(what_helps: str) -> Iterator[None]:
    """Turn what can go wrong with diagrams and versions into a message. Raises WrongUseError."""
    try:
        import oxidd  # noqa: F401
    except ImportError:
        raise WrongUseError("Proofs need OxiDD: python -m pip install 'painrules[prove]'.") from None
    from oxidd.util import DDMemoryError

    from painrules.symbolic.judge import DisagreementError

    try:
        yield
    except RevisionError as error:
        raise WrongUseError(str(error)) from None
    except DDMemoryError:
        raise WrongUseError(f"This rule base needs more diagrams than fit: {what_helps}.") from None
    except DisagreementError as error:
        typer.echo(f"painrules: an internal error, please report it: {visible(str(error))}", err=True)
        raise typer.Exit(WRONG_USE) from None
