"""Orders: placed from the catalogue, drawn, labelled, done or cancelled."""

import re
from typing import Any

import pytest

from liaison.chart.models import Encounter
from liaison.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from liaison.orders import actions, queries
from liaison.orders.labels import specimen_label
from liaison.orders.models import Order, Specimen
from liaison.record.models import OutboxEvent
from tests.support.practice import Practice


def events() -> list[str]:
    return list(OutboxEvent.objects.filter(name__startswith="orders.").order_by("seq").values_list("name", flat=True))


def test_ordered_drawn_done(practice: Practice, encounter: Encounter) -> None:
    order = actions.place(practice.provider, encounter.pk, "a1c", priority="urgent")
    assert (order.display, order.code, order.needs_specimen) == ("Hemoglobin A1c", "4548-4", True)
    with pytest.raises(Conflict) as refused:
        actions.complete(practice.ma, order.pk)
    assert refused.value.code == "specimen-first"
    specimen = actions.collect(practice.ma, order.pk, body_site="left arm")
    assert specimen.kind == "lavender top, 3 mL"
    actions.complete(practice.ma, order.pk, "5.9 %")
    assert queries.open_of(encounter.pk) == []
    assert Order.objects.get(pk=order.pk).result == "5.9 %"
    assert events() == ["orders.placed", "orders.collected", "orders.completed"]


def test_accession_numbers_are_never_given_twice(practice: Practice, encounter: Encounter) -> None:
    first = actions.place(practice.provider, encounter.pk, "a1c")
    drawn = actions.collect(practice.ma, first.pk)
    with pytest.raises(Conflict):
        actions.collect(practice.ma, first.pk)
    actions.complete(practice.ma, first.pk)
    again = actions.collect(practice.ma, actions.place(practice.provider, encounter.pk, "a1c").pk)
    assert drawn.accession != again.accession
    assert Specimen.objects.count() == 2


def test_the_same_is_not_ordered_twice_while_it_is_open(practice: Practice, encounter: Encounter) -> None:
    actions.place(practice.provider, encounter.pk, "ekg")
    with pytest.raises(Conflict):
        actions.place(practice.provider, encounter.pk, "ekg")
    with pytest.raises(NotFound):
        actions.place(practice.provider, encounter.pk, "mri-of-everything")


def test_an_order_is_cancelled_with_a_reason_and_then_not_done(practice: Practice, encounter: Encounter) -> None:
    order = actions.place(practice.provider, encounter.pk, "ekg")
    with pytest.raises(Invalid):
        actions.revoke(practice.provider, order.pk, "")
    actions.revoke(practice.provider, order.pk, "Done last week")
    with pytest.raises(Conflict):
        actions.complete(practice.ma, order.pk)
    assert queries.open_of(encounter.pk) == []


def test_an_assistant_draws_but_does_not_order(practice: Practice, encounter: Encounter) -> None:
    with pytest.raises(Forbidden):
        actions.place(practice.ma, encounter.pk, "ekg")
    order = actions.place(practice.provider, encounter.pk, "ekg")
    with pytest.raises(Forbidden):
        actions.complete(practice.desk, order.pk)
    with pytest.raises(Conflict):
        actions.collect(practice.ma, order.pk)


def test_the_work_list_is_urgent_first_in_few_queries(
    practice: Practice, encounter: Encounter, django_assert_num_queries: Any
) -> None:
    actions.place(practice.provider, encounter.pk, "ekg")
    actions.collect(practice.ma, actions.place(practice.provider, encounter.pk, "a1c", priority="stat").pk)
    with django_assert_num_queries(2):
        rows = queries.worklist(practice.ma, practice.site.pk)
        assert [(o.key, o.patient.listed, len(o.specimens.all())) for o in rows] == [
            ("a1c", "Brandt, Otto", 1),
            ("ekg", "Brandt, Otto", 0),
        ]
    with pytest.raises(Forbidden):
        queries.worklist(practice.desk, practice.site.pk)


def test_the_label_is_one_page_of_two_by_one_inch(practice: Practice, encounter: Encounter) -> None:
    order = actions.place(practice.provider, encounter.pk, "a1c")
    specimen = actions.collect(practice.ma, order.pk)
    pdf = specimen_label(queries.specimen_for(practice.ma, specimen.pk))
    assert pdf.startswith(b"%PDF")
    assert re.findall(rb"/MediaBox ?\[([^\]]*)\]", pdf) == [b"0 0 144 72"]
