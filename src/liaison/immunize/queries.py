"""What may be asked of vaccine histories."""

from uuid import UUID

from liaison.immunize.models import Immunization


def history_of(patient_id: UUID) -> list[Immunization]:
    """The doses a patient has had, newest first.

    For rooms that have opened the chart already (`chart.queries.chart_for`).
    """
    return list(Immunization.objects.filter(patient_id=patient_id, status="completed").order_by("-occurred_at", "cvx"))
