"""What stands behind the question mark of an address is anybody's: no page answers garbage with an error of its own."""

import inspect
import re
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.support.practice import small_practice
from tests.support.signed_in import client_of

ASKED = re.compile(r"""\.GET(?:\.get(?:list)?\(|\[)["'](\w+)["']""")
# Digits that are none to int(), days and years that do not exist, numbers without end, other alphabets, controls
GARBAGE = [
    "-1", "0000", "²²²²", "9" * 400, "nan", "2026-02-30", "9999-12-31", "0001-01-01", "'; --", "\x00", "\u202e",
    "a" * 5000, "00000000-0000-0000-0000-000000000000",
]  # fmt: skip


def pages(resolver: URLResolver, before: str = "/") -> Iterator[tuple[str, Any]]:
    """Every address without a part that varies, and its page."""
    for one in resolver.url_patterns:
        path = before + str(one.pattern).removeprefix("^").removesuffix("$")
        if isinstance(one, URLResolver):
            yield from pages(one, path)
        elif isinstance(one, URLPattern) and "<" not in path and "(" not in path:
            yield path, one.callback


@pytest.mark.django_db
def test_no_page_answers_garbage_with_an_error() -> None:
    practice = small_practice()
    clients = [client_of(one) for one in (practice.manager, practice.biller, practice.desk, practice.ma)]
    for client in clients:
        client.raise_request_exception = False
    broken, asked = [], 0
    # The stream of events is left out: its thread would outlive the test
    for path, page in pages(get_resolver()):
        module = sys.modules[inspect.unwrap(page).__module__]
        names = sorted(set(ASKED.findall(inspect.getsource(module)))) if "liaison" in module.__name__ else []
        if path == "/events" or not names or (client := _allowed(clients, path)) is None:
            continue
        for name in names:
            for value in GARBAGE:
                asked += 1
                if client.get(path, {name: value}).status_code >= 500:
                    broken.append(f"{path}?{name}={value[:30]!r}")
    assert not broken, "\n".join(broken)
    assert asked > 400


def _allowed(clients: list[Client], path: str) -> Client | None:
    """Somebody who may open the page; None where it is no page to be opened."""
    return next((client for client in clients if client.get(path).status_code == 200), None)
