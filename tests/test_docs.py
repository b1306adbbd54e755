"""What the documentation names exists."""

import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = "design|production|quoting|network|demand|commons|strategy|shop"
NAMES = sorted(
    set(re.findall(rf"`((?:{ROOMS})\.[a-z_.A-Z]+)`", (ROOT / "docs" / "walkthrough.md").read_text(encoding="utf-8")))
)


@pytest.mark.parametrize("name", NAMES)
def test_the_walkthrough_names_functions_that_exist(name):
    parts = f"glocal.{name}".split(".")
    for split in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:split]))
        except ModuleNotFoundError:
            continue
        for attribute in parts[split:]:
            found = getattr(found, attribute)
        return
    pytest.fail(f"{name} cannot be imported")


@pytest.mark.parametrize("page", sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]), ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"
