"""Search: conditions on a room's own tables find the rows, the revisions give the bytes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import orjson
from django.db import connection
from django.db.models import Q, QuerySet

from liaison.interop.fhir import access
from liaison.interop.fhir.answers import Answer, bundle, entry
from liaison.interop.fhir.params import COMMON, condition
from liaison.interop.fhir.read import as_uuid, whose
from liaison.kernel.errors import Invalid
from liaison.record.actor import Actor
from liaison.record.audit import looked
from liaison.record.forms import FhirForm, SearchParam, registry

DEFAULT_COUNT, MOST = 50, 500
MOST_VALUES = 200  # of all parameters together: a database refuses a condition that is too deep
_REVISIONS = (
    "SELECT resource_id, version, body, patient_id FROM record_revision "
    "WHERE resource_type = %s AND resource_id IN ({}) AND version IN ({})"
)
_PATIENT = ("patient", "subject", "beneficiary")
Pairs = Sequence[tuple[str, str]]


@dataclass
class Page:
    """What a request asks about the answer itself, apart from what must match."""

    count: int = DEFAULT_COUNT
    offset: int = 0
    sort: list[str] = field(default_factory=list)
    total: bool = False
    upto: int | None = None
    only_count: bool = False
    filters: list[tuple[str, str]] = field(default_factory=list)


def number(name: str, value: str, most: int) -> int:
    """A whole number of a paging parameter. Raises Invalid."""
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        raise Invalid("bad-parameter", f"{name} takes a whole number, not “{value[:30]}”.", name)
    return min(int(value), most)


def page_of(pairs: Pairs) -> Page:
    """Divide a query into paging and filters. Raises Invalid for a value that cannot be used."""
    page = Page()
    for name, value in pairs:
        if name == "_count":
            page.count = number(name, value, MOST)
        elif name == "_offset":
            page.offset = number(name, value, 10_000_000)
        elif name == "_upto":
            page.upto = number(name, value, 10**9)
        elif name == "_sort":
            page.sort += [s for s in value.split(",") if s]
        elif name == "_total":
            if value not in ("accurate", "estimate", "none"):
                raise Invalid("bad-parameter", "_total takes accurate, estimate or none.", name)
            page.total = value == "accurate"
        elif name == "_summary" and value == "count":
            page.only_count = page.total = True
        elif name == "_format":
            if "json" not in value:
                raise Invalid("bad-format", "Only JSON is written. Leave _format out, or say _format=json.", name)
        elif name == "_summary" and value == "false":
            continue
        else:
            page.filters.append((name, value))
    if page.count == 0:
        page.only_count = page.total = True
    return page


def search(actor: Actor, resource_type: str, pairs: Pairs, base: str) -> Answer:
    """A searchset Bundle of what matches every parameter. Raises Invalid for a parameter that is not answered."""
    access.require(actor, resource_type)
    page = page_of(pairs)
    if sum(value.count(",") + 1 for _, value in page.filters) > MOST_VALUES:
        raise Invalid("too-many", f"A search has at most {MOST_VALUES} values. Ask for some now, for the others after.")
    if resource_type in registry.computed:
        return _computed(actor, resource_type, page, base)
    closed = access.closed_charts(actor)
    querysets = [_matching(form, page, closed) for form in registry.by_type[resource_type]]
    total = sum(q.count() for q in querysets) if page.total else None
    rows, more = _rows(querysets, page)
    if total is None and not more and (rows or not page.offset):
        total = page.offset + len(rows)
    entries, patients = _bodies(resource_type, rows, base)
    _note(actor, resource_type, page, [identifier for identifier, _ in rows], patients)
    return Answer(200, bundle("searchset", total, _links(base, resource_type, page, more), entries))


def _matching(form: FhirForm, page: Page, closed: set[UUID]) -> QuerySet[Any]:
    params = {p.name: p for p in COMMON} | dict(form.params)
    where = Q()
    many = False
    for name, value in page.filters:
        plain, _, modifier = name.partition(":")
        if plain not in params:
            raise Invalid(
                "unknown-parameter",
                f"{form.model.FHIR_TYPE} is not searched by “{plain[:40]}”. It is by: {', '.join(sorted(params))}.",
                plain,
            )
        param = params[plain]
        where &= condition(form, param, modifier, value)
        many = many or any("__" in lookup and lookup.split("__")[0] in _many(form) for lookup in param.lookups)
    if closed and form.patient_path:
        path = "pk" if form.model.FHIR_TYPE == "Patient" else form.patient_path
        where &= ~Q(**{f"{path}__in": closed})
    rows = form.model._base_manager.filter(where).order_by(*_order(form, params, page.sort))
    return rows.distinct() if many else rows


def _many(form: FhirForm) -> set[str]:
    return {r.get_accessor_name() or "" for r in form.model._meta.related_objects} | {
        r.name for r in form.model._meta.related_objects
    }


def _order(form: FhirForm, params: dict[str, SearchParam], sort: list[str]) -> list[str]:
    order = []
    for text in sort:
        name = text.lstrip("-")
        if name not in params or not params[name].lookups or "__" in params[name].lookups[0]:
            raise Invalid("bad-sort", f"Results are not sorted by “{name[:40]}”.", "_sort")
        order.append(("-" if text.startswith("-") else "") + params[name].lookups[0])
    return [*order, "pk"]


def _rows(querysets: list[QuerySet[Any]], page: Page) -> tuple[list[tuple[UUID, int]], bool]:
    """Ids and versions of one page across the models of a type, and whether there is more."""
    if page.only_count:
        return [], False
    if len(querysets) > 1 and page.sort:
        found = _merged(querysets)[page.offset : page.offset + page.count + 1]
        return found[: page.count], len(found) > page.count
    wanted, skip, found = page.count + 1, page.offset, []
    for queryset in querysets:
        if len(querysets) > 1:
            here = queryset.count()
            if skip >= here:
                skip -= here
                continue
        found += list(queryset.values_list("pk", "version")[skip : skip + wanted - len(found)])
        skip = 0
        if len(found) >= wanted:
            break
    return found[: page.count], len(found) > page.count


def _merged(querysets: list[QuerySet[Any]]) -> list[tuple[UUID, int]]:
    """The rows of several models in one order. Only Location has several: there are few of them."""
    merged: list[tuple[Any, ...]] = []
    for queryset in querysets:
        names = [str(name).lstrip("-") for name in queryset.query.order_by]
        merged += queryset.values_list("pk", "version", *names)
    for at, name in reversed(list(enumerate(querysets[0].query.order_by))):
        merged.sort(key=lambda row: (row[at + 2] is not None, row[at + 2]), reverse=str(name).startswith("-"))
    return [(row[0], row[1]) for row in merged]


def _bodies(resource_type: str, rows: list[tuple[UUID, int]], base: str) -> tuple[list[bytes], set[UUID | None]]:
    """The bytes of each row's version as entries of a bundle, and the patients they are about."""
    if not rows:
        return [], set()
    sqlite = connection.vendor == "sqlite"
    keys = [identifier.hex if sqlite else identifier for identifier, _ in rows]
    versions = sorted({version for _, version in rows})
    # Narrowed by version too, so that a much amended resource does not drag its past along
    wanted = _REVISIONS.format(", ".join(["%s"] * len(keys)), ", ".join(["%s"] * len(versions)))
    with connection.cursor() as cursor:
        cursor.execute(wanted, [resource_type, *keys, *versions])
        found = {(key, version): (body, patient) for key, version, body, patient in cursor.fetchall()}
    kept = [
        (identifier, found[key, version])
        for key, (identifier, version) in zip(keys, rows, strict=True)
        if (key, version) in found
    ]
    entries = [entry(base, resource_type, str(identifier), bytes(body)) for identifier, (body, _) in kept]
    patients = {patient for _, (_, patient) in kept}
    return entries, {UUID(hex=patient) if isinstance(patient, str) else patient for patient in patients}


def _computed(actor: Actor, resource_type: str, page: Page, base: str) -> Answer:
    computed = registry.computed[resource_type]
    for name, _ in page.filters:
        if name.partition(":")[0] not in computed.params:
            known = ", ".join(sorted(computed.params))
            raise Invalid(
                "unknown-parameter", f"{resource_type} is not searched by “{name[:40]}”. It is by: {known}.", name
            )
    if page.sort and page.sort != [computed.order]:
        raise Invalid("bad-sort", f"{resource_type} is sorted by {computed.order} only.", "_sort")
    filters = list(page.filters)
    if computed.newest:
        page.upto = computed.newest() if page.upto is None else page.upto
        filters.append(("_upto", str(page.upto)))
    total, resources = computed.search(actor, filters, page.offset, page.count)
    looked(actor, whose(resources), [_asked(resource_type, page)], action="search")
    entries = [entry(base, resource_type, r["id"], orjson.dumps(r, option=orjson.OPT_UTC_Z)) for r in resources]
    more = not page.only_count and page.offset + len(resources) < total
    return Answer(200, bundle("searchset", total, _links(base, resource_type, page, more), entries))


def _asked(resource_type: str, page: Page) -> str:
    names = sorted({name for name, _ in page.filters})
    return f"{resource_type}?{'&'.join(names)}"[:200]


def _note(actor: Actor, resource_type: str, page: Page, identifiers: list[UUID], patients: set[UUID | None]) -> None:
    """Put the search on record: by what was asked and what was seen, and whose it was when it was one patient's."""
    asked = {as_uuid(v.rpartition("/")[2]) for n, v in page.filters if n.partition(":")[0] in _PATIENT}
    whose = patients or asked
    patient_id = next(iter(whose)) if len(whose) == 1 else None
    seen = (f"{resource_type}/{identifier}" for identifier in identifiers)
    looked(actor, patient_id, [_asked(resource_type, page), *seen], action="search")


def _links(base: str, resource_type: str, page: Page, more: bool) -> list[tuple[str, str]]:
    asked = [*page.filters, *(("_sort", s) for s in page.sort), ("_count", str(page.count))]
    if page.total and not page.only_count:
        asked.append(("_total", "accurate"))
    if page.upto is not None:
        asked.append(("_upto", str(page.upto)))

    def url(offset: int) -> str:
        return f"{base}/{resource_type}?{urlencode([*asked, *([('_offset', str(offset))] if offset else [])])}"

    return [("self", url(page.offset)), *([("next", url(page.offset + page.count))] if more else [])]
