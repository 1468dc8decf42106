"""The cash drawer and deposits."""

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from liaison.billing.actions.books import drawer as actions
from liaison.billing.models import Deposit, Transfer
from liaison.billing.pages.shown import chosen
from liaison.billing.papers.compiled import pdf
from liaison.billing.papers.slips import slip_pdf
from liaison.billing.queries import drawer as queries
from liaison.kernel import money
from liaison.kernel.errors import Invalid
from liaison.people.access import page
from liaison.people.typed import ON_THE_FORM, StaffRequest, Typed, done, shown
from liaison.places import queries as places
from liaison.places.models import Site

_SHOWN = 200
_MOST_PIECES = 99_999
_PIECES = [(piece, f"${piece // 100}" if piece >= 100 else f"{piece}¢") for piece in actions.DENOMINATIONS]


@require_GET
@page("books.drawer")
def drawer(request: StaffRequest) -> HttpResponse:
    """The drawer of a site, what waits to go to the bank, and what was before."""
    return _drawer(request, Typed())


def _site(request: StaffRequest) -> Site:
    sites = places.sites()
    own = request.staff.site_id
    asked = request.GET.get("site") or request.POST.get("site") or str(own or "")
    found = next((one for one in sites if str(one.pk) == asked), sites[0] if sites else None)
    if found is None:
        raise Invalid("no-site", "The practice has no site yet. Set one up first.")
    return found


def _drawer(request: StaffRequest, form: Typed) -> HttpResponse:
    view = queries.drawer_view(request.actor, _site(request))
    slips = [(one, cents) for one, cents in view.waiting if one.method != "card"]
    cards = [(one, cents) for one, cents in view.waiting if one.method == "card"]
    context = {
        "here": "claims",
        "view": view,
        "sites": places.sites(),
        "pieces": [(f"piece{piece}", words, form.values.get(f"piece{piece}", "")) for piece, words in _PIECES],
        "slips": slips[:_SHOWN],
        "cards": cards[:_SHOWN],
        "many": {"slips": len(slips), "cards": len(cards)},
        "sums": {"slips": _sum(slips), "cards": _sum(cards)},
        "counted": [(one, (one.counted_cents or 0) - (one.expected_cents or 0)) for one in view.past],
        "last_float": next((one.float_cents for one in view.past), 10_000),
    }
    return shown(request, "billing/books/drawer.html", form, **context)


def _sum(rows: list[tuple[Transfer, int]]) -> int:
    """What the rows that are shown come to."""
    return sum(cents for _, cents in rows[:_SHOWN])


def _back(site: Site) -> str:
    return f"{reverse('drawer')}?site={site.pk}"


@require_POST
@page("books.drawer")
def open_drawer(request: StaffRequest) -> HttpResponse:
    """Open the drawer with its float."""
    form, site = Typed.sent(request.POST, ("float_cents",)), _site(request)
    try:
        actions.open_drawer(request.actor, site.pk, form.cents("float_cents"))
    except ON_THE_FORM as refusal:
        return _drawer(request, form.refuse(refusal))
    return done(request, "The drawer is open.", _back(site))


@require_POST
@page("books.drawer")
def close_drawer(request: StaffRequest, drawer_id: UUID) -> HttpResponse:
    """Close the drawer by its count."""
    names = {piece: f"piece{piece}" for piece, _ in _PIECES}
    form, site = Typed.sent(request.POST, (*names.values(), "reason")), _site(request)
    try:
        counted = {piece: form.number(name, _MOST_PIECES) or 0 for piece, name in names.items()}
        closed = actions.close_drawer(request.actor, drawer_id, counted, form.text("reason"))
    except ON_THE_FORM as refusal:
        return _drawer(request, form.refuse(refusal))
    words = f"Counted {money.dollars(closed.counted_cents or 0)}. The drawer is closed."
    return done(request, words, _back(site))


@require_POST
@page("books.drawer")
def deposit(request: StaffRequest) -> HttpResponse:
    """Bring what was chosen to the bank."""
    form, site = Typed({}), _site(request)
    kind = Deposit.Kind.CARDS if request.POST.get("kind") == "cards" else Deposit.Kind.SLIP
    try:
        made = actions.deposit(request.actor, [chosen(one, "items") for one in request.POST.getlist("items")], kind)
    except ON_THE_FORM as refusal:
        return _drawer(request, form.refuse(refusal))
    return done(request, f"Deposit {made.number}: {money.dollars(made.cents)}. Its slip is below.", _back(site))


@require_GET
@page("books.drawer")
def slip(request: StaffRequest, deposit_id: UUID) -> HttpResponse:
    """The deposit slip, to print."""
    found = queries.slip(request.actor, deposit_id)
    return pdf(slip_pdf(found), f"deposit-{found.deposit.number}")
