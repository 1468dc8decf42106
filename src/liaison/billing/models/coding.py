"""What people decided about the codes of a visit."""

from django.db import models

from liaison.chart.models import Encounter
from liaison.people.models import Patient, Staff
from liaison.record.models import Guarded


class VisitCoding(Guarded):
    """The level of a visit's evaluation, who chose it and why, and whether vaccines were counselled about.

    `facts` are those of `engines.evaluation`, as decided; `proposed` is the code that was worked out then; `word` says
    why another was chosen. `counselled` is empty where nobody said: then the charge rules tell.
    """

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    encounter = models.OneToOneField(Encounter, models.PROTECT, related_name="coding")
    counselled = models.BooleanField(null=True, blank=True)
    facts = models.JSONField(default=dict, blank=True)
    proposed = models.CharField(max_length=5, default="", blank=True)
    code = models.CharField(max_length=5, default="", blank=True)
    word = models.CharField(max_length=300, default="", blank=True)
    decided_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.code or "to code"
