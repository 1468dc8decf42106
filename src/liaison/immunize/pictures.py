"""Pictures of coverage drawn on the server: SVG in the page's colours, right in light, in dark and on paper."""

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from liaison.immunize.queries.coverage import Coverage, Row, Standing

WIDTH, BAR, STEP, LEFT, RIGHT = 640, 16, 28, 190, 80
# Waiting is amber; red is for patient safety alone
_PARTS = (("up_to_date", "--good"), ("due", "--info"), ("overdue", "--wait"))


def bars(found: Coverage) -> SafeString:
    """Each vaccine group as a bar of a hundred: up to date, due, overdue; numbers and words beside it."""
    rows = [row for row in found.rows if row.all.patients]
    if not rows:
        return SafeString("")
    drawn = format_html_join("", "{}", ((_bar(row, at),) for at, row in enumerate(rows)))
    grid = format_html_join(
        "",
        '<path d="M{} 4V{}" stroke="var(--line)"/>',
        ((_x(percent), len(rows) * STEP + 2) for percent in (0, 25, 50, 75, 100)),
    )
    words = "; ".join(f"{row.vaccine_group} {row.all.percent}% up to date" for row in rows)
    return format_html(
        '<svg class="bars" role="img" aria-label="{}" viewBox="0 0 {} {}">{}{}</svg>',
        words,
        WIDTH,
        len(rows) * STEP + 6,
        grid,
        drawn,
    )


def _x(percent: float) -> float:
    return round(LEFT + (WIDTH - LEFT - RIGHT) * percent / 100, 1)


def _bar(row: Row, at: int) -> SafeString:
    top = at * STEP + 6
    begin, pieces = 0.0, []
    for name, colour in _PARTS:
        share = 100 * getattr(row.all, name) / row.all.patients
        if share:
            width = max(0.5, _x(begin + share) - _x(begin) - 0.5)
            pieces.append((_x(begin), top, width, BAR, colour))
        begin += share
    middle = top + BAR - 4
    return format_html(
        '<text x="{}" y="{}" text-anchor="end">{}</text>{}'
        '<text x="{}" y="{}" class="num" text-anchor="end">{}%</text>'
        '<text x="{}" y="{}" class="num soft" text-anchor="end">{}</text>',
        LEFT - 50,
        middle,
        row.vaccine_group,
        format_html_join("", '<rect x="{}" y="{}" width="{}" height="{}" rx="2" fill="var({})"/>', pieces),
        LEFT - 10,
        middle,
        row.all.percent,
        WIDTH - 2,
        middle,
        f"of {row.all.patients:,}",
    )


def shade(one: Standing) -> str:
    """The class of a cell of the table by band: how good coverage is, in five steps; nothing where nobody is."""
    if one.percent is None:
        return ""
    steps = (50, 70, 80, 90)
    return f"c{sum(one.percent >= step for step in steps)}"


def shaded(row: Row) -> Sequence[tuple[Standing, str]]:
    """The cells of a vaccine group by band, each with its class."""
    return [(one, shade(one)) for one in row.by_band]
