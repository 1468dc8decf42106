"""Immunizations: the doses a patient has had, what is planned and made ready today, what is watched, what is due."""

from typing import ClassVar

from django.db import models

from liaison.chart.models import Encounter
from liaison.documents.models import Document
from liaison.immunize.words import EMAILED
from liaison.people.models import Patient, Staff
from liaison.places.models import Organization, Site
from liaison.record.models import Guarded, Recorded

CVX = "http://hl7.org/fhir/sid/cvx"


class Source(models.TextChoices):
    """From where the practice knows of a dose."""

    GIVEN = "given", "given here"
    CARD = "card", "from a card"
    REGISTRY = "registry", "from the registry"
    CLINIC = "clinic", "from another clinic"
    PATIENT = "patient", "as told"
    IMPORT = "import", "came with the record"


class Eligibility(models.TextChoices):
    """Who pays for a dose of a child: HL7 table 0064, as the Vaccines for Children program asks."""

    PRIVATE = "V01", "Private insurance or pays: not eligible"
    MEDICAID = "V02", "Medicaid"
    UNINSURED = "V03", "No insurance"
    NATIVE = "V04", "American Indian or Alaska Native"
    UNDERINSURED = "V05", "Underinsured, at a qualified health center"
    STATE = "V07", "State program"


class Immunization(Recorded):
    """One dose given, or not given with the reason. `here` tells a dose given in this practice from history."""

    FHIR_TYPE: ClassVar[str] = "Immunization"

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="immunizations")
    encounter = models.ForeignKey(Encounter, models.PROTECT, null=True, blank=True, related_name="+")
    cvx = models.CharField(max_length=5)
    display = models.CharField(max_length=200)
    status = models.CharField(max_length=16, default="completed")  # completed, not-done, entered-in-error
    occurred_at = models.DateTimeField()
    here = models.BooleanField(default=False)
    source = models.CharField(max_length=10, choices=Source.choices, default=Source.IMPORT)
    lot_number = models.CharField(max_length=40, default="", blank=True)
    expires_on = models.DateField(null=True, blank=True)
    mvx = models.CharField(max_length=8, default="", blank=True)
    ndc = models.CharField(max_length=14, default="", blank=True)  # of the unit of use, hyphenated
    dose_quantity = models.DecimalField(max_digits=7, decimal_places=3, null=True, blank=True)
    dose_unit = models.CharField(max_length=10, default="", blank=True)  # UCUM: mL
    route = models.CharField(max_length=8, default="", blank=True)  # HL7 table 0162: IM, SC, ID, PO, NS
    body_site = models.CharField(max_length=8, default="", blank=True)  # HL7 table 0163: LD, RD, LVL, RVL, LA, …
    funding = models.CharField(max_length=10, default="", blank=True)  # supplies.Funding
    eligibility = models.CharField(max_length=4, default="", blank=True, choices=Eligibility.choices)
    stock_id = models.UUIDField(null=True, blank=True)  # supplies.Stock that it was taken from
    performer = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    ordered_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    standing_order = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")
    vis = models.JSONField(default=list, blank=True)  # [{title, edition, encoded, language, how, on}]
    reason_code = models.CharField(max_length=20, default="", blank=True)  # why not given: words.NOT_GIVEN
    note = models.CharField(max_length=300, default="", blank=True)
    registry_id = models.CharField(max_length=80, default="", blank=True)  # the dose's number at the registry
    recorded_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    recorded_at = models.DateTimeField(null=True, blank=True)
    error_reason = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        indexes = (
            models.Index(fields=["patient", "occurred_at"], name="immunization_of_patient"),
            models.Index(fields=["encounter"], name="immunization_of_encounter"),
            models.Index(fields=["here", "occurred_at"], name="immunization_given_here"),
        )

    def __str__(self) -> str:
        return self.display


class PlannedDose(Guarded):
    """A vaccine that is to be given in an encounter, under a provider's order or a standing order."""

    class Status(models.TextChoices):
        PLANNED = "planned", "to give"
        GIVEN = "given", "given"
        NOT_GIVEN = "not-given", "not given"
        CANCELLED = "cancelled", "taken off"

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    encounter = models.ForeignKey(Encounter, models.PROTECT, related_name="planned_doses")
    cvx = models.CharField(max_length=5)
    display = models.CharField(max_length=200)
    vaccine_groups = models.JSONField(default=list)  # as the schedule names them
    despite = models.CharField(max_length=300, default="", blank=True)  # why, where the schedule would not count it
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PLANNED)
    ordered_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    standing_order = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")
    planned_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    planned_at = models.DateTimeField()
    immunization = models.OneToOneField(Immunization, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes = (models.Index(fields=["encounter", "status"], name="planned_of_encounter"),)
        constraints = (
            models.UniqueConstraint(
                fields=["encounter", "cvx"], condition=models.Q(status="planned"), name="planned_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.display}: {self.status}"


class Preparation(Guarded):
    """What must be settled before the needle, once an encounter: who pays, the screening, the VIS and the consent."""

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    encounter = models.OneToOneField(Encounter, models.PROTECT, related_name="vaccine_preparation")
    eligibility = models.CharField(max_length=4, default="", blank=True, choices=Eligibility.choices)
    rules = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, related_name="+"
    )  # the questions' edition
    answers = models.JSONField(default=dict, blank=True)  # {question: "yes" | "no" | "unknown"}
    details = models.CharField(max_length=300, default="", blank=True)
    screened_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    screened_at = models.DateTimeField(null=True, blank=True)
    cleared = models.JSONField(default=dict, blank=True)  # {question: {by, role, at, reason}}: warnings gone through
    vis = models.JSONField(default=list, blank=True)  # [{title, edition, encoded, language, how, on}]
    consent_by = models.CharField(max_length=120, default="", blank=True)
    consent_relationship = models.CharField(max_length=20, default="", blank=True)
    consent_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"preparation {self.encounter_id}"

    @property
    def vis_emailed(self) -> list[dict[str, str]]:
        """The information statements whose link was sent to the patient."""
        return [one for one in self.vis if one["how"] == EMAILED]


class Watch(Guarded):
    """Somebody who had a vaccine is observed for a while: 15 minutes, or longer."""

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    encounter = models.OneToOneField(Encounter, models.PROTECT, related_name="vaccine_watch")
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.CharField(max_length=20, default="", blank=True)  # well, reaction, left-early
    note = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        indexes = (models.Index(fields=["ended_at", "ends_at"], name="watch_open"),)

    def __str__(self) -> str:
        return f"watch until {self.ends_at:%H:%M}"


class Reaction(Guarded):
    """An adverse event after vaccines, as the VAERS report asks for it."""

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="vaccine_reactions")
    encounter = models.ForeignKey(Encounter, models.PROTECT, null=True, blank=True, related_name="+")
    doses = models.JSONField(default=list)  # ids of the immunizations that it followed
    onset_at = models.DateTimeField()
    signs = models.JSONField(default=list, blank=True)  # keys of words.SIGNS
    description = models.TextField()
    treatment = models.CharField(max_length=500, default="", blank=True)
    tests = models.CharField(max_length=500, default="", blank=True)
    outcome = models.CharField(max_length=20)  # recovered, recovering, not-recovered, unknown, died
    results_in = models.JSONField(default=list, blank=True)  # keys of words.RESULTS: VAERS item 21
    provider_told_at = models.DateTimeField(null=True, blank=True)
    reported_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    reported_at = models.DateTimeField()
    vaers_number = models.CharField(max_length=20, default="", blank=True)  # as VAERS confirmed it
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=["sent_at", "reported_at"], name="reaction_to_send"),)

    def __str__(self) -> str:
        return f"reaction {self.pk}"


class Forecast(models.Model):
    """When a patient's needs were last worked out, and by which release. Derived: it can be worked out again."""

    patient = models.OneToOneField(Patient, models.CASCADE, primary_key=True, related_name="forecast")
    as_of = models.DateField()
    release = models.CharField(max_length=40)

    class Meta:
        indexes = (models.Index(fields=["as_of"], name="forecast_by_day"),)

    def __str__(self) -> str:
        return f"{self.patient_id} as of {self.as_of}"


class Need(models.Model):
    """How a patient stands in a vaccine group, as last worked out. Derived, for boards, lists and population counts.

    `status` is a series status of the schedule's; dates are blank unless it is not complete.
    """

    patient = models.ForeignKey(Patient, models.CASCADE, related_name="needs")
    vaccine_group = models.CharField(max_length=60)
    status = models.CharField(max_length=20)
    number = models.PositiveSmallIntegerField(null=True)  # of the dose that is next
    earliest = models.DateField(null=True)
    recommended = models.DateField(null=True)
    past_due = models.DateField(null=True)
    cvxs = models.JSONField(default=list)  # the vaccines that the schedule prefers, where it says
    reason = models.CharField(max_length=300, default="")
    doses = models.PositiveSmallIntegerField(default=0)  # that count

    class Meta:
        constraints = (models.UniqueConstraint(fields=["patient", "vaccine_group"], name="need_once"),)
        indexes = (
            models.Index(fields=["vaccine_group", "status", "recommended"], name="need_by_group"),
            models.Index(fields=["recommended"], name="need_by_day", condition=models.Q(status="Not Complete")),
            models.Index(
                fields=["past_due", "patient"], name="need_overdue", condition=models.Q(status="Not Complete")
            ),
        )

    def __str__(self) -> str:
        return f"{self.vaccine_group}: {self.status}"


class Cohort(models.Model):
    """To which parts of the population a patient belongs, as last worked out. Derived (`population.renew`)."""

    patient = models.OneToOneField(Patient, models.CASCADE, primary_key=True, related_name="cohort")
    band = models.CharField(max_length=30)  # of ages, by its title
    site = models.ForeignKey(Site, models.SET_NULL, null=True, related_name="+")  # of the last visit
    provider = models.ForeignKey(Staff, models.SET_NULL, null=True, related_name="+")  # of the last visit
    payer = models.ForeignKey(Organization, models.SET_NULL, null=True, related_name="+")  # of the first coverage
    last_contact = models.DateField(null=True)
    overdue_since = models.DateField(null=True)  # the first day on which a dose was past due, or will be

    class Meta:
        indexes = (
            models.Index(fields=["band", "site"], name="cohort_by_band"),
            models.Index(fields=["overdue_since", "patient"], name="cohort_overdue"),
        )

    def __str__(self) -> str:
        return self.band


class Tally(models.Model):
    """How many patients of a cohort stand how in a vaccine group. Derived: the sums that pages show."""

    vaccine_group = models.CharField(max_length=60)
    band = models.CharField(max_length=30)
    site = models.ForeignKey(Site, models.CASCADE, null=True, related_name="+")
    provider = models.ForeignKey(Staff, models.CASCADE, null=True, related_name="+")
    payer = models.ForeignKey(Organization, models.CASCADE, null=True, related_name="+")
    up_to_date = models.PositiveIntegerField(default=0)
    due = models.PositiveIntegerField(default=0)
    overdue = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = (models.Index(fields=["vaccine_group", "band"], name="tally_by_group"),)

    def __str__(self) -> str:
        return f"{self.vaccine_group}, {self.band}"


class Survey(models.Model):
    """When the population was last counted, and what its measures were. Derived: one row."""

    at = models.DateTimeField()
    patients = models.PositiveIntegerField(default=0)
    measures = models.JSONField(default=list)  # [{key, title, source, patients, met, parts: [{group, met}]}]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class Recall(Guarded):
    """That an overdue patient was called, written to, or declined: nobody is recalled again before `again_on`."""

    class How(models.TextChoices):
        CALLED = "called", "called"
        MESSAGE = "message", "left a message"
        LETTER = "letter", "letter sent"
        DECLINED = "declined", "declined"

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="vaccine_recalls")
    how = models.CharField(max_length=10, choices=How.choices)
    on = models.DateField()
    again_on = models.DateField()
    by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        indexes = (
            models.Index(fields=["patient", "again_on"], name="recall_of_patient"),
            models.Index(fields=["again_on"], name="recall_by_day"),
        )

    def __str__(self) -> str:
        return f"{self.how} {self.on}"
