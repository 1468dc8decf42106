"""Photographs the pages for docs/: `make docs-pictures`, or `make docs-pictures ARGS="rooming checkout"` for some.

Sets a sample clinic up in a folder of its own (seed 1, so the same people and the same day every time), starts it on a
free port, walks through it in Chromium and writes docs/pictures/<page>-<width>-<look>.png. Ends what it started.
"""

import argparse
import os
import shutil
import struct
import sys
import tempfile
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser, Error, Page, sync_playwright  # noqa: E402

from tests.support import browser as chromium  # noqa: E402
from tests.support.processes import Child, free_port  # noqa: E402

FOLDER = ROOT / "docs" / "pictures"
PASSWORD = "maple-street"
COLOURS = 256
_READINGS = (
    ("bp", "184/112"),
    ("pulse", "92"),
    ("temperature", "98.6"),
    ("respiration", "16"),
    ("spo2", "97"),
    ("weight", "172"),
    ("height", "68"),
    ("pain", "2"),
)


@dataclass(frozen=True)
class Picture:
    """A page to photograph: its name, who looks (nobody: not signed in), and how to get there."""

    name: str
    who: str
    go: Callable[[Page, str], None]
    width: int = 1280
    look: str = "light"

    @property
    def file(self) -> str:
        return f"{self.name}-{self.width}-{self.look}.png"

    @property
    def height(self) -> int:
        return 844 if self.width < 600 else 860


def at(address: str) -> Callable[[Page, str], None]:
    """A page by its address."""
    return lambda page, url: _open(page, url + address)


def first(address: str, link: str) -> Callable[[Page, str], None]:
    """The page behind the first of some links."""

    def go(page: Page, url: str) -> None:
        _open(page, url + address)
        _follow(page, url, link)

    return go


def visit(lane: str, fallback: str = "") -> Callable[[Page, str], None]:
    """The working page of the first visit in a lane of the board."""
    lanes = [lane, fallback] if fallback else [lane]
    return first("/", ", ".join(f"#lane-{one} a[href*='/visits/']" for one in lanes))


def _open(page: Page, address: str) -> None:
    page.goto(address, wait_until="load")
    # A live page has its stream open for ever, so that the network is never idle
    page.wait_for_timeout(700)


def _follow(page: Page, url: str, link: str) -> None:
    address = page.locator(link).first.get_attribute("href", timeout=5000)
    _open(page, url + str(address))


def _checkout(page: Page, url: str) -> None:
    """A visit at checkout, as the front desk sees it; the provider finishes an examination first if need be."""
    _open(page, url + "/")
    if not page.locator("#lane-checkout a[href*='/visits/']").count():
        _finish_exam(page, url)
    # Whatever the page is loading ends before another page is asked for
    page.goto("about:blank")
    page.context.clear_cookies()
    _sign_in(page, url, "maria")
    _open(page, url + "/")
    _follow(page, url, "#lane-checkout a[href*='/visits/']")


def _finish_exam(page: Page, url: str, *orders: str) -> None:
    """Finish the first examination as its provider; without orders the visit goes to checkout."""
    if page.locator("#lane-with_provider a[href*='/visits/']").count():
        _follow(page, url, "#lane-with_provider a[href*='/visits/']")
    else:
        _follow(page, url, "#lane-ready a[href*='/visits/']")
        page.locator("button:has-text('Begin')").click()
    page.locator("[name=note]").fill("Doing well. Goes on as before.")
    page.locator("#words").fill("cough")
    page.locator("#hits button").first.click()
    for order in orders:
        page.locator(f"[name=orders][value={order}]").check()
    page.locator("[name=interval_days]").select_option("90")
    page.locator("[name=instructions]").fill("Drink enough, rest, and call us if it is not better in a week.")
    page.locator("form:has([name=note]) button.go").click()
    page.locator("#visit :is([name=follow_up_starts_at], form[action*='/orders/'])").first.wait_for()


def _busy(page: Page, url: str) -> None:
    """Fill the lanes: one waits, two are being roomed, one of them with an alert, one is ready, orders are to do."""
    _sign_in(page, url, "dana")
    for roomed, handed_off in ((True, True), (True, False), (True, False), (False, False)):
        _open(page, url + "/")
        _check_in(page, url)
        if roomed:
            page.locator("#visit .rooms button").first.click()
            page.locator("#step-title").wait_for()
        if handed_off:
            _hand_off(page)
    _vitals(page, url)
    for name, value in _READINGS:
        if page.locator(f"input[name={name}]").count():
            page.locator(f"input[name={name}]").fill(value)
    page.locator("form[data-step] button.go").click()
    page.locator("#stand button").first.wait_for()
    page.goto("about:blank")
    page.context.clear_cookies()
    _sign_in(page, url, "osei")
    _open(page, url + "/")
    _finish_exam(page, url, "cbc", "strep")


def _hand_off(page: Page) -> None:
    """Through the protocol in no time, and on to the provider: the visit's page stays open."""
    while not page.locator("form[action$='/hand-off']").count():
        title = page.locator("#step-title").inner_text()
        page.locator("details:has(#skip-reason)").evaluate("one => { one.open = true; }")
        page.locator("#skip-reason").fill("Done at the last visit")
        page.locator("form[action$='/skip'] button").click()
        page.wait_for_function("was => document.querySelector('#step-title')?.innerText !== was", arg=title)
    page.locator("form[action$='/hand-off'] button.go").click()
    page.locator("h2:has-text('Ready')").wait_for()


def _check_in(page: Page, url: str) -> None:
    """Check in the first who is expected; the visit's page stays open."""
    _follow(page, url, "#lane-expected a[href*='/visits/']")
    _confirm(page)


def _confirm(page: Page) -> None:
    """Do what check-in asks, on the visit's page."""
    for identifier in ("name", "birth_date"):
        page.locator(f"[name=identifiers][value={identifier}]").check()
    page.locator("[name=demographics_confirmed]").check()
    for signature in page.locator("input[name^='signed-']").all():
        signature.fill("Signed at the desk")
    if page.locator("[name=copay_waived_reason]").count():
        page.locator("[name=copay_waived_reason]").fill("Will pay at checkout")
    page.locator("form:has([name=identifiers]) button.go").click()
    page.locator("#visit h2:has-text('to a room')").wait_for()


def _account(page: Page, url: str) -> None:
    """The account of somebody whose payer has answered."""
    _open(page, url + "/claims/?show=paid")
    _follow(page, url, "main td a[href^='/claims/']")
    person = page.locator("main [href^='/patients/']").first.get_attribute("href", timeout=5000)
    _open(page, url + "/".join(str(person).split("/")[:3]) + "/account/")
    for entries in page.locator("details.past summary").all():
        entries.click()


def _vitals(page: Page, url: str) -> None:
    """A visit's vital signs, some of them typed in and judged as one types; somebody is roomed first if need be."""
    _open(page, url + "/")
    if not page.locator("#lane-rooming a[href*='/visits/']").count():
        if page.locator("#lane-arrived a[href*='/visits/']").count():
            _follow(page, url, "#lane-arrived a[href*='/visits/']")
        else:
            _check_in(page, url)
        page.locator("#visit .rooms button").first.click()
        page.locator("#step-title").wait_for()
        _open(page, url + "/")
    hrefs = page.locator("#lane-rooming a[href*='/visits/']").evaluate_all("all => all.map(one => one.pathname)")
    for href in dict.fromkeys(hrefs):
        _open(page, f"{url}{href}?step=vitals")
        if "Reason" in page.locator("#step-title").inner_text():
            page.locator("form[data-step] button.go").click()
            page.wait_for_timeout(1500)
        if page.locator("input[name=bp]").count():
            break
    for name, value in (("bp", "152/94"), ("pulse", "76"), ("temperature", "98.4")):
        box = page.locator(f"input[name={name}]")
        if box.count():
            box.first.fill(value)
            box.first.press("Tab")
    page.wait_for_timeout(900)


def _search(page: Page, url: str) -> None:
    _open(page, url + "/patients/")
    page.locator("#people-q").fill("garsia")
    page.wait_for_timeout(1200)


def _patient(tail: str) -> Callable[[Page, str], None]:
    """A page of the patient who is with the provider: somebody with a history and an account."""

    def go(page: Page, url: str) -> None:
        _open(page, url + "/")
        _follow(page, url, "#lane-with_provider a[href*='/visits/'], #lane-checkout a[href*='/visits/']")
        link = page.locator("main a[href^='/patients/']").first.get_attribute("href", timeout=5000)
        _open(page, url + "/".join(str(link).split("/")[:3]) + "/" + tail)

    return go


def _find_time(page: Page, url: str) -> None:
    _open(page, url + "/schedule/find/")
    page.locator("#people-q").fill("garcia")
    page.locator("#people a").first.wait_for()
    page.locator("#people a").first.click()
    page.locator("select[name=visit_type]").select_option("follow-up")
    page.wait_for_timeout(1200)


def _count(page: Page, url: str) -> None:
    """A count of the freezer, with one lot that differs."""
    first("/supplies/storage/", ".unit a:has-text('Freezer')")(page, url)
    _follow(page, url, "a[href$='/count/']")
    for row in page.locator(".counts > li").all():
        row.locator(".counted").fill(row.locator(".ledgersays").inner_text().split()[-1])
    page.locator(".counted").nth(1).fill("13")
    page.locator(".counts select").nth(1).select_option("not-recorded")


DUE = ".visit.card:has(.tag[title*='ose '])"


def _child(tail: str) -> Callable[[Page, str], None]:
    """A page of somebody on the board of whom vaccines are due."""

    def go(page: Page, url: str) -> None:
        _open(page, url + "/")
        _follow(page, url, f"{DUE} a[href*='/visits/']")
        link = page.locator("main a[href^='/patients/']").first.get_attribute("href", timeout=5000)
        _open(page, url + "/".join(str(link).split("/")[:3]) + "/" + tail)

    return go


def _asked(page: Page, url: str) -> None:
    """What the registry answers about such a patient; of several who are like them, the first."""
    _child("registry/")(page, url)
    page.locator("button:has-text('Ask')").first.click()
    page.wait_for_timeout(1500)
    if page.locator("button:has-text('This one')").count():
        page.locator("button:has-text('This one')").first.click()
        page.wait_for_timeout(1500)


def _vaccines(page: Page, url: str) -> None:
    """The working page of vaccines: somebody is brought in of whom some are due, and the first is planned."""
    _open(page, url + "/")
    roomed = f":is(#lane-rooming, #lane-ready, #lane-with_provider) {DUE} a[href*='/visits/']"
    if not page.locator(roomed).count():
        _follow(page, url, f"#lane-arrived {DUE} a[href*='/visits/'], #lane-expected {DUE} a[href*='/visits/']")
        if page.locator("form:has([name=identifiers])").count():
            _confirm(page)
        page.locator("#visit .rooms button").first.click()
        page.locator("#step-title").wait_for()
    else:
        _follow(page, url, roomed)
    _follow(page, url, "a:has-text('Give vaccines')")
    if page.locator(".choose button.go").count():
        page.locator(".choose button.go").first.click()
        page.locator("#before-title").wait_for()


def _excursion(page: Page, url: str) -> None:
    """The freezer's door stood open last week."""
    first("/supplies/storage/", ".unit a:has-text('Freezer')")(page, url)
    _follow(page, url, "a[href^='/supplies/excursions/']")


PICTURES = (
    Picture("sign-in", "", at("/accounts/login/")),
    Picture("today", "dana", at("/")),
    Picture("today", "dana", at("/"), look="dark"),
    Picture("today", "dana", at("/"), width=390),
    Picture("patients", "dana", _search),
    Picture("register", "maria", at("/patients/new/")),
    Picture("chart", "osei", _patient("")),
    Picture("details", "maria", _patient("details/")),
    Picture("looked", "helen", _patient("looked/")),
    Picture("account", "priya", _account),
    Picture("schedule", "maria", at("/schedule/")),
    Picture("find-time", "maria", _find_time),
    Picture("check-in", "maria", visit("expected")),
    Picture("rooming", "dana", _vitals),
    Picture("rooming", "dana", _vitals, width=390),
    Picture("hand-off", "osei", visit("ready", "with_provider")),
    Picture("exam", "osei", visit("with_provider")),
    Picture("orders", "dana", at("/orders/?site=all")),
    Picture("supplies", "grace", at("/supplies/")),
    Picture("supplies-count", "grace", _count),
    Picture("storage-unit", "grace", first("/supplies/storage/", ".unit a:has-text('Refrigerator')")),
    Picture("excursion", "grace", _excursion),
    Picture("vaccines", "dana", _vaccines),
    Picture("immunizations", "dana", _child("immunizations/")),
    Picture("vaccine-coverage", "helen", at("/immunizations/")),
    Picture("registry", "helen", at("/registry/")),
    Picture("registry-set-up", "helen", at("/registry/set-up/")),
    Picture("patient-registry", "dana", _asked),
    Picture("checkout", "osei", _checkout),
    Picture("tasks", "dana", at("/tasks/")),
    Picture("claims", "priya", at("/claims/")),
    Picture("claim", "priya", first("/claims/", "main td a[href^='/claims/']")),
)


@contextmanager
def clinic() -> Iterator[str]:
    """A sample clinic of its own, running: its address. The day stands at a quarter past ten and goes on slowly."""
    home = Path(tempfile.mkdtemp(prefix="liaison-pictures-"))
    env = {name: value for name, value in os.environ.items() if not name.startswith("LIAISON_")}
    port = free_port()
    liaison = str(Path(sys.executable).with_name("liaison"))
    command = [liaison, "demo", "--port", str(port), "--seed", "1", "--speed", "real"]
    child = Child(command, log=home / "demo.log", env={**env, "LIAISON_HOME": str(home / "home")})
    try:
        child.wait_for_http(f"http://127.0.0.1:{port}/healthz")
        yield f"http://127.0.0.1:{port}"
    finally:
        child.stop()
        shutil.rmtree(home, ignore_errors=True)


def take(browser: Browser, url: str, pictures: list[Picture]) -> int:
    """Take the pictures; gives how many could not be taken."""
    states: dict[str, object] = {}
    missed = 0
    for one in pictures:
        options = {"viewport": {"width": one.width, "height": one.height}, "color_scheme": one.look, "locale": "en-US"}
        if one.who and one.who not in states:
            states[one.who] = sign_in(browser, url, one.who)
        context = browser.new_context(**options, storage_state=states.get(one.who))  # type: ignore[arg-type]  # as playwright gave it
        page = context.new_page()
        try:
            one.go(page, url)
            page.mouse.move(0, 0)
            small(browser, page.screenshot(animations="disabled"), FOLDER / one.file)
            print(f"{one.file}  {(FOLDER / one.file).stat().st_size // 1000} kB")
        except Error as problem:
            missed += 1
            print(f"{one.file}  not taken: {str(problem).splitlines()[0]}", file=sys.stderr)
        finally:
            context.close()
    return missed


def sign_in(browser: Browser, url: str, who: str) -> object:
    """The cookies of somebody signed in."""
    context = browser.new_context()
    _sign_in(context.new_page(), url, who)
    state = context.storage_state()
    context.close()
    return state


def _sign_in(page: Page, url: str, who: str) -> None:
    page.goto(f"{url}/accounts/login/")
    page.locator("input[name=login]").fill(who)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(f"{url}/")


_PALETTE = """async ([picture, most]) => {
  const image = new Image();
  image.src = "data:image/png;base64," + picture;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
  canvas.drawImage(image, 0, 0);
  const pixels = canvas.getImageData(0, 0, image.width, image.height).data;
  const colour = (i) => (pixels[i] << 16) | (pixels[i + 1] << 8) | pixels[i + 2];
  const counts = new Map();
  for (let i = 0; i < pixels.length; i += 4) counts.set(colour(i), (counts.get(colour(i)) ?? 0) + 1);
  const palette = [...counts.keys()].sort((a, b) => counts.get(b) - counts.get(a)).slice(0, most);
  const nearest = new Map(palette.map((one, index) => [one, index]));
  const away = (a, b, bits) => ((a >> bits & 255) - (b >> bits & 255)) ** 2;
  const far = (a, b) => away(a, b, 16) + away(a, b, 8) + away(a, b, 0);
  const find = (one) => {
    let best = 0;
    for (let i = 1; i < palette.length; i++) if (far(palette[i], one) < far(palette[best], one)) best = i;
    nearest.set(one, best);
    return best;
  };
  let text = "";
  for (let i = 0; i < pixels.length; i += 4) text += String.fromCharCode(nearest.get(colour(i)) ?? find(colour(i)));
  return [image.width, image.height, palette, btoa(text)];
}"""


def small(browser: Browser, picture: bytes, path: Path) -> None:
    """Write a picture as a PNG of 256 colours, the commonest kept exact: a third of the size, to the eye the same."""
    page = browser.new_page()
    width, height, palette, pixels = page.evaluate(_PALETTE, [b64encode(picture).decode(), COLOURS])
    page.close()
    raw = b64decode(pixels)
    rows = b"".join(b"\x00" + raw[y * width : (y + 1) * width] for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    colours = b"".join(one.to_bytes(3, "big") for one in palette)
    parts = ((b"IHDR", header), (b"PLTE", colours), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*part) for part in parts))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def main() -> None:
    parser = argparse.ArgumentParser(description="Photograph the pages for docs/.")
    parser.add_argument("names", nargs="*", metavar="PAGE", help=f"of {', '.join(sorted({p.name for p in PICTURES}))}")
    parser.add_argument("--url", help="a running sample clinic, instead of one of its own")
    arguments = parser.parse_args()
    chosen = [one for one in PICTURES if not arguments.names or one.name in arguments.names]
    if not chosen:
        parser.error("no such page")
    path = chromium.executable() or parser.error("Chromium is not installed: run scripts/test-tools chromium")
    with sync_playwright() as playwright:
        browser = chromium.launch(playwright, path)
        if arguments.url:
            missed = take(browser, arguments.url.rstrip("/"), chosen)
        else:
            print("Setting up a clinic to photograph; this takes a minute or two …")
            with clinic() as url:
                page = browser.new_page()
                _busy(page, url)
                page.close()
                missed = take(browser, url, chosen)
        browser.close()
    sys.exit(f"{missed} of {len(chosen)} pictures could not be taken." if missed else 0)


if __name__ == "__main__":
    main()
