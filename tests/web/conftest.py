from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.web.client import Client
from tests.web.server import Server, serving


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving() as started:
        yield started


@pytest.fixture
def client(server: Server) -> Client:
    return server.client()
