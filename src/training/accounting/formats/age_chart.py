"""What is owed by age, drawn: an SVG without a script, shown as an image beside the table that says the same."""

from __future__ import annotations

from collections.abc import Mapping

import pygal  # type: ignore[import-untyped]
from lxml import etree
from pygal.style import Style  # type: ignore[import-untyped]

from training.accounting.rules.ageing import Age
from training.kernel.render import euros

# One colour from calm to old; grey words read on white and on black (4.5:1 on both).
_COLOURS = {
    Age.UNAVAILABLE: "#8a8f98",
    Age.NOT_DUE: "#3c8d73",
    Age.TO_30: "#c9a227",
    Age.TO_60: "#d07f2c",
    Age.TO_90: "#c9572f",
    Age.OLDER: "#b3261e",
}
_INK = "#767b84"
_STYLE = Style(
    background="transparent",
    plot_background="transparent",
    foreground=_INK,
    foreground_strong=_INK,
    foreground_subtle=_INK,
    font_family="system-ui, sans-serif",
    label_font_size=15,
    major_label_font_size=15,
    value_font_size=15,
    value_label_font_size=15,
    guide_stroke_color="transparent",
    major_guide_stroke_color="transparent",
    opacity="1",
    colors=(_INK,),
    value_colors=(_INK,),
)


def chart(cents: Mapping[Age, int], names: Mapping[Age, str]) -> bytes:
    """A bar a column of the balance, named as whoever reads names it. Whole euros: the table has the cents."""
    bars = pygal.HorizontalBar(
        style=_STYLE,
        js=(),
        show_legend=False,
        show_y_guides=False,
        show_x_labels=False,
        print_values=False,
        width=520,
        height=270,
        margin=8,
        spacing=10,
        rounded_bars=2,
        pretty_print=False,
        disable_xml_declaration=True,
        no_prefix=True,
    )
    shown = list(reversed(Age))  # pygal draws from the bottom
    bars.x_labels = [f"{names[age]} · {euros(cents[age])}" for age in shown]
    bars.add(None, [{"value": cents[age] // 100, "color": _COLOURS[age]} for age in shown])
    return _without_scripts(bars.render())


def _without_scripts(svg: str | bytes) -> bytes:
    """pygal always writes its settings as a script; ours draw without one."""
    root = etree.fromstring(svg if isinstance(svg, bytes) else svg.encode(), etree.XMLParser(resolve_entities=False))
    etree.strip_elements(root, "{*}script", with_tail=False)
    return bytes(etree.tostring(root))
