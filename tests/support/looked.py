"""A page looked at once in every way: barriers by axe in light and dark, nothing wider than the screen."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WIDTHS = (360, 820, 1920)
WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
# What sticks out of the page, unless it lies in a part that scrolls by itself
TOO_WIDE = """() => {
  const root = document.documentElement, edge = root.clientWidth + 1;
  if (root.scrollWidth <= root.clientWidth) return [];
  const out = [...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > edge);
  return out.slice(-6).map((one) => one.outerHTML.slice(0, 120));
}"""


def barriers(page: Page) -> list[str]:
    """What axe finds by the rules of WCAG 2.2 AA on the page that is open."""
    found = Axe().run(page, options=WCAG).response["violations"]
    return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]


def troubles(page: Page) -> list[str]:
    """Barriers of the open page in light and dark, and what is wider than a phone, a tablet, a wall screen."""
    found, before = [], page.viewport_size
    for look in ("light", "dark"):
        # Without motion a colour is the new one at once
        page.emulate_media(color_scheme=look, reduced_motion="reduce")
        found += [f"{look}: {one}" for one in barriers(page)]
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        found += [f"{width} px: {one}" for one in page.evaluate(TOO_WIDE)]
    if before is not None:
        page.set_viewport_size(before)
    return found
