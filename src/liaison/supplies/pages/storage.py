"""Storage units: readings, logger files, counts, excursions and the month's log."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from liaison.kernel import clock
from liaison.kernel.errors import Invalid
from liaison.people.access import page
from liaison.people.typed import ON_THE_FORM, StaffRequest, Typed, done, moment, shown
from liaison.places import queries as places
from liaison.supplies import actions, log
from liaison.supplies.actions import Counted
from liaison.supplies.loggers import MOST_BYTES
from liaison.supplies.models import Decision, Storage, StorageUnit
from liaison.supplies.pages.parts import temperature, whole_number, with_sites
from liaison.supplies.pictures import temperatures
from liaison.supplies.queries import storage
from liaison.supplies.temperatures import number
from liaison.supplies.words import Difference, said_duration

_READING = ("current", "low", "high", "at", "note")
_UNIT = ("site", "name", "kind", "low", "high", "scale", "twice_daily")


@require_GET
@page("supplies.read")
def units(request: StaffRequest) -> HttpResponse:
    """Every storage unit with its latest temperature."""
    context = with_sites(request, "storage")
    return render(
        request, "supplies/units.html", context | {"lines": storage.unit_lines(request.actor, context["site"])}
    )


@require_GET
@page("supplies.read")
def unit(request: StaffRequest, unit_id: UUID) -> HttpResponse:
    """A unit: its temperatures, what is in it, its excursions."""
    return _unit(request, unit_id, Typed())


def _unit(request: StaffRequest, unit_id: UUID, form: Typed, **more: Any) -> HttpResponse:
    whole = storage.unit_whole(request.actor, unit_id)
    zone = ZoneInfo(whole.unit.site.zone)
    by_hand = [r for r in reversed(whole.readings) if r.source == "hand"]
    now = clock.now().astimezone(zone)
    months = sorted({(now.year, now.month), (now.year - (now.month == 1), now.month - 1 or 12)}, reverse=True)
    context = {
        "whole": whole,
        "unit": whole.unit,
        "latest": whole.readings[-1] if whole.readings else None,
        "by_hand": by_hand[:8],
        "picture": temperatures(whole.unit, whole.readings, zone),
        "days": storage.DAYS_SHOWN,
        "months": [(datetime(y, m, 1, tzinfo=zone), y, m) for y, m in months],
        "doses": sum(stock.on_hand for stock in whole.stock),
        "tab": "storage",
        **more,
    }
    return shown(request, "supplies/unit.html", form, **context)


@require_POST
@page("supplies.use")
def read(request: StaffRequest, unit_id: UUID) -> HttpResponse:
    """Note what a unit's display shows."""
    form = Typed.sent(request.POST, _READING)
    found = storage.unit(request.actor, unit_id)
    try:
        current = temperature(form, "current", found.scale)
        if current is None:
            raise Invalid("no-temperature", "Write what the display shows now.", "current")
        reading = actions.record_reading(
            request.actor,
            unit_id,
            current_c=current,
            low_c=temperature(form, "low", found.scale),
            high_c=temperature(form, "high", found.scale),
            at=_moment(form, found),
            note=form.text("note"),
        )
    except ON_THE_FORM as refusal:
        return _unit(request, unit_id, form.refuse(refusal), wrong="read")
    words = "Noted. It is out of its limits: what is inside is quarantined." if reading.out else "Noted."
    return done(request, words, reverse("storage-unit", args=[unit_id]))


def _moment(form: Typed, found: StorageUnit) -> datetime | None:
    if not form.text("at"):
        return None
    at = moment(form.text("at"))
    if at is None:
        raise Invalid("bad-time", "Choose the day and time of the reading.", "at")
    return at.replace(tzinfo=ZoneInfo(found.site.zone))


@require_POST
@page("supplies.use")
def take_log(request: StaffRequest, unit_id: UUID) -> HttpResponse:
    """Take a logger's file over; the lines that could not be read are told."""
    form, sent = Typed({"file": ""}), request.FILES.get("file")
    try:
        if sent is None:
            raise Invalid("no-file", "Choose the file that the logger wrote.", "file")
        if (sent.size or 0) > MOST_BYTES:
            raise Invalid("too-large", "This file is larger than any logger's.", "file")
        taken = actions.import_readings(request.actor, unit_id, sent.read())
    except ON_THE_FORM as refusal:
        return _unit(request, unit_id, form.refuse(refusal), wrong="import")
    words = f"{taken.new} readings taken over" + (f", {taken.known} were known." if taken.known else ".")
    if taken.excursions:
        words += " The unit was out of its limits: what was inside is quarantined."
    if not taken.unread:
        return done(request, words, reverse("storage-unit", args=[unit_id]))
    return _unit(request, unit_id, form, taken=taken, taken_words=words, unread=taken.unread[:100])


@require_POST
@page("supplies.manage")
def hold(request: StaffRequest, unit_id: UUID) -> HttpResponse:
    """Quarantine a unit by hand, or let it be used again."""
    form = Typed.sent(request.POST, ("reason",))
    release = request.POST.get("what") == "release"
    try:
        act = actions.release_unit if release else actions.quarantine_unit
        act(request.actor, unit_id, form.text("reason"))
    except ON_THE_FORM as refusal:
        return _unit(request, unit_id, form.refuse(refusal), wrong="hold")
    said = (
        "It may be used again; what it held waits for its decision." if release else "Everything in it is quarantined."
    )
    return done(request, said, reverse("storage-unit", args=[unit_id]))


@require_http_methods(["GET", "POST"])
@page("supplies.manage")
def add_unit(request: StaffRequest) -> HttpResponse:
    """Add a refrigerator, freezer or shelf."""
    own = request.staff.site_id if request.staff else None
    form = Typed({"site": str(own or ""), "kind": "refrigerator", "scale": "[degF]", "twice_daily": "yes"})
    if request.method == "POST":
        form = Typed.sent(request.POST, _UNIT)
        try:
            facts = _facts(form)
            site = next((s for s in places.sites() if str(s.pk) == form.text("site")), None)
            if site is None:
                raise Invalid("no-site", "Choose the site where it stands.", "site")
            added = actions.add_unit(request.actor, site_id=site.pk, kind=form.text("kind"), **facts)
        except ON_THE_FORM as refusal:
            form.refuse(_named(refusal))
        else:
            return done(request, f"{added.name} added.", reverse("storage-unit", args=[added.pk]))
    return _unit_form(request, form, None)


@require_http_methods(["GET", "POST"])
@page("supplies.manage")
def edit_unit(request: StaffRequest, unit_id: UUID) -> HttpResponse:
    """Change a unit's name or limits, or take it out of use."""
    found = storage.unit(request.actor, unit_id)
    form = Typed(
        {"name": found.name, "low": number(found.low_c, found.scale), "high": number(found.high_c, found.scale),
         "scale": found.scale, "twice_daily": "yes" if found.twice_daily else ""}
    )  # fmt: skip
    if request.method == "POST":
        changes: dict[str, Any] = {"active": request.POST.get("active") == "yes"}
        if "active" not in request.POST:
            form = Typed.sent(request.POST, _UNIT)
        try:
            changes = changes if "active" in request.POST else _facts(form)
            actions.change_unit(request.actor, unit_id, **changes)
        except ON_THE_FORM as refusal:
            form.refuse(_named(refusal))
        else:
            return done(request, "Saved.", reverse("storage"))
    return _unit_form(request, form, found)


def _facts(form: Typed) -> dict[str, Any]:
    scale = form.text("scale") or "[degF]"
    facts: dict[str, Any] = {"name": form.text("name"), "scale": scale, "twice_daily": bool(form.text("twice_daily"))}
    for name in ("low", "high"):
        value: Decimal | None = temperature(form, name, scale)
        if value is not None:
            facts[f"{name}_c"] = value
    return facts


def _named(refusal: Any) -> Any:
    refusal.field = refusal.field.removesuffix("_c")
    return refusal


def _unit_form(request: StaffRequest, form: Typed, found: StorageUnit | None) -> HttpResponse:
    context = {
        "unit": found,
        "storages": [(key, words.capitalize()) for key, words in Storage.choices],
        "scales": StorageUnit.Scale.choices,
        "site_choices": [(str(site.pk), site.name) for site in places.sites()],
        "tab": "storage",
    }
    return shown(request, "supplies/unit_form.html", form, **context)


@require_http_methods(["GET", "POST"])
@page("supplies.manage")
def count(request: StaffRequest, unit_id: UUID) -> HttpResponse:
    """Count what is in a unit."""
    found, stocks = storage.to_count(request.actor, unit_id)
    form = Typed()
    if request.method == "POST":
        names = [f"{word}-{s.pk}" for s in stocks for word in ("counted", "expected", "reason", "note")]
        form = Typed.sent(request.POST, names)
        try:
            lines = [
                Counted(
                    s.pk,
                    whole_number(form, f"counted-{s.pk}"),
                    whole_number(form, f"expected-{s.pk}"),
                    form.text(f"reason-{s.pk}"),
                    form.text(f"note-{s.pk}"),
                )
                for s in stocks
                if form.text(f"counted-{s.pk}")
            ]
            counted = actions.count(request.actor, unit_id, lines)
        except ON_THE_FORM as refusal:
            form.refuse(refusal)
        else:
            words = f"Counted: {len(lines)} lots"
            words += (
                f", {counted.differences} posted as different." if counted.differences else ", all as the ledger says."
            )
            return done(request, words, reverse("storage-unit", args=[unit_id]))
    rows = [
        {
            "stock": s,
            **{word: form.text(f"{word}-{s.pk}") for word in ("counted", "reason", "note")},
            "error": form.errors.get(f"counted-{s.pk}", "") or form.errors.get(f"reason-{s.pk}", ""),
            "why": f"reason-{s.pk}" in form.errors,
        }
        for s in stocks
    ]
    context = {"unit": found, "rows": rows, "differences": Difference.choices, "tab": "storage"}
    return shown(request, "supplies/count.html", form, **context)


@require_GET
@page("supplies.read")
def month_log(request: StaffRequest, unit_id: UUID, year: int, month: int) -> HttpResponse:
    """A month's temperature log, to print."""
    found = storage.month(request.actor, unit_id, year, month)
    answer = HttpResponse(log.pdf(found), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="temperatures-{year}-{month:02}.pdf"'
    return answer


@require_http_methods(["GET", "POST"])
@page("supplies.read")
def excursion(request: StaffRequest, excursion_id: UUID) -> HttpResponse:
    """An excursion: how long, how warm, and what happens to each lot."""
    form = Typed(dict.fromkeys(("verdict", "until", "asked", "why"), ""))
    wrong = request.POST.get("stock", "")
    if request.method == "POST":
        form = Typed.sent(request.POST, ("verdict", "until", "asked", "why"))
        try:
            decision = _decide(request, excursion_id, form)
        except ON_THE_FORM as refusal:
            form.refuse(refusal)
        else:
            lot = decision.stock.lot
            words = f"{lot.item.name}, lot {lot.number}: {decision.get_verdict_display()}."
            return done(request, words, reverse("excursion", args=[excursion_id]))
    whole = storage.excursion_whole(request.actor, excursion_id)
    last = whole.decisions[-1] if whole.decisions else None
    zone = ZoneInfo(whole.excursion.unit.site.zone)
    context = {
        "whole": whole,
        "excursion": whole.excursion,
        "unit": whole.excursion.unit,
        "lasted": said_duration(storage.lasted(whole.excursion)),
        "picture": temperatures(whole.excursion.unit, whole.readings, zone),
        "verdicts": Decision.Verdict.choices,
        "wrong": wrong,
        "asked": last.asked if last else "",
        "tab": "storage",
    }
    return shown(request, "supplies/excursion.html", form, **context)


def _decide(request: StaffRequest, excursion_id: UUID, form: Typed) -> Decision:
    try:
        stock_id = UUID(request.POST.get("stock", ""))
    except ValueError:
        raise Invalid("no-stock", "Choose the lot that you decide about.")
    return actions.decide(
        request.actor,
        excursion_id,
        stock_id,
        verdict=form.text("verdict"),
        asked=form.text("asked"),
        why=form.text("why"),
        until=form.day("until"),
    )
