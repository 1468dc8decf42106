"""Pictures of the books drawn on the server: SVG in the page's colours, right in light, in dark and on paper."""

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from liaison.kernel.money import dollars

WIDTH, BAR, STEP, LEFT, RIGHT = 640, 18, 30, 170, 150
_HEIGHT, _FOOT, _HEAD = 190, 22, 22


def columns(values: Sequence[tuple[str, int]], title: str) -> SafeString:
    """Amounts in cents as columns side by side, each with its words below and its amount above."""
    most = max((cents for _, cents in values), default=0)
    if most <= 0:
        return SafeString("")
    step = WIDTH / len(values)
    room = _HEIGHT - _FOOT - _HEAD
    parts = []
    for at, (name, cents) in enumerate(values):
        tall = max(1.0 if cents > 0 else 0.0, round(room * max(0, cents) / most, 1))
        middle = round(step * (at + 0.5), 1)
        parts.append(
            (middle, _HEIGHT - 6, name, round(middle - step * 0.3, 1), round(_HEIGHT - _FOOT - tall, 1),
             round(step * 0.6, 1), tall, middle, round(_HEIGHT - _FOOT - tall - 6, 1), dollars(cents))
        )  # fmt: skip
    drawn = format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="middle" class="soft">{}</text>'
        '<rect x="{}" y="{}" width="{}" height="{}" rx="2" fill="var(--accent)"/>'
        '<text x="{}" y="{}" text-anchor="middle" class="num">{}</text>',
        parts,
    )
    return _picture(title, [(name, dollars(cents)) for name, cents in values], drawn, _HEIGHT)


def bars(values: Sequence[tuple[str, int]], title: str, *, percent: bool = False) -> SafeString:
    """Amounts in cents, or shares in percent, as bars one below the other, the words before, the figure behind."""
    shown = [(name, value) for name, value in values if value > 0]
    most = 100 if percent else max((value for _, value in shown), default=0)
    if not shown:
        return SafeString("")
    parts = []
    for at, (name, value) in enumerate(shown):
        top = at * STEP + 4
        wide = max(1.0, round((WIDTH - LEFT - RIGHT) * min(value, most) / most, 1))
        words = f"{value}%" if percent else dollars(value)
        short = name if len(name) <= 24 else f"{name[:23]}…"
        parts.append((LEFT - 10, top + BAR - 5, short, LEFT, top, wide, BAR, LEFT + wide + 8, top + BAR - 5, words))
    drawn = format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="end">{}</text>'
        '<rect x="{}" y="{}" width="{}" height="{}" rx="2" fill="var(--accent)"/>'
        '<text x="{}" y="{}" class="num">{}</text>',
        parts,
    )
    said = [(name, f"{value}%" if percent else dollars(value)) for name, value in shown]
    return _picture(title, said, drawn, len(shown) * STEP + 4)


def _picture(title: str, said: Sequence[tuple[str, str]], drawn: SafeString, height: int) -> SafeString:
    """The picture with its title and, for who cannot see it, its figures in words."""
    key = f"picture-{title.lower().replace(' ', '-')}"
    words = "; ".join(f"{name}: {figure}" for name, figure in said)
    return format_html(
        '<svg class="bars" role="img" aria-labelledby="{0}-title {0}-words" viewBox="0 0 {1} {2}">'
        '<title id="{0}-title">{3}</title><desc id="{0}-words">{4}</desc>{5}</svg>',
        key,
        WIDTH,
        height,
        title,
        words,
        drawn,
    )
