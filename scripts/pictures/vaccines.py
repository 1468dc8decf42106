"""Vaccines, their stock and the registry, at a moment worth a picture."""

from playwright.sync_api import Page

from scripts.pictures.day import confirm
from scripts.pictures.ways import Way, first, follow, open_page

DUE = ".visit.card:has(.tag[title*='ose '])"


def count(page: Page, url: str) -> None:
    """A count of the freezer, with one lot that differs."""
    first("/supplies/storage/", ".unit a:has-text('Freezer')")(page, url)
    follow(page, url, "a[href$='/count/']")
    for row in page.locator(".counts > li").all():
        row.locator(".counted").fill(row.locator(".ledgersays").inner_text().split()[-1])
    page.locator(".counted").nth(1).fill("13")
    page.locator(".counts select").nth(1).select_option("not-recorded")


def excursion(page: Page, url: str) -> None:
    """The freezer's door stood open last week."""
    first("/supplies/storage/", ".unit a:has-text('Freezer')")(page, url)
    follow(page, url, "a[href^='/supplies/excursions/']")


def child(tail: str) -> Way:
    """A page of somebody on the board of whom vaccines are due."""

    def go(page: Page, url: str) -> None:
        open_page(page, url + "/")
        follow(page, url, f"{DUE} a[href*='/visits/']")
        link = page.locator("main a[href^='/patients/']").first.get_attribute("href", timeout=5000)
        open_page(page, url + "/".join(str(link).split("/")[:3]) + "/" + tail)

    return go


def asked(page: Page, url: str) -> None:
    """What the registry answers about such a patient; of several who are like them, the first."""
    child("registry/")(page, url)
    page.locator("button:has-text('Ask')").first.click()
    page.wait_for_timeout(1500)
    if page.locator("button:has-text('This one')").count():
        page.locator("button:has-text('This one')").first.click()
        page.wait_for_timeout(1500)


def vaccines(page: Page, url: str) -> None:
    """The working page of vaccines: somebody is brought in of whom some are due, and the first is planned."""
    open_page(page, url + "/")
    roomed = f":is(#lane-rooming, #lane-ready, #lane-with_provider) {DUE} a[href*='/visits/']"
    if not page.locator(roomed).count():
        follow(page, url, f"#lane-arrived {DUE} a[href*='/visits/'], #lane-expected {DUE} a[href*='/visits/']")
        if page.locator("form:has([name=identifiers])").count():
            confirm(page)
        page.locator("#visit .rooms button").first.click()
        page.locator("#step-title").wait_for()
    else:
        follow(page, url, roomed)
    follow(page, url, "a:has-text('Give vaccines')")
    if page.locator(".choose button.go").count():
        page.locator(".choose button.go").first.click()
        page.locator("#before-title").wait_for()
