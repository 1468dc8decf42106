"""What must always hold of charts."""

from collections.abc import Iterable

from django.db.models import F

from liaison.chart.models import Condition, Encounter, Observation
from liaison.record.promises import promise


@promise("a chart is one patient's")
def one_patient() -> Iterable[str]:
    """What was found or diagnosed in an encounter belongs to the encounter's patient."""
    for model in (Observation, Condition):
        rows = model._base_manager.exclude(encounter=None).exclude(encounter__patient_id=F("patient_id"))
        for pk in rows.values_list("pk", flat=True)[:20]:
            yield f"{model.FHIR_TYPE}/{pk} is of another patient than its encounter."


@promise("an encounter ends after it begins")
def ends_after_it_begins() -> Iterable[str]:
    for pk in Encounter.objects.filter(here=True, ends_at__lt=F("starts_at")).values_list("pk", flat=True)[:20]:
        yield f"Encounter/{pk} ends before it begins."
