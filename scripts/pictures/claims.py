"""Pages of coverage and claims as far as pictures need them."""

from playwright.sync_api import Page

from scripts.pictures.ways import Way, open_page


def today(page: Page, url: str) -> None:
    """Who comes today, and where their coverage stands."""
    open_page(page, f"{url}/coverage/")
    page.locator(".headline a[aria-label='The day before']").click()
    page.locator(".count").wait_for()


def insured(tail: str) -> Way:
    """A page of the coverage of the first who comes today."""

    def go(page: Page, url: str) -> None:
        today(page, url)
        link = page.locator("main a[href^='/patients/']").first.get_attribute("href", timeout=5000)
        open_page(page, url + "/".join(str(link).split("/")[:3]) + "/" + tail)

    return go


def tried(page: Page, url: str) -> None:
    """A rule that is not in force yet, with the claims that it would stop."""
    open_page(page, f"{url}/claims/rules/new/")
    page.locator("input[name=codes]").fill("99202-99215")
    page.locator("input[name=needs][value=referral]").check()
    page.locator("button[value=try]").click()
    page.locator("#tried").wait_for()
