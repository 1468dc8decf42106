"""The temperature log of a unit for a month, as a page to print and sign."""

from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import typst

from liaison.kernel import clock
from liaison.kernel.units import Unit
from liaison.supplies.models import Excursion
from liaison.supplies.queries.storage import HalfDay, Month, lasted
from liaison.supplies.temperatures import both, number, span
from liaison.supplies.words import said_duration as said


def pdf(month: Month) -> bytes:
    """A PDF of US letter pages: each day's morning and afternoon, what was out marked, excursions and decisions."""
    template = resources.files("liaison.supplies").joinpath("log.typ").read_bytes()
    return bytes(typst.compile(template, sys_inputs={"data": orjson.dumps(facts(month)).decode()}))


def facts(month: Month) -> dict[str, Any]:
    """What the page says."""
    unit, zone = month.unit, ZoneInfo(month.unit.site.zone)
    return {
        "unit": unit.name,
        "kind": unit.get_kind_display(),
        "site": unit.site.name,
        "month": f"{month.first:%B %Y}",
        "limits": span(unit.low_c, unit.high_c, unit.scale),
        "scale": "°F" if unit.scale == Unit.FAHRENHEIT else "°C",
        "days": [
            {"day": str(day.day), "weekday": f"{day:%a}", "halves": [_half(half, unit.scale, zone) for half in halves]}
            for day, *halves in month.days
        ],
        "excursions": [_told(excursion, zone) for excursion in month.excursions],
    }  # fmt: skip


def _half(half: HalfDay, scale: str, zone: ZoneInfo) -> dict[str, Any]:
    def text(value: Any) -> str:
        return "" if value is None else str(number(value, scale)).replace("-", "−")

    return {
        "at": f"{half.at.astimezone(zone):%-H:%M}" if half.at else "",
        "current": text(half.current_c),
        "low": text(half.low_c),
        "high": text(half.high_c),
        "by": half.initials or ("logger" if half.logger else ""),
        "out": half.out,
    }


def _told(excursion: Excursion, zone: ZoneInfo) -> dict[str, Any]:
    began = excursion.began_at.astimezone(zone)
    extremes = " to ".join(filter(None, (both(excursion.low_c), both(excursion.high_c))))
    decided = [
        f"{d.stock.lot.item.name}, lot {d.stock.lot.number} ({d.doses}): {d.get_verdict_display()}"
        + (f", {clock.told(d.until)}" if d.until else "")
        + f". Asked: {d.asked}. {d.why}" + (f" ({d.by.full})" if d.by else "")
        for d in excursion.decisions.all()
    ]  # fmt: skip
    return {
        "when": f"{began:%-d %B %Y, %-H:%M}, {said(lasted(excursion))}",
        "what": ", ".join(filter(None, (excursion.reason, extremes))),
        "decided": decided or (["Nothing was inside."] if excursion.decided_at else ["Not decided about yet."]),
    }
