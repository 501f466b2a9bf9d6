from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from painrules.knowledge import KnowledgeBase
from painrules.loading import load_knowledge

ROOT = Path(__file__).parent.parent

# Few examples by default; PAINRULES_EXAMPLES=2000 for a long run.
settings.register_profile(
    "painrules",
    max_examples=int(os.environ.get("PAINRULES_EXAMPLES", "60")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
settings.load_profile("painrules")


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Tests neither use nor leave anything in the cache of the person who runs them."""
    os.environ["XDG_CACHE_HOME"] = str(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="session")
def knowledge(own_cache: None) -> KnowledgeBase:
    return load_knowledge(ROOT)
