"""How well the practice is paid, as figures and pictures."""

from collections.abc import Sequence

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from liaison.billing.books import days, pictures
from liaison.billing.queries.rates import rates, three_months
from liaison.kernel.errors import Invalid
from liaison.people.access import page
from liaison.people.typed import StaffRequest, Typed, shown


@require_GET
@page("books.read")
def show(request: StaffRequest) -> HttpResponse:
    """The figures of a time, the last ninety days where none is named."""
    begin, end = three_months(days.today())
    form = Typed({"begin": request.GET.get("begin", ""), "end": request.GET.get("end", "")})
    try:
        begin, end = form.day("begin") or begin, form.day("end") or end
        if begin > end:
            raise Invalid("wrong-way", "The first day is after the last. Turn them around.", "begin")
    except Invalid as refusal:
        form.refuse(refusal)
        begin, end = three_months(days.today())
    found = rates(request.actor, begin, end)
    form.values |= {"begin": begin.isoformat(), "end": end.isoformat()}
    context = {
        "here": "claims",
        "found": found,
        "mix": _shares(found.payer_mix),
        "mix_picture": pictures.bars(found.payer_mix[:10], "Charged by payer"),
        "write_off_picture": pictures.bars(found.write_offs[:10], "Written off by reason"),
    }
    return shown(request, "billing/books/rates.html", form, **context)


def _shares(mix: Sequence[tuple[str, int]]) -> list[tuple[str, int, int]]:
    whole = sum(cents for _, cents in mix)
    return [(name, cents, round(100 * cents / whole) if whole > 0 else 0) for name, cents in mix]
