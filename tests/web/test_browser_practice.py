"""The office manager's work in Chromium: somebody is added, signs in, chooses a password, and works."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

from tests.support.looked import barriers, troubles

if TYPE_CHECKING:
    from tests.web.conftest import Served

OpenPage = Callable[..., Page]


def each(served: "Served", page: Page) -> Iterator[str]:
    """Every page of the practice in turn, with the parts open that open."""
    place = served.practice
    site, dr = f"/practice/sites/{place.site.pk}/", f"/practice/staff/{place.dr.pk}/"
    served.sign_in(page, "manager")
    for path in (
        "/practice/", "/practice/edit/", "/practice/payers/new/", f"/practice/payers/{place.payer_id}/",
        "/practice/sites/", "/practice/sites/new/", site, f"{site}hours/", f"{site}rooms/",
        f"/practice/rooms/{place.rooms[0].pk}/", "/practice/staff/", "/practice/staff/new/", dr, f"{dr}edit/",
        f"{dr}hours/{place.site.pk}/", f"{dr}absences/", f"/practice/staff/{place.ma.id}/",
    ):  # fmt: skip
        page.goto(served.url + path)
        page.locator("#page").wait_for()
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        yield path


def test_no_barrier_on_any_page_of_the_practice_and_none_wider_than_its_screen(
    served: "Served", open_page: OpenPage
) -> None:
    page = open_page()
    assert [(path, found) for path in each(served, page) if (found := troubles(page))] == []


def test_somebody_is_added_signs_in_chooses_a_password_and_works(served: "Served", open_page: OpenPage) -> None:
    office = served.sign_in(open_page(), "manager")
    office.keyboard.press("g")
    office.keyboard.press("a")
    office.get_by_role("link", name="Staff").click()
    office.get_by_role("link", name="Add somebody").click()
    expect(office.get_by_label("Given name")).to_be_focused()
    for words in ("Mia", "Reyes", "RN", "Nurse", "Maple", "reyes"):
        office.keyboard.type(words)
        office.keyboard.press("Tab")
    office.keyboard.press("Control+Enter")
    expect(office.get_by_role("heading", name="First password of Mia Reyes, RN")).to_be_visible()
    password = office.locator("code").inner_text()
    assert barriers(office) == []

    mia = open_page(viewport={"width": 360, "height": 740}, color_scheme="dark")
    mia.goto(f"{served.url}/tasks/")
    mia.get_by_label("Name").fill("reyes")
    mia.get_by_label("Password").fill(password)
    mia.get_by_role("button", name="Sign in").click()
    expect(mia.get_by_role("heading", name="Choose a password")).to_be_visible()
    assert barriers(mia) == []
    mia.goto(served.url)
    expect(mia.get_by_role("heading", name="Choose a password")).to_be_visible()
    mia.get_by_label("Password from the office").fill(password)
    mia.get_by_label("New password", exact=True).fill("quiet-river-9")
    mia.get_by_label("New password once more").fill("quiet-river-9")
    mia.get_by_role("button", name="Use this password").click()
    mia.locator("#board").wait_for()

    office.get_by_role("link", name="It is handed over").click()
    expect(office.get_by_text("in use", exact=True)).to_be_visible()
    office.get_by_text("End access").click()
    office.get_by_role("button", name="End the access of Mia Reyes, RN").click()
    expect(office.locator(".notice.done")).to_contain_text("Mia Reyes, RN signs in no more.")
    mia.goto(f"{served.url}/tasks/")
    expect(mia.get_by_role("heading", name="Sign in")).to_be_visible()


def test_wrong_hours_are_said_at_their_day_and_the_rest_is_kept(served: "Served", open_page: OpenPage) -> None:
    page = served.sign_in(open_page(viewport={"width": 360, "height": 740}), "manager")
    page.goto(f"{served.url}/practice/sites/{served.practice.site.pk}/hours/")
    expect(page.get_by_label("Monday")).to_be_focused()
    for words in ("8-12, 1pm-5pm", "same", "17-8"):
        page.keyboard.type(words)
        page.keyboard.press("Tab")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_label("Wednesday")).to_be_focused()
    expect(page.locator("#day-2-said")).to_contain_text("ends before it begins")
    expect(page.get_by_label("Tuesday")).to_have_value("same")
    assert barriers(page) == []
    page.get_by_label("Wednesday").fill("9-12")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".notice.done")).to_contain_text("saved")
    expect(page.get_by_text("Mon–Tue")).to_be_visible()
