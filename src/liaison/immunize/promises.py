"""What must always hold of vaccines."""

from collections.abc import Iterator

from django.db.models import Exists, F, OuterRef, Q

from liaison.immunize.models import Immunization, PlannedDose
from liaison.record.promises import promise
from liaison.supplies.models import Movement

_LEFT = Movement.objects.filter(for_id=OuterRef("pk"), kind=Movement.Kind.USED, reversed_by=None)
FEW = 20


@promise("a dose given from stock has left it, and one that never was has not")
def doses_and_stock_agree() -> Iterator[str]:
    rows = Immunization.objects.filter(stock_id__isnull=False).annotate(left=Exists(_LEFT))
    given, gone = Q(status="completed", left=False), Q(left=True) & ~Q(status="completed")
    for pk, status in rows.filter(given | gone).values_list("pk", "status")[:FEW]:
        yield f"Immunization/{pk} is {status}; the ledger of stock says otherwise."


@promise("a planned dose that was settled says how")
def plans_are_settled() -> Iterator[str]:
    settled = [PlannedDose.Status.GIVEN, PlannedDose.Status.NOT_GIVEN]
    wrong = PlannedDose.objects.filter(
        Q(status__in=settled, immunization=None) | Q(status=PlannedDose.Status.PLANNED, immunization__isnull=False)
    )
    for pk, status in wrong.values_list("pk", "status")[:FEW]:
        yield f"The planned dose {pk} is {status}, and its immunization says otherwise."


@promise("a dose is given to the patient it was planned for")
def doses_are_the_patients() -> Iterator[str]:
    for pk in (
        PlannedDose.objects.filter(immunization__isnull=False)
        .exclude(immunization__patient_id=F("patient_id"))
        .values_list("pk", flat=True)[:FEW]
    ):
        yield f"The planned dose {pk} was given to another patient."
