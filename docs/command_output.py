"""What commands print, for the pages of the documentation: `<!-- output: ARGS -->` blocks, filled anew.

`<!-- output: explore --answers me.yaml | 12 lines -->` runs a command and shows its first twelve lines, or with `| last 5 lines`
its last; `<!-- file: me.yaml -->` before a block of code makes that code a file for the commands of its page. Each ends
at `<!-- end -->`.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
OUTPUT = re.compile(r"<!-- output: (.*?)(?: \| (last )?(\d+) lines)? -->.*?<!-- end -->", re.DOTALL)
FILE = re.compile(r"<!-- file: ([\w.-]+) -->\n```\w*\n(.*?)```", re.DOTALL)
SHARED = ("samples", "cases", "knowledge", "rules", "tests")
"""Folders of the repository that the commands of a page see beside the files of the page."""
MADE_WITH_THE_SITE = {"reference", "measured", "contributing.md", "changelog.md"}
ENVIRONMENT = {"COLUMNS": "80", "NO_COLOR": "1", "HOME": "/nonexistent", "LANG": "C.UTF-8", "TZ": "UTC"}


def pages() -> Iterator[Path]:
    """The README and every page of the documentation that is kept in the repository, not made with the site."""
    yield ROOT / "README.md"
    docs = ROOT / "docs"
    yield from sorted(path for path in docs.rglob("*.md") if path.relative_to(docs).parts[0] not in MADE_WITH_THE_SITE)


def with_output(text: str, checked: str | None) -> str:
    """A page with every block filled anew. `checked`: the day for which `check` runs, or pages would change alone."""
    if not OUTPUT.search(text):
        return text
    files = dict(FILE.findall(text))
    with tempfile.TemporaryDirectory() as folder:
        for name in SHARED:
            (Path(folder) / name).symlink_to(ROOT / name)
        for name, content in files.items():
            (Path(folder) / name).write_text(content)

        def fill(match: re.Match[str]) -> str:
            command, last, limit = match[1], match[2], int(match[3] or 0)
            arguments = shlex.split(command)
            if arguments == ["check"] and checked:
                arguments += ["--as-of", checked]
            lines = printed(tuple(arguments), ROOT if not files else Path(folder)).strip("\n").splitlines()
            shown = lines
            if limit and len(lines) > limit:
                shown = ["...", *lines[-limit:]] if last else [*lines[:limit], "..."]
            some = f" | {last or ''}{limit} lines" if limit else ""
            head = f"<!-- output: {command}{some} -->"
            return "\n".join([head, "```console", f"$ painrules {command}", *shown, "```", "<!-- end -->"])

        return OUTPUT.sub(fill, text)


@cache
def printed(arguments: tuple[str, ...], folder: Path) -> str:
    """What a command prints in a folder, at 80 columns and without colour.

    It runs in a fork of this process, so that Python and the program start only once for all commands.
    """
    from painrules.commands import main

    sys.stdout.flush()
    with tempfile.TemporaryFile() as out:
        if (child := os.fork()) == 0:
            code = 1
            try:
                os.chdir(folder)
                cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
                for name in ("XDG_DATA_HOME", "PAINRULES_DIARY", "FORCE_COLOR"):
                    os.environ.pop(name, None)
                os.environ.update(ENVIRONMENT, XDG_CACHE_HOME=cache)
                os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
                os.dup2(out.fileno(), 1)
                sys.argv = ["painrules", *arguments]
                main()
            except SystemExit as exit_:
                code = exit_.code if isinstance(exit_.code, int) else 1
            finally:
                sys.stdout.flush()
                os._exit(code)
        _, status = os.waitpid(child, 0)
        if os.waitstatus_to_exitcode(status) not in (0, 1):
            raise RuntimeError(f"'painrules {shlex.join(arguments)}' failed")
        out.seek(0)
        text = out.read().decode()
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"
