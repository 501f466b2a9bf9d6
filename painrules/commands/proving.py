"""What commands share that ask about every possible person: the library they need, and what can go wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from painrules.commands.app import WRONG_USE, WrongUseError
from painrules.reading import visible
from painrules.revisions import RevisionError

if TYPE_CHECKING:
    from painrules.knowledge import KnowledgeBase
    from painrules.population import Population

WeightsOption = Annotated[
    str | None,
    typer.Option(help="A file with how common answers are, or 'sourced': the bundled one; else all count alike."),
]


def named_population(weights: str | None, *bases: KnowledgeBase) -> Population | None:
    """How common answers are, by what --weights names. Raises ContentError."""
    from painrules.population import SOURCED, read_population

    return None if weights is None else read_population(SOURCED if weights == "sourced" else Path(weights), *bases)


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
