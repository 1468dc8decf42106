"""Ways to a page: by its address, behind a link, as somebody signed in."""

from collections.abc import Callable

from playwright.sync_api import Page

PASSWORD = "maple-street"

Way = Callable[[Page, str], None]
"""How to get to a page: what is done in a browser's page, with the clinic's address."""


def at(address: str) -> Way:
    """A page by its address."""
    return lambda page, url: open_page(page, url + address)


def first(address: str, link: str) -> Way:
    """The page behind the first of some links."""

    def go(page: Page, url: str) -> None:
        open_page(page, url + address)
        follow(page, url, link)

    return go


def visit(lane: str, fallback: str = "") -> Way:
    """The working page of the first visit in a lane of the board."""
    lanes = [lane, fallback] if fallback else [lane]
    return first("/", ", ".join(f"#lane-{one} a[href*='/visits/']" for one in lanes))


def open_page(page: Page, address: str) -> None:
    page.goto(address, wait_until="load")
    # A live page has its stream open for ever, so that the network is never idle
    page.wait_for_timeout(700)


def follow(page: Page, url: str, link: str) -> None:
    address = page.locator(link).first.get_attribute("href", timeout=5000)
    open_page(page, url + str(address))


def sign_in(page: Page, url: str, who: str) -> None:
    page.goto(f"{url}/accounts/login/")
    page.locator("input[name=login]").fill(who)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(f"{url}/")
