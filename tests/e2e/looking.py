"""What can be measured of a page as it is shown: accessibility faults, sideways scroll."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}


def violations(page: Page) -> list[str]:
    """What axe finds, from the top: a page that focuses a field has scrolled some of itself behind what stays."""
    page.evaluate("scrollTo(0, 0)")
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html'][:200]} ({len(v['nodes'])})" for v in found]


def overflow(page: Page) -> int:
    """How far the page scrolls sideways."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def shift(page: Page) -> float:
    """How much of the page moved while it arrived (Layout Instability API): the sum of its shifts."""
    return float(
        page.evaluate(
            """() => new Promise((done) => {
              let sum = 0;
              const add = (list) => list.forEach((entry) => { sum += entry.value });
              const seen = new PerformanceObserver((list) => add(list.getEntries()));
              seen.observe({ type: "layout-shift", buffered: true });
              setTimeout(() => { add(seen.takeRecords()); done(sum) }, 30);
            })"""
        )
    )
