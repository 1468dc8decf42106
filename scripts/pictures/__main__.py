"""Photographs the pages for docs/: `make docs-pictures`, or `make docs-pictures ARGS="rooming checkout"` for some.

Sets a sample clinic up in a folder of its own (seed 1, so the same people and the same day every time), starts it on a
free port, walks through it in Chromium and writes docs/pictures/<page>-<width>-<look>.png. Ends what it started.
"""

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

from scripts.pictures import claims, day, money, vaccines
from scripts.pictures.camera import Picture, take
from scripts.pictures.ways import at, first, visit
from tests.support import browser as chromium
from tests.support.processes import Child, free_port

PICTURES = (
    Picture("sign-in", "", at("/accounts/login/")),
    Picture("today", "dana", at("/")),
    Picture("today", "dana", at("/"), look="dark"),
    Picture("today", "dana", at("/"), width=390),
    Picture("patients", "dana", day.search),
    Picture("register", "maria", at("/patients/new/")),
    Picture("chart", "osei", day.patient("")),
    Picture("details", "maria", day.patient("details/")),
    Picture("looked", "helen", day.patient("looked/")),
    Picture("account", "priya", day.account),
    Picture("schedule", "maria", at("/schedule/")),
    Picture("find-time", "maria", day.find_time),
    Picture("coverage", "maria", claims.insured("insurance/")),
    Picture("coverage-day", "maria", claims.today),
    Picture("estimate", "maria", claims.insured("estimate/")),
    Picture("check-in", "maria", visit("expected")),
    Picture("rooming", "dana", day.vitals),
    Picture("rooming", "dana", day.vitals, width=390),
    Picture("hand-off", "osei", visit("ready", "with_provider")),
    Picture("exam", "osei", visit("with_provider")),
    Picture("orders", "dana", at("/orders/?site=all")),
    Picture("supplies", "grace", at("/supplies/")),
    Picture("supplies-count", "grace", vaccines.count),
    Picture("storage-unit", "grace", first("/supplies/storage/", ".unit a:has-text('Refrigerator')")),
    Picture("excursion", "grace", vaccines.excursion),
    Picture("vaccines", "dana", vaccines.vaccines),
    Picture("immunizations", "dana", vaccines.child("immunizations/")),
    Picture("vaccine-coverage", "helen", at("/immunizations/")),
    Picture("registry", "helen", at("/registry/")),
    Picture("registry-set-up", "helen", at("/registry/set-up/")),
    Picture("patient-registry", "dana", vaccines.asked),
    Picture("checkout", "osei", day.checkout),
    Picture("tasks", "dana", at("/tasks/")),
    Picture("claims", "priya", at("/claims/")),
    Picture("claim", "priya", first("/claims/", "main td a[href^='/claims/']")),
    Picture("claim-rules", "helen", at("/claims/rules/")),
    Picture("claim-rule", "helen", claims.tried),
    Picture("payments", "priya", at("/payments/")),
    Picture("denials", "priya", money.denials),
    Picture("unposted", "priya", money.unposted),
    Picture("remittance", "priya", money.remittance),
    Picture("files", "priya", at("/claims/files/")),
    Picture("drawer", "priya", money.drawer),
    Picture("bank", "helen", money.bank),
    Picture("aging", "helen", at("/books/aging/?by=patient")),
    Picture("statements", "priya", money.statements),
    Picture("day-sheet", "helen", at("/books/")),
    Picture("rates", "helen", at("/books/rates/")),
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
                day.busy(page, url)
                page.close()
                missed = take(browser, url, chosen)
        browser.close()
    sys.exit(f"{missed} of {len(chosen)} pictures could not be taken." if missed else 0)


if __name__ == "__main__":
    main()
