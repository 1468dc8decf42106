"""Items, receiving them, and what a scanner types."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from liaison.engines.vaccines import facts
from liaison.kernel.errors import Invalid, Refused
from liaison.people.access import page
from liaison.people.typed import ON_THE_FORM, StaffRequest, Typed, done, shown
from liaison.places import queries as places
from liaison.supplies import actions, queries
from liaison.supplies.models import Item, Storage
from liaison.supplies.pages.parts import FUNDING, lot_of, unit_choices, whole_number
from liaison.supplies.queries import shelf
from liaison.supplies.words import doses as said

_RECEIVED = ("item", "unit", "number", "expires_on", "funding", "doses", "note", "gtin", "serial", "remember")
_ITEM = (
    "kind", "name", "ndc", "cvx", "mvx", "unit", "doses_per_package", "doses_per_vial", "beyond_use_days", "storage",
    "reorder_level",
)  # fmt: skip
_NUMBERS = ("doses_per_package", "doses_per_vial", "reorder_level")


@require_http_methods(["GET", "POST"])
@page("supplies.manage")
def receive(request: StaffRequest) -> HttpResponse:
    """Take a delivery into stock, by scanning or by hand."""
    items = [one for one in shelf.items(request.actor) if one.active]
    units = shelf.units(request.actor, None)
    own = request.staff.site_id if request.staff else None
    units.sort(key=lambda unit: unit.site_id != own)
    form = Typed(
        {"item": lot_of(request, "item"), "unit": lot_of(request, "unit"), "funding": lot_of(request, "funding")}
    )
    if request.method == "POST":
        form = Typed.sent(request.POST, _RECEIVED)
        try:
            stock = _receive(request, form)
        except ON_THE_FORM as refusal:
            form.refuse(refusal)
        else:
            number = int(form.text("doses"))
            words = f"{said(number, stock.lot.item.unit).capitalize()} of {stock.lot.item.name} received: lot "
            words += f"{stock.lot.number} holds {stock.on_hand} now."
            again = f"{reverse('supplies-receive')}?unit={stock.unit_id}&funding={stock.funding}"
            return done(request, words, again if "another" in request.POST else reverse("supplies"))
    context = {
        "items": [(str(one.pk), one.name) for one in items],
        "kinds": {str(one.pk): one.storage for one in items},
        "units": unit_choices(units, len(places.sites())),
        "unit_kinds": {str(one.pk): one.kind for one in units},
        "fundings": FUNDING,
        "tab": "receive",
    }
    return shown(request, "supplies/receive.html", form, **context)


def _receive(request: StaffRequest, form: Typed) -> Any:
    ids = {}
    for name, sentence in (("item", "Choose what it is."), ("unit", "Choose where it goes.")):
        try:
            ids[name] = UUID(form.text(name))
        except ValueError:
            raise Invalid(f"no-{name}", sentence, name)
    expires_on = form.day("expires_on")
    if expires_on is None:
        raise Invalid("no-expiry", "Write the expiry date as the package has it; a month alone means its last day.",
                      "expires_on")  # fmt: skip
    stock = actions.receive(
        request.actor,
        unit_id=ids["unit"],
        item_id=ids["item"],
        number=form.text("number"),
        expires_on=expires_on,
        funding=form.text("funding"),
        doses=whole_number(form, "doses"),
        note=form.text("note"),
        serial=form.text("serial"),
    )
    if form.text("remember") and form.text("gtin"):
        actions.tie_code(request.actor, form.text("gtin"), ids["item"])
    return stock


@require_POST
@page("supplies.read")
def scan(request: StaffRequest) -> JsonResponse:
    """What a scanned `code` is, as JSON for the form that it was scanned into; 422 with `sorry` for none."""
    try:
        found = queries.read_code(request.POST.get("code", ""))
    except Refused as refusal:
        return JsonResponse({"sorry": refusal.sentence}, status=422)
    vaccine = facts().vaccine(found.cvx) if found.cvx else None
    return JsonResponse(
        {
            "gtin": found.gtin,
            "ndc": found.ndc,
            "cvx": found.cvx,
            "mvx": found.mvx,
            "vaccine": vaccine.short if vaccine else "",
            "name": found.name,
            "lot": found.lot,
            "expires_on": found.expires_on.isoformat() if found.expires_on else "",
            "serial": found.serial,
            "item": str(found.item.pk) if found.item else "",
            "doses": found.doses,
            "sorry": found.sorry,
            "unknown": not found.cvx,
        }
    )


@require_GET
@page("supplies.read")
def items(request: StaffRequest) -> HttpResponse:
    """Everything that is kept in stock."""
    return render(request, "supplies/items.html", {"items": shelf.items(request.actor), "tab": "items"})


@require_http_methods(["GET", "POST"])
@page("supplies.manage")
def add_item(request: StaffRequest) -> HttpResponse:
    """Add something to keep in stock."""
    form = Typed(
        {"kind": "vaccine", "storage": "refrigerator", "unit": "dose", "doses_per_package": "", "doses_per_vial": "1",
         "reorder_level": "0", "ndc": lot_of(request, "ndc")}
    )  # fmt: skip
    if request.method == "POST":
        form = Typed.sent(request.POST, _ITEM)
        try:
            added = actions.add_item(request.actor, **_columns(form, new=True))
        except ON_THE_FORM as refusal:
            form.refuse(refusal)
        else:
            return done(request, f"{added.name} added.", f"{reverse('supplies-receive')}?item={added.pk}")
    return _item(request, form, None)


@require_http_methods(["GET", "POST"])
@page("supplies.manage")
def item(request: StaffRequest, item_id: UUID) -> HttpResponse:
    """Change what is known of an item, or take it out of use."""
    found = shelf.item(request.actor, item_id)
    form = Typed({name: getattr(found, name) for name in _ITEM})
    if request.method == "POST" and "active" in request.POST:
        try:
            actions.change_item(request.actor, item_id, active=request.POST["active"] == "yes")
        except ON_THE_FORM as refusal:
            form.refuse(refusal)
        else:
            return done(request, "Saved.", reverse("supplies-items"))
    elif request.method == "POST":
        form = Typed.sent(request.POST, _ITEM)
        try:
            actions.change_item(request.actor, item_id, **_columns(form))
        except ON_THE_FORM as refusal:
            form.refuse(refusal)
        else:
            return done(request, "Saved.", reverse("supplies-items"))
    return _item(request, form, found)


def _columns(form: Typed, *, new: bool = False) -> dict[str, Any]:
    facts_: dict[str, Any] = dict(form.values)
    for name in _NUMBERS:
        if facts_[name] == "":
            facts_.pop(name) if new else facts_.update({name: 1 if name != "reorder_level" else 0})
        else:
            facts_[name] = whole_number(form, name)
    facts_["beyond_use_days"] = whole_number(form, "beyond_use_days") if form.text("beyond_use_days") else None
    return facts_


def _item(request: StaffRequest, form: Typed, found: Item | None) -> HttpResponse:
    context = {
        "item": found,
        "item_kinds": [(key, words.capitalize()) for key, words in Item.Kind.choices],
        "storages": [(key, words.capitalize()) for key, words in Storage.choices],
        "tab": "items",
    }
    return shown(request, "supplies/item.html", form, **context)
