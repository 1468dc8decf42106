"""Small pictures drawn on the server: SVG that takes the page's colours, right in light, in dark and on paper."""

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH, HEIGHT, MARGIN = 240, 52, 5
# The picture is stretched to its place; strokes are not. A line of no length with round ends stays a round point
_STROKE = 'vector-effect="non-scaling-stroke"'
_POINT = f'<path d="M{{}} {{}}h.01" stroke="var({{}})" stroke-width="7" stroke-linecap="round" {_STROKE}/>'
_LINE = f'<polyline points="{{}}" fill="none" stroke="var({{}})" stroke-width="2" stroke-linejoin="round" {_STROKE}/>'


def sparkline(
    values: Sequence[float],
    words: str,
    *,
    line: float | None = None,
    abnormal: Sequence[bool] = (),
    second: Sequence[float] = (),
) -> SafeString:
    """A trend, oldest first: evenly spaced points joined by a line, the last one marked.

    `words` say for who cannot see it what it shows; `line` is a limit to compare with; `abnormal` marks points in the
    colour of danger; `second` is another series in the same unit (the diastolic pressure). Fewer than two values draw
    nothing.
    """
    if len(values) < 2:
        return SafeString("")
    everything = [float(v) for v in (*values, *second, *([] if line is None else [line]))]
    low, high = min(everything), max(everything)
    span = (high - low) or 1.0

    def y(value: float) -> float:
        return round(HEIGHT - MARGIN - (float(value) - low) / span * (HEIGHT - 2 * MARGIN), 1)

    def points(series: Sequence[float]) -> list[tuple[float, float]]:
        step = (WIDTH - 2 * MARGIN) / (len(series) - 1)
        return [(round(MARGIN + i * step, 1), y(v)) for i, v in enumerate(series)]

    first = points(values)
    marks = [
        (x, at, "--danger" if i < len(abnormal) and abnormal[i] else "--accent")
        for i, (x, at) in enumerate(first)
        if i == len(first) - 1 or (i < len(abnormal) and abnormal[i])
    ]
    return format_html(
        '<svg class="spark" role="img" aria-label="{}" viewBox="0 0 {} {}" preserveAspectRatio="none">{}{}{}{}</svg>',
        words,
        WIDTH,
        HEIGHT,
        _limit(None if line is None else y(line)),
        _polyline(points(second), "--edge") if len(second) > 1 else "",
        _polyline(first, "--accent"),
        format_html_join("", _POINT, marks),
    )


def _polyline(points: Sequence[tuple[float, float]], colour: str) -> SafeString:
    return format_html(_LINE, " ".join(f"{x},{y}" for x, y in points), colour)


def _limit(y: float | None) -> SafeString:
    if y is None:
        return SafeString("")
    return format_html(
        '<path d="M0 {}H{}" stroke="var(--edge)" stroke-dasharray="3 3" vector-effect="non-scaling-stroke"/>', y, WIDTH
    )
