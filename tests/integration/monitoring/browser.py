"""A real browser that looks at the dashboards."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

DRAWN_MS = 30_000
SETTLE_MS = 3_000
WIDTH, HEIGHT = 1400, 900


def chromium() -> str:
    """Path of a Chromium; skips the test where there is none."""
    for name in ("chromium", "google-chrome"):
        if found := shutil.which(name):
            return found
    pytest.skip("chromium is not installed: run `tools/setup-browser`")


@contextmanager
def looking_at(url: str) -> Iterator[Page]:
    """A page of a browser without a window; an error in its scripts fails the test."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(url)
        yield page
        browser.close()
        assert errors == []


def panels_with_data(page: Page, uid: str, picture: Path | None = None) -> dict[str, bool]:
    """Title of each panel of a dashboard, and whether anything is drawn in it."""
    page.click(f'nav a[href="#{uid}"]')
    # The page turns to it after the click: until then what is drawn is another's.
    page.wait_for_selector(f'body[data-of="{uid}"][data-drawn]', timeout=DRAWN_MS)
    drawn = json.loads(page.get_attribute("body", "data-drawn") or "[]")
    titles = page.locator("section h2").all_inner_texts()
    if picture is not None:
        page.select_option("#choice-range", label="5 minutes")
        page.wait_for_timeout(SETTLE_MS)
        page.screenshot(path=picture, full_page=True)
    return dict(zip(titles, drawn, strict=True))
