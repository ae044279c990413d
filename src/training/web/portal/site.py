"""What a site says about itself: the accessibility statement, and its map for search engines."""

from __future__ import annotations

from datetime import datetime

from litestar import Response, Router, get
from litestar.response import Template
from lxml import etree

from training.kernel import addresses
from training.reporting.portal.site_map import site_map
from training.web.auth import PUBLIC
from training.web.pages import Asked, page

FIXED = ("/", "/catalogue", "/seances", "/integrer", "/accessibilite")
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"  # sitemaps.org protocol 0.9


@get("/accessibilite", permission=PUBLIC)
async def accessibility(request: Asked) -> Template:
    """What we aim at, what we know, whom to tell (law 2005-102 art. 47 asks public bodies for such a page)."""
    return await page(request, "portal/accessibility.html")


@get("/sitemap.xml", permission=PUBLIC, exclude_from_csrf=True)
async def sitemap() -> Response[bytes]:
    """The public pages."""
    root = etree.Element("urlset", {"xmlns": _SITEMAP})
    known: list[tuple[str, datetime | None]] = [(path, None) for path in FIXED]
    known += [(found.path, found.changed_at) for found in await site_map()]
    for path, changed_at in known:
        entry = etree.SubElement(root, "url")
        etree.SubElement(entry, "loc").text = addresses.absolute(path)
        if changed_at is not None:
            etree.SubElement(entry, "lastmod").text = changed_at.isoformat(timespec="seconds")
    body = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return Response(body, media_type="application/xml", headers={"Cache-Control": "public, max-age=3600"})


ROUTER = Router("/", route_handlers=[accessibility, sitemap])
