"""Pages in the system's own Chromium, watched for what must never happen in one."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, Request

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_MAC = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
_OWN_HOSTS = ("127.0.0.1", "localhost")


def executable() -> str | None:
    """The path of Chromium or Chrome on this machine."""
    found = next((path for name in _NAMES if (path := shutil.which(name))), None)
    return found or next((path for path in _MAC if Path(path).exists()), None)


def launch(playwright: Playwright, path: str) -> Browser:
    """Start a headless Chromium."""
    return playwright.chromium.launch(executable_path=path, args=_ARGUMENTS, headless=True)


class Watch:
    """What went wrong in the pages of a context: scripts that failed, policies broken, outside addresses asked."""

    def __init__(self, context: BrowserContext) -> None:
        self.troubles: list[str] = []
        context.on("request", self._request)
        context.on("weberror", lambda error: self.troubles.append(f"script error: {error.error}"))
        context.on("console", self._console)

    def _request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("http", "https", "ws", "wss") and address.hostname not in _OWN_HOSTS:
            self.troubles.append(f"outside address: {request.url}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            self.troubles.append(message.text)


@contextmanager
def watched_page(browser: Browser, **options: Any) -> Iterator[Page]:
    """A page in a context of its own (options as of `Browser.new_context`); fails at the end on any trouble."""
    options = {"viewport": {"width": 1280, "height": 800}, "locale": "en-US", **options}
    context = browser.new_context(**options)
    try:
        watch = Watch(context)
        yield context.new_page()
        assert watch.troubles == []
    finally:
        context.close()
