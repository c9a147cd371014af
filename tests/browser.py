"""A report in a real browser: what it loads, says and shows, by width and medium."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--disable-sync"]
MEASURE = Path(__file__).with_name("measure.js").read_text(encoding="utf-8")


@contextmanager
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield started
        started.close()


@contextmanager
def opened(started: Browser, path: Path, width: int, medium: str) -> Iterator[tuple[Page, list[str]]]:
    """The page in `medium` (light, dark or print), and what it has complained of or asked the network for so far."""
    context = started.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    page.emulate_media(
        media="print" if medium == "print" else "screen", color_scheme="dark" if medium == "dark" else "light"
    )
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: troubles.append(f"error: {error}"))
    page.on("request", lambda request: troubles.append(request.url) if request.url != path.as_uri() else None)
    page.goto(path.as_uri(), wait_until="load")
    yield page, troubles
    context.close()


def measured(page: Page) -> dict[str, Any]:
    """What `measure.js` finds: figures, headings, and texts that are cut off or lie on one another."""
    found: dict[str, Any] = page.evaluate(MEASURE)
    return found
