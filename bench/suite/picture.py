"""The results as bars: an SVG that reads on light and dark pages."""

from html import escape

from .table import seconds

WIDTH, LABEL, BAR = 860, 300, 380
ROW, THICK, TOP = 62, 17, 44

STYLE = """
  text { font: 13px -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2328; }
  .quiet { fill: #656d76; font-size: 12px; }
  .ratio { font-size: 17px; font-weight: 600; }
  .ours { fill: #1a7f37; } .theirs { fill: #afb8c1; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; } .quiet { fill: #8d96a0; } .ours { fill: #3fb950; } .theirs { fill: #484f58; }
  }
"""


def svg(all_series):
    """Every measurement that both sides have, each to its own scale: the slower side is the full width."""
    shown = [s for s in all_series if s.ratio]
    height = TOP + ROW * len(shown) + 8
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img">',
        "<title>pmm-ha against the runbook by hand and other tools</title>",
        f"<style>{STYLE}</style>",
        f'<rect class="ours" x="{LABEL}" y="12" width="12" height="12" rx="2"/>',
        f'<text x="{LABEL + 18}" y="22">pmm-ha</text>',
        f'<rect class="theirs" x="{LABEL + 84}" y="12" width="12" height="12" rx="2"/>',
        f'<text x="{LABEL + 102}" y="22">the other</text>',
        f'<text class="quiet" x="{LABEL + 176}" y="22">medians; each pair to its own scale</text>',
    ]
    for number, series in enumerate(shown):
        parts += _pair(series, TOP + ROW * number)
    return "\n".join(parts + ["</svg>", ""])


def _pair(series, y):
    ours, theirs = series.median("ours"), series.median("theirs")
    longest = max(ours, theirs)
    parts = [
        f'<text x="0" y="{y + 14}">{escape(series.title)}</text>',
        f'<text class="quiet" x="0" y="{y + 33}">against {escape(series.peer)}</text>',
        f'<text class="ratio" x="{WIDTH - 4}" y="{y + 25}" text-anchor="end">{series.ratio:.1f}×</text>',
    ]
    for row, (kind, value) in enumerate((("ours", ours), ("theirs", theirs))):
        top = y + row * (THICK + 3)
        width = max(2, BAR * value / longest)
        parts += [
            f'<rect class="{kind}" x="{LABEL}" y="{top}" width="{width:.1f}" height="{THICK}" rx="2"/>',
            f'<text x="{LABEL + width + 7:.1f}" y="{top + 13}">{seconds(value)}</text>',
        ]
    return parts
