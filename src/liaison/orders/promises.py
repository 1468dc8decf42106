"""What must always hold of orders."""

from collections.abc import Iterable

from django.db.models import F

from liaison.orders.models import Order, Specimen
from liaison.record.promises import promise


@promise("what needed a specimen was done with one")
def done_with_specimen() -> Iterable[str]:
    done = Order.objects.filter(status=Order.Status.COMPLETED, needs_specimen=True, specimens=None)
    for pk in done.values_list("pk", flat=True)[:20]:
        yield f"ServiceRequest/{pk} is done without its specimen."


@promise("a specimen is its order's patient's")
def specimen_of_the_patient() -> Iterable[str]:
    for accession in Specimen.objects.exclude(order__patient_id=F("patient_id")).values_list("accession", flat=True)[
        :20
    ]:
        yield f"Specimen {accession} is of another patient than its order."
