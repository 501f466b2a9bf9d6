"""Options to discuss with a pain specialist: educational, not prescriptive. `painrules.library` tells what is here."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from painrules.library import (
        consult,
        explore,
        load_knowledge,
        made_up_people,
        prove,
        read_answers,
        summarise_cohort,
    )

__all__ = ["consult", "explore", "load_knowledge", "made_up_people", "prove", "read_answers", "summarise_cohort"]


def __getattr__(name: str) -> Any:
    # Imported when asked for: the command line does not wait for what it does not use.
    if name in __all__:
        return getattr(import_module("painrules.library"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
