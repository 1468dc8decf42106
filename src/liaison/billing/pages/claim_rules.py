"""What claims are checked by, on the screen: read in plain words, changed, tried against real claims, put in force."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from liaison.billing.actions import claim_rules as actions
from liaison.billing.pages.claim_rule_form import rule_from, typed_from, typed_in
from liaison.billing.queries import claim_rules as asked
from liaison.billing.scrub import ncci
from liaison.billing.scrub.rules import DEFAULT
from liaison.billing.scrub.trying import DAYS, try_rule
from liaison.documents.models import Document
from liaison.engines.scrubber import bad_codes, words
from liaison.kernel import clock
from liaison.kernel.errors import Invalid
from liaison.people.access import page
from liaison.people.typed import ON_THE_FORM, StaffRequest, Typed, done, shown

_SEVERITIES = (("stop", "stop the claim until it is mended"), ("warn", "warn: a person may let it pass"),
               ("off", "nothing: the rule is off"))  # fmt: skip
_DAYS_OF = {"timely_filing_days": 3650, "ask_after_days": 365, "ask_again_days": 365}
_CODES_OF = ("clia", "ndc")


def _home(key: str) -> str:
    return f"{reverse('claim-rules')}?{urlencode({'payer': key})}" if key != DEFAULT else reverse("claim-rules")


@require_GET
@page("billing.read")
def rules(request: StaffRequest) -> HttpResponse:
    """What claims are checked by, for all payers or one, in plain words."""
    all_books = asked.books(request.actor)
    book = asked.book(request.actor, request.GET.get("payer", DEFAULT))
    context = {
        "books": all_books if book.edition or book.for_all else [*all_books, book],
        "book": book,
        "ncci": ncci.about(),
        "may_change": request.actor.may("documents.publish"),
    }
    return shown(request, "billing/claims/rules.html", Typed(), here="claims", **context)


@require_http_methods(["GET", "POST"])
@page("documents.publish")
def add(request: StaffRequest) -> HttpResponse:
    """Add a rule of the practice's own, for all payers or one."""
    if request.method == "GET":
        book = asked.book(request.actor, request.GET.get("payer", DEFAULT))
        return _form(request, Typed({"where": book.key, "severity": "stop", "needs": [], "coverages": []}), book)
    form = typed_in(request.POST)
    book = asked.book(request.actor, form.text("where") or DEFAULT)
    return _sent(request, form, book, "")


@require_http_methods(["GET", "POST"])
@page("documents.publish")
def edit(request: StaffRequest, where: str, key: str) -> HttpResponse:
    """Change a rule, or turn it off."""
    book = asked.book(request.actor, where)
    rule = book.rule(key)
    if request.method == "GET":
        return _form(request, Typed(typed_from(rule)), book, key)
    return _sent(request, typed_in(request.POST), book, key)


def _sent(request: StaffRequest, form: Typed, book: asked.Book, key: str) -> HttpResponse:
    """Try what was typed, or put it in force."""
    before = book.rule(key) if key else None
    try:
        rule = rule_from(form, before)
        if request.POST.get("act") == "try":
            today = clock.today(timezone.get_current_timezone())
            trial = try_rule(request.actor, book.key, {**rule, "severity": "stop"}, today, before)
            return _form(request, form, book, key, trial=trial, told=words.told(rule), said=rule["say"])
        made = actions.put_rule(
            request.actor, book.key, rule, was=key, based_on=_edition(form, book), title=f"Claims to {book.name}"
        )
    except ON_THE_FORM as refusal:
        return _form(request, form.refuse(refusal), book, key)
    return done(request, _in_force(made), _home(book.key))


def _edition(form: Typed, book: asked.Book) -> int:
    """The edition that was on the screen, 0 or more: -1 for another than the one in force.

    Another payer's has been chosen since where the form names none.
    """
    return book.edition if form.text("edition") in ("", str(book.edition)) else -1


def _in_force(made: Document) -> str:
    waiting = asked.waiting()
    more = f" {waiting} claim{'' if waiting == 1 else 's'} that wait are looked at again." if waiting else ""
    return f"Edition {made.edition} is in force.{more}"


def _form(request: StaffRequest, form: Typed, book: asked.Book, key: str = "", **more: Any) -> HttpResponse:
    context = {
        "book": book,
        "key": key,
        "own": key and any(one.own for _, group in book.groups for one in group if one.rule["key"] == key),
        "payers": asked.choices(),
        "severities": _SEVERITIES if key else _SEVERITIES[:2],
        "needs": words.NEEDED.items(),
        "coverages": words.COVERAGES.items(),
        "days": DAYS,
    }
    return shown(request, "billing/claims/rule.html", form, here="claims", **context, **more)


@require_POST
@page("documents.publish")
def take_away(request: StaffRequest, where: str, key: str) -> HttpResponse:
    """Take a rule of the practice's own out of the document."""
    book = asked.book(request.actor, where)
    made = actions.take_rule_away(request.actor, where, key, based_on=book.edition)
    return done(request, _in_force(made), _home(where))


@require_http_methods(["GET", "POST"])
@page("documents.publish")
def checks(request: StaffRequest, where: str) -> HttpResponse:
    """Say how grave each built-in check is, for which codes, and the days of a payer."""
    book = asked.book(request.actor, where)
    names = [name for name, _, _ in book.open_checks]
    form = Typed({name: said for name, _, said in book.open_checks})
    form.values |= {name: str(book.body.get(name, "")) for name in _DAYS_OF}
    form.values |= {f"{name}_codes": " ".join(book.body.get(name, ())) for name in _CODES_OF}
    if request.method == "POST":
        form = Typed.sent(request.POST, (*names, *_DAYS_OF, *(f"{name}_codes" for name in _CODES_OF), "edition"))
        try:
            wanted = _checks_from(form, names)
            title = f"Claims to {book.name}"
            made = actions.put_checks(request.actor, where, wanted, based_on=_edition(form, book), title=title)
        except ON_THE_FORM as refusal:
            form.refuse(refusal)
        else:
            return done(request, _in_force(made), _home(where))
    context = {
        "book": book,
        "checks": [(name, said, form.text(name)) for name, said, _ in book.open_checks],
        "choices": (("stop", "stop"), ("warn", "warn"), ("off", "off")),
    }
    return shown(request, "billing/claims/checks.html", form, here="claims", **context)


def _checks_from(form: Typed, names: list[str]) -> dict[str, Any]:
    wanted: dict[str, Any] = {
        "checks": {name: form.text(name) for name in names if form.text(name) in ("stop", "warn", "off")}
    }
    wanted |= {name: form.number(name, most) for name, most in _DAYS_OF.items()}
    for name in _CODES_OF:
        codes = form.text(f"{name}_codes").upper().replace(",", " ").split()
        if wrong := bad_codes(codes):
            said = f"“{wrong[0][:20]}” is no code, no range like 80047-89398, and no beginning like J*."
            raise Invalid("bad-code", said, f"{name}_codes")
        wanted[name] = codes or None
    return wanted
