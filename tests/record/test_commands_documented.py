"""docs/commands.md tells of every command, every option of it, and shows an example."""

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import get_commands, load_command_class

PAGE = Path(__file__).resolve().parents[2] / "docs" / "commands.md"
COMMANDS = sorted(name for name, app in get_commands().items() if str(app).startswith("liaison."))
# Every command of Django's has these
SHARED = {
    "--help", "--version", "--verbosity", "--settings", "--pythonpath", "--traceback", "--no-color", "--force-color",
    "--skip-checks",
}  # fmt: skip


def section(name: str) -> str:
    found = re.search(rf"^## {re.escape(f'liaison {name}')}$(.*?)(?=^## |\Z)", PAGE.read_text("utf-8"), re.M | re.S)
    assert found, f"docs/commands.md has no section “## liaison {name}”"
    return found[1]


def words(parser: argparse.ArgumentParser) -> Iterator[str]:
    """The options and verbs of a command, and of its verbs."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for verb, sub in action.choices.items():
                yield verb
                yield from words(sub)
        elif action.option_strings:
            yield max(action.option_strings, key=len)


def test_there_are_the_commands_that_are_promised() -> None:
    promised = {"audit", "check", "client", "demo", "import", "rehearse", "serve", "work"}
    assert promised <= set(COMMANDS)
    assert all(apps.is_installed(str(get_commands()[name])) for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_documented_with_its_options_and_an_example(name: str) -> None:
    text = section(name)
    parser = load_command_class(str(get_commands()[name]), name).create_parser("liaison", name)
    missing = [word for word in dict.fromkeys(words(parser)) if word not in SHARED and f"`{word}" not in text]
    assert missing == []
    assert f"    liaison {name}" in text


def test_no_section_tells_of_a_command_that_is_gone() -> None:
    assert sorted(re.findall(r"^## liaison (\S+)$", PAGE.read_text("utf-8"), re.M)) == COMMANDS
