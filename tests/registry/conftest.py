"""A practice connected to a sandbox registry that runs as a process of its own."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox_registry.running import PASSWORD, USER, Running
from tests.support.sandboxes import starting

if TYPE_CHECKING:
    from tests.support.practice import Practice


@pytest.fixture
def start_registry() -> Iterator[Callable[..., Running]]:
    with starting(Running) as start:
        yield start


@pytest.fixture
def registry(start_registry: Callable[..., Running]) -> Running:
    return start_registry()


@pytest.fixture
def connect(practice: "Practice", settings: Any) -> Callable[..., None]:
    """Connect the practice to a registry that runs."""

    def connected(registry: Running, kind: str = "soap", **more: Any) -> None:
        from liaison.registry import actions

        settings.REGISTRY_PASSWORD = PASSWORD
        path = "hl7" if kind == "https" else "soap"
        actions.connect(
            practice.manager,
            name="State registry",
            kind=kind,
            endpoint=f"{registry.url}/{path}",
            username=USER,
            facility="1255",
            **more,
        )

    return connected
