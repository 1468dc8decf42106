"""A page looked at once in every way: barriers by axe in light and dark, nothing wider than the screen."""

from collections.abc import Mapping
from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WIDTHS = (360, 820, 1920)
WCAG = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
# What another colour scheme changes
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
# Answers the violations alone: to carry all that is well out of the browser takes longer than to look
VIOLATIONS = """async (rules) => {
  const found = await axe.run(document, { runOnly: rules, resultTypes: ["violations"] });
  return found.violations.flatMap((one) => one.nodes.map(
    (node) => `${one.id}: ${node.html.slice(0, 160)} ${node.failureSummary.slice(0, 200)}`));
}"""
# What sticks out of the page, unless it lies in a part that scrolls by itself
TOO_WIDE = """() => {
  const root = document.documentElement, edge = root.clientWidth + 1;
  if (root.scrollWidth <= root.clientWidth) return [];
  const out = [...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > edge);
  return out.slice(-6).map((one) => one.outerHTML.slice(0, 120));
}"""


def barriers(page: Page, rules: Mapping[str, object] = WCAG) -> list[str]:
    """What axe finds by the rules, WCAG 2.2 A and AA, on the page that is open."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    found: list[str] = page.evaluate(VIOLATIONS, rules)
    return found


def troubles(page: Page) -> list[str]:
    """Barriers of the open page in light and dark, and what is wider than a phone, a tablet, a wall screen."""
    found, before = [], page.viewport_size
    looks: list[tuple[Literal["light", "dark"], Mapping[str, object]]] = [("light", WCAG), ("dark", COLOURS)]
    for look, rules in looks:
        # Without motion a colour is the new one at once
        page.emulate_media(color_scheme=look, reduced_motion="reduce")
        found += [f"{look}: {one}" for one in barriers(page, rules)]
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        found += [f"{width} px: {one}" for one in page.evaluate(TOO_WIDE)]
    if before is not None:
        page.set_viewport_size(before)
    return found
