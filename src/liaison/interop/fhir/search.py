"""Search: conditions on a room's own tables find the rows, the revisions give the bytes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import orjson
from django.db.models import Q, QuerySet

from liaison.interop.fhir import access
from liaison.interop.fhir.answers import Answer, bundle, entry
from liaison.interop.fhir.params import COMMON, condition
from liaison.kernel.errors import Invalid
from liaison.record.actor import Actor
from liaison.record.audit import looked
from liaison.record.forms import FhirForm, SearchParam, registry
from liaison.record.models import Revision

DEFAULT_COUNT, MOST = 50, 500
Pairs = Sequence[tuple[str, str]]


@dataclass
class Page:
    """What a request asks about the answer itself, apart from what must match."""

    count: int = DEFAULT_COUNT
    offset: int = 0
    sort: list[str] = field(default_factory=list)
    total: bool = False
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
        elif name == "_sort":
            page.sort += [s for s in value.split(",") if s]
        elif name == "_total":
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
    if resource_type in registry.computed:
        return _computed(actor, resource_type, page, base)
    closed = access.closed_charts(actor)
    querysets = [_matching(form, page, closed) for form in registry.by_type[resource_type]]
    total = sum(q.count() for q in querysets) if page.total else None
    rows, more = _rows(querysets, page)
    if total is None and not more and not page.only_count:
        total = page.offset + len(rows)
    entries = [] if page.only_count else _bodies(resource_type, rows, base)
    _note(actor, resource_type, page, [identifier for identifier, _ in rows])
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


def _bodies(resource_type: str, rows: list[tuple[UUID, int]], base: str) -> list[bytes]:
    versions = dict(rows)
    # Narrowed by version too, so that a much amended resource does not drag its past along
    found = Revision.objects.filter(
        resource_type=resource_type, resource_id__in=list(versions), version__in=set(versions.values())
    ).values_list("resource_id", "version", "body")
    bodies = {identifier: bytes(body) for identifier, version, body in found if versions[identifier] == version}
    return [entry(base, resource_type, str(i), bodies[i]) for i, _ in rows if i in bodies]


def _computed(actor: Actor, resource_type: str, page: Page, base: str) -> Answer:
    computed = registry.computed[resource_type]
    for name, _ in page.filters:
        if name.partition(":")[0] not in computed.params:
            raise Invalid(
                "unknown-parameter",
                f"{resource_type} is not searched by “{name[:40]}”. It is by: {', '.join(sorted(computed.params))}.",
                name,
            )
    total, resources = computed.search(actor, page.filters, page.offset, page.count)
    looked(actor, None, [_asked(resource_type, page)], action="search")
    entries = [entry(base, resource_type, r["id"], orjson.dumps(r, option=orjson.OPT_UTC_Z)) for r in resources]
    more = page.offset + len(resources) < total
    return Answer(
        200, bundle("searchset", total, _links(base, resource_type, page, more), [] if page.only_count else entries)
    )


def _asked(resource_type: str, page: Page) -> str:
    names = sorted({name for name, _ in page.filters})
    return f"{resource_type}?{'&'.join(names)}"[:200]


def _note(actor: Actor, resource_type: str, page: Page, identifiers: list[UUID]) -> None:
    patient = next(
        (v.rpartition("/")[2] for n, v in page.filters if n.partition(":")[0] in ("patient", "subject", "beneficiary")),
        "",
    )
    try:
        patient_id = UUID(patient) if patient else None
    except ValueError:
        patient_id = None
    looked(
        actor,
        patient_id,
        [_asked(resource_type, page), *(f"{resource_type}/{i}" for i in identifiers)],
        action="search",
    )


def _links(base: str, resource_type: str, page: Page, more: bool) -> list[tuple[str, str]]:
    def url(offset: int) -> str:
        asked = [*page.filters, *(("_sort", s) for s in page.sort), ("_count", str(page.count))]
        return f"{base}/{resource_type}?{urlencode([*asked, *([('_offset', str(offset))] if offset else [])])}"

    return [("self", url(page.offset)), *([("next", url(page.offset + page.count))] if more else [])]
