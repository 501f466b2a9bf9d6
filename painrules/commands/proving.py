"""What commands share that ask about every possible person: the library they need, and what can go wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from painrules.commands.app import WRONG_USE, WrongUseError
from painrules.reading import visible
from painrules.revisions import RevisionError


@contextmanager
def proving() -> Iterator[None]:
    """Turn what a person can mend into WrongUseError, and end where the two engines disagree."""
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
        raise WrongUseError("This rule base needs more diagrams than fit: prove fewer checks at a time.") from None
    except DisagreementError as error:
        typer.echo(f"painrules: an internal error, please report it: {visible(str(error))}", err=True)
        raise typer.Exit(WRONG_USE) from None
