"""The documents say what there is: commands, settings, roles, capabilities, pages. Nothing in them leads nowhere."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from django.urls import URLResolver

from liaison.people.roles import CAPABILITIES, ROLES
from liaison.web.urls import ROOMS
from tests.support.clinic import Clinic
from tests.support.environment import REPOSITORY

DOCS = REPOSITORY / "docs"
PAGES = [
    *sorted(DOCS.rglob("*.md")),
    REPOSITORY / "README.md",
    REPOSITORY / "ARCHITECTURE.md",
    REPOSITORY / "bench/README.md",
]
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
_VARIABLE = re.compile(r"LIAISON_[A-Z]+(?:_[A-Z]+)*")


@cache
def text(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


def commands() -> list[str]:
    found = (REPOSITORY / "src/liaison").glob("*/management/commands/*.py")
    return sorted(path.stem for path in found if path.stem != "__init__")


def variables() -> list[str]:
    """Every LIAISON_ variable named in what is run: the product, the tests' support, benches and scripts."""
    places = [REPOSITORY / name for name in ("src", "tests/support", "bench", "scripts", "Makefile")]
    files = [path for place in places for path in ([place] if place.is_file() else place.rglob("*"))]
    kinds = ("", ".py", ".sh")
    sources = (path.read_text("utf-8", "ignore") for path in files if path.is_file() and path.suffix in kinds)
    return sorted({name for source in sources for name in _VARIABLE.findall(source)})


def _flat(patterns: Iterable[Any]) -> Iterator[Any]:
    """The patterns, those of an included list one by one."""
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from _flat(one.url_patterns)
        else:
            yield one


def addresses() -> list[tuple[str, str]]:
    """Name and address of each page, as docs/addresses.md writes it."""
    modules = [f"liaison.{room}.urls" for room in ROOMS if find_spec(f"liaison.{room}.urls")]
    found = _flat(p for name in ("liaison.web.pages_urls", *modules) for p in import_module(name).urlpatterns)
    return [(p.name, "/" + re.sub(r"<\w+:", "<", str(p.pattern))) for p in found]


@pytest.mark.parametrize("command", commands())
def test_every_command_is_told(command: str) -> None:
    assert f"\n## liaison {command}\n" in text("commands.md")


def test_every_setting_is_told() -> None:
    assert [name for name in variables() if f"`{name}`" not in text("settings.md")] == []


def test_no_setting_is_told_that_is_not_there() -> None:
    told = {name for page in DOCS.rglob("*.md") for name in _VARIABLE.findall(page.read_text("utf-8"))}
    assert told - set(variables()) == set()


def test_the_roles_page_is_the_table_of_roles() -> None:
    lines = text("roles.md").splitlines()
    for key, role in ROLES.items():
        assert any(line.startswith(f"| {role.title} | `{key}` |") for line in lines), key
    for name, words in CAPABILITIES.items():
        held = " | ".join("●" if name in role.capabilities else "" for role in ROLES.values())
        assert f"| {words} | `{name}` | {held} |" in lines, f"roles.md does not say what people/roles.py says of {name}"


def test_every_page_address_is_told() -> None:
    missing = [
        (name, address) for name, address in addresses() if f"| `{name}` | `{address}` |" not in text("addresses.md")
    ]
    assert missing == []


def test_no_page_address_is_told_that_is_not_there() -> None:
    told = set(re.findall(r"^\| `([\w-]+)` \| `(/[^`]*)` \|", text("addresses.md"), re.MULTILINE))
    assert told - set(addresses()) == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_every_link_leads_somewhere(page: Path) -> None:
    links = [link for link in _LINK.findall(_CODE.sub("", page.read_text("utf-8"))) if "://" not in link]
    lost = [link for link in links if not (page.parent / link.partition("#")[0]).exists()]
    assert lost == []


def test_every_page_and_every_picture_can_be_reached() -> None:
    linked = {
        (page.parent / link.partition("#")[0]).resolve()
        for page in PAGES
        for link in _LINK.findall(page.read_text("utf-8"))
        if "://" not in link
    }
    there = {path for path in DOCS.rglob("*") if path.suffix in (".md", ".png", ".toml")}
    assert sorted(str(path.relative_to(REPOSITORY)) for path in there - linked - {DOCS / "README.md"}) == []


@pytest.mark.once
@pytest.mark.processes
def test_the_practice_of_the_documents_can_be_set_up(live_home: Clinic) -> None:
    said = live_home.liaison("practice", DOCS / "practice.toml").stdout
    assert "Ruth Adler, office-manager" in said
    assert re.search(r"^  adler +\w{4}-\w{4}-\w{4}$", said, re.MULTILINE)
    live_home.liaison("check")
    again = live_home.liaison("practice", DOCS / "practice.toml").stdout
    assert "Nothing to change" in again
    assert "password" not in again


@pytest.mark.once
@pytest.mark.processes
def test_the_new_edition_of_the_documents_can_be_put_in_force(live_home: Clinic) -> None:
    live_home.liaison("practice", DOCS / "practice.toml")
    example = re.search(r"liaison shell -c '\n(.*?)\n    '", text("rules.md"), re.DOTALL)
    assert example
    code = "\n".join(line.removeprefix("    ") for line in example[1].splitlines())
    live_home.liaison("shell", "-c", code)
    question = "from liaison.documents.queries import in_force; new = in_force('visit-type', 'follow-up')"
    said = live_home.liaison("shell", "-v", "0", "-c", f"{question}; print(new.edition, new.body['minutes'])")
    assert said.stdout.split()[-2:] == ["2", "25"]
