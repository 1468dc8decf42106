"""The chart: encounters, problems, allergies, medications, measurements, procedures, notes."""

from typing import ClassVar

from django.db import models

from liaison.people.models import Patient, Staff
from liaison.places.models import Site
from liaison.record.models import Guarded, Recorded

ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
UCUM = "http://unitsofmeasure.org"


class Coded(Recorded):
    """A clinical fact with a code of some system and the words it is shown by."""

    system = models.CharField(max_length=100, default="", blank=True)
    code = models.CharField(max_length=40, default="", blank=True)
    display = models.CharField(max_length=300)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.display


class Encounter(Recorded):
    """A patient and the practice meeting. Of a visit here, or of a history that came with the patient."""

    FHIR_TYPE: ClassVar[str] = "Encounter"

    class Status(models.TextChoices):
        PLANNED = "planned", "planned"
        ARRIVED = "arrived", "arrived"
        IN_PROGRESS = "in-progress", "in progress"
        FINISHED = "finished", "finished"
        CANCELLED = "cancelled", "cancelled"

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="encounters")
    status = models.CharField(max_length=12, choices=Status.choices)
    klass = models.CharField(max_length=10, default="AMB")
    type_text = models.CharField(max_length=200, default="", blank=True)
    reason = models.CharField(max_length=300, default="", blank=True)
    provider = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="encounters")
    site = models.ForeignKey(Site, models.PROTECT, null=True, blank=True, related_name="+")
    appointment_id = models.UUIDField(null=True, blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    here = models.BooleanField(default=False)  # whether it took place in this practice

    class Meta:
        indexes = (models.Index(fields=["patient", "starts_at"], name="encounter_of_patient"),)

    def __str__(self) -> str:
        return self.type_text or "Encounter"


class Condition(Coded):
    """A problem or a diagnosis of an encounter."""

    FHIR_TYPE: ClassVar[str] = "Condition"

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="conditions")
    encounter = models.ForeignKey(Encounter, models.PROTECT, null=True, blank=True, related_name="conditions")
    category = models.CharField(max_length=25, default="problem-list-item")  # or encounter-diagnosis
    status = models.CharField(max_length=12, default="active")  # active, recurrence, remission, resolved, inactive
    rank = models.PositiveSmallIntegerField(default=0)  # order on the claim, 1 first, for an encounter's diagnoses
    onset = models.DateField(null=True, blank=True)
    abated = models.DateField(null=True, blank=True)
    recorded_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    error = models.BooleanField(default=False)  # entered in error

    class Meta:
        indexes = (
            models.Index(fields=["patient", "status"], name="condition_of_patient"),
            models.Index(fields=["code"], name="condition_by_code"),
        )


class Allergy(Coded):
    """An allergy or intolerance, what it does and how bad it may be."""

    FHIR_TYPE: ClassVar[str] = "AllergyIntolerance"

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="allergies")
    category = models.CharField(max_length=12, default="", blank=True)  # food, medication, environment, biologic
    criticality = models.CharField(max_length=20, default="", blank=True)  # low, high, unable-to-assess
    reaction = models.CharField(max_length=200, default="", blank=True)
    status = models.CharField(max_length=12, default="active")
    onset = models.DateField(null=True, blank=True)
    error = models.BooleanField(default=False)

    class Meta:
        indexes = (models.Index(fields=["patient", "status"], name="allergy_of_patient"),)


class Medication(Coded):
    """A medication somebody takes or took, as prescribed or as told."""

    FHIR_TYPE: ClassVar[str] = "MedicationRequest"

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="medications")
    encounter = models.ForeignKey(Encounter, models.PROTECT, null=True, blank=True, related_name="+")
    dosage = models.CharField(max_length=300, default="", blank=True)
    status = models.CharField(max_length=16, default="active")  # active, stopped, completed, on-hold, entered-in-error
    reported = models.BooleanField(default=False)  # told by the patient, not ordered here
    authored_at = models.DateTimeField(null=True, blank=True)
    prescriber = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes = (models.Index(fields=["patient", "status"], name="medication_of_patient"),)


class Observation(Coded):
    """A measurement or result: `value` in `unit` (UCUM), a text or a code; two-part values (blood pressure) in `parts`.

    `parts` is [{code, display, value, unit}] with LOINC codes; a blood pressure has 8480-6 and 8462-4.
    """

    FHIR_TYPE: ClassVar[str] = "Observation"

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="observations")
    encounter = models.ForeignKey(Encounter, models.PROTECT, null=True, blank=True, related_name="observations")
    category = models.CharField(max_length=20, default="vital-signs")
    status = models.CharField(max_length=16, default="final")  # final, preliminary, amended, entered-in-error
    effective_at = models.DateTimeField()
    value = models.DecimalField(max_digits=16, decimal_places=6, null=True, blank=True)
    unit = models.CharField(max_length=30, default="", blank=True)
    text_value = models.CharField(max_length=300, default="", blank=True)
    value_code = models.CharField(max_length=40, default="", blank=True)
    value_system = models.CharField(max_length=100, default="", blank=True)
    parts = models.JSONField(default=list, blank=True)
    interpretation = models.CharField(max_length=4, default="", blank=True)  # N, L, H, LL, HH, A
    site = models.CharField(max_length=40, default="", blank=True)  # of the body
    position = models.CharField(max_length=20, default="", blank=True)
    method = models.CharField(max_length=40, default="", blank=True)  # a temperature's route
    note = models.CharField(max_length=300, default="", blank=True)
    performer = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes = (
            models.Index(fields=["patient", "code", "effective_at"], name="observation_of_patient"),
            models.Index(fields=["patient", "category", "effective_at"], name="observation_by_category"),
            models.Index(fields=["encounter"], name="observation_of_encounter"),
        )


class Procedure(Coded):
    """Something that was done to a patient."""

    FHIR_TYPE: ClassVar[str] = "Procedure"

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="procedures")
    encounter = models.ForeignKey(Encounter, models.PROTECT, null=True, blank=True, related_name="procedures")
    status = models.CharField(max_length=16, default="completed")
    performed_at = models.DateTimeField(null=True, blank=True)
    performer = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes = (models.Index(fields=["patient", "performed_at"], name="procedure_of_patient"),)


class Note(Guarded):
    """What a provider or assistant wrote about an encounter. Signed notes are amended by another note."""

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="notes")
    encounter = models.ForeignKey(Encounter, models.PROTECT, related_name="notes")
    kind = models.CharField(max_length=20, default="progress")  # progress, history, handoff
    text = models.TextField()
    author = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=["encounter", "kind"], name="note_of_encounter"),)

    def __str__(self) -> str:
        return self.kind


class Review(Guarded):
    """That somebody went through a list of the chart with the patient."""

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="reviews")
    encounter = models.ForeignKey(Encounter, models.PROTECT, null=True, related_name="+")
    what = models.CharField(max_length=20)  # medications, allergies, history
    none_known = models.BooleanField(default=False)
    reviewed_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["patient", "what", "reviewed_at"], name="review_of_patient"),)

    def __str__(self) -> str:
        return self.what
