"""What is next, for whom."""

from typing import ClassVar

from django.db import models

from liaison.people.models import Patient, Staff
from liaison.places.models import Site
from liaison.record.models import Recorded
from liaison.visits.models import Visit


class Task(Recorded):
    """Something a person must do. `source` is what made it, once; `link` where it is done."""

    FHIR_TYPE: ClassVar[str] = "Task"

    class Status(models.TextChoices):
        REQUESTED = "requested", "to do"
        IN_PROGRESS = "in-progress", "in hand"
        COMPLETED = "completed", "done"
        CANCELLED = "cancelled", "not needed"

    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    detail = models.CharField(max_length=500, default="", blank=True)
    patient = models.ForeignKey(Patient, models.PROTECT, null=True, blank=True, related_name="tasks")
    visit = models.ForeignKey(Visit, models.PROTECT, null=True, blank=True, related_name="tasks")
    site = models.ForeignKey(Site, models.PROTECT, null=True, blank=True, related_name="+")
    for_role = models.CharField(max_length=30)
    owner = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.REQUESTED)
    priority = models.PositiveSmallIntegerField(default=50)  # 0 first
    due_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=120, unique=True)
    link = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        indexes = (
            models.Index(fields=["for_role", "status", "priority"], name="task_for_role"),
            models.Index(fields=["visit", "status"], name="task_of_visit"),
        )

    def __str__(self) -> str:
        return self.title
