"""A day at the clinic as far as pictures need it: people checked in, roomed, examined; and the pages of them."""

from playwright.sync_api import Page

from scripts.pictures.ways import Way, follow, open_page, sign_in

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


def busy(page: Page, url: str) -> None:
    """Fill the lanes: one waits, two are being roomed, one of them with an alert, one is ready, orders are to do."""
    sign_in(page, url, "dana")
    for roomed, handed_off in ((True, True), (True, False), (True, False), (False, False)):
        open_page(page, url + "/")
        check_in(page, url)
        if roomed:
            page.locator("#visit .rooms button").first.click()
            page.locator("#step-title").wait_for()
        if handed_off:
            hand_off(page)
    vitals(page, url)
    for name, value in _READINGS:
        if page.locator(f"input[name={name}]").count():
            page.locator(f"input[name={name}]").fill(value)
    page.locator("form[data-step] button.go").click()
    page.locator("#stand button").first.wait_for()
    page.goto("about:blank")
    page.context.clear_cookies()
    sign_in(page, url, "osei")
    open_page(page, url + "/")
    finish_exam(page, url, "cbc", "strep")


def check_in(page: Page, url: str) -> None:
    """Check in the first who is expected; the visit's page stays open."""
    follow(page, url, "#lane-expected a[href*='/visits/']")
    confirm(page)


def confirm(page: Page) -> None:
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


def hand_off(page: Page) -> None:
    """Through the protocol in no time, and on to the provider: the visit's page stays open."""
    while not page.locator("form[action$='/hand-off']").count():
        title = page.locator("#step-title").inner_text()
        page.locator("details:has(#skip-reason)").evaluate("one => { one.open = true; }")
        page.locator("#skip-reason").fill("Done at the last visit")
        page.locator("form[action$='/skip'] button").click()
        page.wait_for_function("was => document.querySelector('#step-title')?.innerText !== was", arg=title)
    page.locator("form[action$='/hand-off'] button.go").click()
    page.locator("h2:has-text('Ready')").wait_for()


def finish_exam(page: Page, url: str, *orders: str) -> None:
    """Finish the first examination as its provider; without orders the visit goes to checkout."""
    if page.locator("#lane-with_provider a[href*='/visits/']").count():
        follow(page, url, "#lane-with_provider a[href*='/visits/']")
    else:
        follow(page, url, "#lane-ready a[href*='/visits/']")
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


def checkout(page: Page, url: str) -> None:
    """A visit at checkout, as the front desk sees it; the provider finishes an examination first if need be."""
    open_page(page, url + "/")
    if not page.locator("#lane-checkout a[href*='/visits/']").count():
        finish_exam(page, url)
    # Whatever the page is loading ends before another page is asked for
    page.goto("about:blank")
    page.context.clear_cookies()
    sign_in(page, url, "maria")
    open_page(page, url + "/")
    follow(page, url, "#lane-checkout a[href*='/visits/']")


def vitals(page: Page, url: str) -> None:
    """A visit's vital signs, some of them typed in and judged as one types; somebody is roomed first if need be."""
    open_page(page, url + "/")
    if not page.locator("#lane-rooming a[href*='/visits/']").count():
        if page.locator("#lane-arrived a[href*='/visits/']").count():
            follow(page, url, "#lane-arrived a[href*='/visits/']")
        else:
            check_in(page, url)
        page.locator("#visit .rooms button").first.click()
        page.locator("#step-title").wait_for()
        open_page(page, url + "/")
    hrefs = page.locator("#lane-rooming a[href*='/visits/']").evaluate_all("all => all.map(one => one.pathname)")
    for href in dict.fromkeys(hrefs):
        open_page(page, f"{url}{href}?step=vitals")
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


def account(page: Page, url: str) -> None:
    """The account of somebody whose payer has answered."""
    open_page(page, url + "/claims/?show=paid")
    follow(page, url, "main td a[href^='/claims/']")
    person = page.locator("main [href^='/patients/']").first.get_attribute("href", timeout=5000)
    open_page(page, url + "/".join(str(person).split("/")[:3]) + "/account/")
    for entries in page.locator("details.past summary").all():
        entries.click()


def search(page: Page, url: str) -> None:
    open_page(page, url + "/patients/")
    page.locator("#people-q").fill("garsia")
    page.wait_for_timeout(1200)


def patient(tail: str) -> Way:
    """A page of the patient who is with the provider: somebody with a history and an account."""

    def go(page: Page, url: str) -> None:
        open_page(page, url + "/")
        follow(page, url, "#lane-with_provider a[href*='/visits/'], #lane-checkout a[href*='/visits/']")
        link = page.locator("main a[href^='/patients/']").first.get_attribute("href", timeout=5000)
        open_page(page, url + "/".join(str(link).split("/")[:3]) + "/" + tail)

    return go


def find_time(page: Page, url: str) -> None:
    open_page(page, url + "/schedule/find/")
    page.locator("#people-q").fill("garcia")
    page.locator("#people a").first.wait_for()
    page.locator("#people a").first.click()
    page.locator("select[name=visit_type]").select_option("follow-up")
    page.wait_for_timeout(1200)
