"""`painrules serve`: the interview and the page in the browser."""

from __future__ import annotations

import gc
from threading import Thread
from typing import Annotated

import typer

from painrules.commands.app import FolderOption, LanguageOption, WrongUseError, app, errors_for_people
from painrules.content_files import content_folder
from painrules.loading import load_knowledge
from painrules.translation import languages, translated

PORT = 8421


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Another address or name of this computer: others can then use it too.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 picks a free one.")] = PORT,
    open_: Annotated[bool, typer.Option("--open", help="Open the page in your browser.")] = False,
    language: LanguageOption = "en",
    content: FolderOption = None,
) -> None:
    """Answer in the browser instead of the terminal; nothing leaves this computer.

    Example: painrules serve --open
    """
    with errors_for_people():
        try:
            from painrules.web import server
        except ImportError:
            raise WrongUseError(
                "The page in the browser needs some more: python -m pip install 'painrules[web]'."
            ) from None
        folder = content or content_folder()
        english = load_knowledge(folder)
        first = translated(english, folder, language)
        others = (translated(english, folder, other) for other in languages(folder) if other != language)
        knowledge = {one.language: one for one in (first, *others)}
        try:
            opened = server.listen(host, port)
        except server.CannotListenError as error:
            raise WrongUseError(str(error)) from None
        address = server.address_of(host, opened)

        def ready() -> None:
            typer.echo(f"Open {address} in your browser. Ctrl-C ends it, and all answers with it.")
            if not server.is_local(opened):
                typer.echo(
                    "Warning: anyone on your network can open this page. It has no password, and what is sent "
                    "can be read on the way.",
                    err=True,
                )
            if open_:
                Thread(target=_open, args=(address,), daemon=True).start()

        # Short commands leave their garbage; a server must not. What was loaded stays for good: it is not looked at.
        gc.freeze()
        gc.enable()
        try:
            server.serve(opened, host, knowledge, ready)
        except KeyboardInterrupt:
            typer.echo("\nEnded. No answers were kept.")


def _open(address: str) -> None:
    import webbrowser

    if not webbrowser.open(address):
        typer.echo(f"No browser could be opened. Open {address} yourself.", err=True)
