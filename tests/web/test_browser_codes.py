"""Diagnoses in Chromium: found by words, what is open answered by key, what does not fit said in words."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.support.looked import troubles

if TYPE_CHECKING:
    from tests.web.conftest import Served

pytestmark = pytest.mark.browser
OpenPage = Callable[..., Page]


@pytest.fixture(scope="module")
def exam(served: "Served") -> str:
    """A man of seventy with his provider."""
    from liaison.visits import actions as visits

    visit = served.practice.ready("11:00", 1, patient=served.practice.patient("Okafor", "Chidi"))
    visits.begin_exam(served.practice.provider, visit.pk)
    return f"/visits/{visit.pk}/"


def search(page: Page, words: str) -> None:
    page.get_by_label("Diagnoses").fill(words)
    page.locator("#hits [data-picks]").first.wait_for()


def test_a_side_is_answered_and_a_conflict_said(served: "Served", open_page: OpenPage, exam: str) -> None:
    page = served.sign_in(open_page(), "provider")
    page.set_default_timeout(8000)
    page.goto(served.url + exam)
    picked = page.locator("#picked .pickedone")
    search(page, "knee pian")
    page.get_by_label("Diagnoses").press("Enter")
    expect(picked).to_have_text(["M25.569 Pain in unspecified knee✕"])
    side = page.get_by_role("group", name="M25.569: Which side?")
    expect(side.get_by_role("button", name="unspecified")).to_have_attribute("aria-pressed", "true")
    page.get_by_label("Diagnoses").press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(side.get_by_role("button", name="left")).to_be_focused()
    page.keyboard.press("Enter")
    expect(picked).to_have_text(["M25.562 Pain in left knee✕"])
    expect(page.get_by_label("Diagnoses")).to_be_focused()
    for code in ("E11.9", "E10.9", "N70.91"):
        search(page, code)
        page.get_by_label("Diagnoses").press("Enter")
    unfit = page.locator(".unfit")
    expect(unfit).to_contain_text("E11.9 and E10.9 are not billed together")
    expect(unfit).to_contain_text("N70.91 is of female organs")
    page.get_by_role("button", name="Remove E10.9").click()
    expect(unfit).not_to_contain_text("are not billed together")
    expect(picked).to_have_count(3)


def test_no_barrier_and_no_page_too_wide(served: "Served", open_page: OpenPage, exam: str) -> None:
    page = served.sign_in(open_page(), "provider")
    page.goto(served.url + exam)
    for code in ("S93.409A", "F02.80", "E11.9", "E10.9"):
        search(page, code)
        page.get_by_label("Diagnoses").press("Enter")
    page.get_by_role("group", name="S93.409A: Which encounter?").wait_for()
    assert troubles(page) == []
