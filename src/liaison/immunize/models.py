"""Immunizations: the doses a patient has had, here and elsewhere."""

from typing import ClassVar

from django.db import models

from liaison.chart.models import Encounter
from liaison.people.models import Patient, Staff
from liaison.record.models import Recorded

CVX = "http://hl7.org/fhir/sid/cvx"


class Immunization(Recorded):
    """One dose. `here` tells a dose given in this practice from history."""

    FHIR_TYPE: ClassVar[str] = "Immunization"

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="immunizations")
    encounter = models.ForeignKey(Encounter, models.PROTECT, null=True, blank=True, related_name="+")
    cvx = models.CharField(max_length=5)
    display = models.CharField(max_length=200)
    status = models.CharField(max_length=16, default="completed")  # completed, not-done, entered-in-error
    occurred_at = models.DateTimeField()
    here = models.BooleanField(default=False)
    lot_number = models.CharField(max_length=40, default="", blank=True)
    performer = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes = (models.Index(fields=["patient", "occurred_at"], name="immunization_of_patient"),)

    def __str__(self) -> str:
        return self.display
