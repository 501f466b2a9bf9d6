"""The site, as Sphinx builds it: `make site`. Nothing is fetched, and every warning is an error."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parent
sys.path.insert(0, str(ROOT))

from painrules import __version__  # noqa: E402

project = "painrules"
author = "The painrules developers"
copyright = "The painrules developers, Apache 2.0"
version = release = __version__
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["ci"]
myst_enable_extensions = ["attrs_block", "deflist"]
myst_heading_anchors = 4
myst_ref_domains = ["std"]
nitpicky = True

html_theme = "furo"
html_title = f"painrules {__version__}"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = html_show_sourcelink = False
html_domain_indices = html_use_index = False
html_theme_options = {"top_of_page_buttons": []}
pygments_style, pygments_dark_style = "a11y-high-contrast-light", "a11y-high-contrast-dark"


OUTSIDE = {"CONTRIBUTING.md": "contributing", "CHANGELOG.md": "changelog"}
OUTSIDE |= {f"bench/{path.name}": f"measured/{path.stem}" for path in sorted((ROOT / "bench").glob("*.md"))}
"""Pages that live elsewhere in the repository, and their names in the site."""


def setup(app: Any) -> None:
    """Make the pages of the reference, and bring those from outside, before Sphinx looks for pages."""
    from docs.reference import index, pages
    from painrules.loading import load_knowledge

    made = {f"reference/{name}": text for name, text in pages(load_knowledge(ROOT))}
    made |= {
        name: re.sub(r"\]\((?:\.\./)?docs/", "](/", (ROOT / path).read_text("utf-8")) for path, name in OUTSIDE.items()
    }
    for name in OUTSIDE.values():  # some pages of measurements are only tables
        if not made[name].startswith("# "):
            made[name] = f"# {name.split('/')[-1].capitalize()}\n\n{made[name]}"
    measured = [name for name in OUTSIDE.values() if name.startswith("measured/")]
    made["measured/index"] = index("Measured", "Made by `make bench` and its kin.", measured)
    for folder in ("reference", "measured"):
        shutil.rmtree(HERE / folder, ignore_errors=True)
    for name, text in made.items():
        path = HERE / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    app.connect("source-read", _links_to_outside)
    app.connect("html-page-context", _for_everyone, priority=900)  # after the theme


def _links_to_outside(_app: Any, _page: str, source: list[str]) -> None:
    """In the repository these links lead out of `docs/`, in the site to the page that was brought in."""

    def inside(match: re.Match[str]) -> str:
        name = OUTSIDE.get(match[1])
        return f"](/{name}.md" if name else match[0]

    source[0] = re.sub(r"\]\((?:\.\./)+([\w/]+\.md)", inside, source[0])


def _for_everyone(_app: Any, _page: str, _template: str, context: dict[str, Any], _tree: Any) -> None:
    """What axe finds in the theme's pages: headings without a level, blocks that scroll but not by keyboard."""
    menu = context.get("furo_navigation_tree", "")
    context["furo_navigation_tree"] = menu.replace('role="heading"', 'role="heading" aria-level="2"')
    context["body"] = context.get("body", "").replace("<pre>", '<pre tabindex="0">')
