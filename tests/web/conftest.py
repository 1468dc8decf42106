"""A served clinic with a day in it, for the tests that look at pages in a browser."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page

from tests.support.clinic import Clinic

if TYPE_CHECKING:
    from tests.support.practice import Practice


@dataclass
class Served:
    """A running clinic: its address, its practice, and a way to act in it from this process."""

    url: str
    clinic: Clinic
    practice: "Practice"
    users: dict[str, str]
    _signed_in: dict[str, list[Any]] = field(default_factory=dict)

    def sign_in(self, page: Page, role: str = "ma") -> Page:
        """The board, as the role sees it: by name and password the first time, then with the session that this gave."""
        if role in self._signed_in:
            page.context.add_cookies(self._signed_in[role])
            page.goto(self.url)
        else:
            self._enter(page, self.users[role])
            self._signed_in[role] = [one for one in page.context.cookies() if one["name"] == "sessionid"]
        page.locator("#board").wait_for()
        # Keys are heard once the page's scripts have run, which is before it counts as loaded
        page.wait_for_load_state("load")
        return page

    def _enter(self, page: Page, name: str) -> None:
        from tests.support.signed_in import PASSWORD

        page.goto(f"{self.url}/accounts/login/")
        page.get_by_label("Name").fill(name)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()


@pytest.fixture(scope="module")
def served(make_clinic: Callable[..., Clinic], django_db_blocker: Any) -> Iterator[Served]:
    """A clinic on a real server, on the practice's Monday from ten o'clock on.

    While the fixture lives, this process writes to the same database and goes by the same clock.
    """
    from django.db import connections
    from django.utils import timezone

    from tests.support import templates
    from tests.support.days import going_on_from
    from tests.support.practice import MONDAY, small_practice
    from tests.support.signed_in import user_of

    clinic = make_clinic()
    configured: dict[str, Any] = connections.settings["default"]
    before = configured["NAME"]
    with django_db_blocker.unblock(), going_on_from(MONDAY + timedelta(hours=10), clinic.home):
        connections["default"].close()
        configured["NAME"] = Path(clinic.home) / templates.SQLITE_NAME
        try:
            practice = small_practice()
            roles = ("ma", "ma2", "provider", "desk", "biller", "manager")
            users = {role: user_of(getattr(practice, role)).username for role in roles}
            timezone.deactivate()
            yield Served(clinic.serve(), clinic, practice, users)
        finally:
            connections["default"].close()
            configured["NAME"] = before
            # Its worker and its open pages look for events all the time: a dozen of them would take a third of a core
            clinic.kill()
