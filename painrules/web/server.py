"""The server: where it listens, by which names it answers, and how it ends."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Mapping

import uvicorn

from painrules.knowledge import KnowledgeBase
from painrules.web.app import application


class CannotListenError(Exception):
    """The address cannot be used; the text says why."""


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 picks a free one. Raises CannotListenError."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        opened = socket.socket(family, kind)
    except (OSError, UnicodeError) as error:
        raise CannotListenError(f"{host} is no address of this computer: {_reason(error)}.") from None
    if ipaddress.ip_address(address[0]).is_unspecified:
        opened.close()
        raise CannotListenError(f"Name the one address or name that people will type, not {host}.")
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind(address)
        opened.listen(256)
    except OSError as error:
        opened.close()
        raise CannotListenError(f"Cannot listen at {host}, port {port}: {_reason(error)}. Try --port 0.") from None
    return opened


def _reason(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error)).rstrip(".")


def is_local(opened: socket.socket) -> bool:
    """Whether only this computer can reach it."""
    return ipaddress.ip_address(opened.getsockname()[0]).is_loopback


def address_of(host: str, opened: socket.socket) -> str:
    """What to type into a browser."""
    return f"http://{_named(host)}:{opened.getsockname()[1]}/"


def _named(host: str) -> str:
    return f"[{host}]" if ":" in host else host.lower()


def hosts_of(host: str, opened: socket.socket) -> set[str]:
    """The names by which a browser may call this server; on this computer 'localhost' too."""
    port = opened.getsockname()[1]
    names = {_named(host)} | ({"localhost"} if is_local(opened) else set())
    return {f"{name}:{port}" for name in names} | (names if port == 80 else set())


def serve(opened: socket.socket, host: str, knowledge: Mapping[str, KnowledgeBase], ready: Callable[[], None]) -> None:
    """Serve until Ctrl-C or a signal to end. Nothing is logged: neither addresses nor answers."""
    cookie = f"painrules_{opened.getsockname()[1]}"
    app = application(knowledge, hosts_of(host, opened), cookie)
    config = uvicorn.Config(
        app,
        loop="asyncio",
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="critical",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=2,
    )
    ready()
    uvicorn.Server(config).run(sockets=[opened])
