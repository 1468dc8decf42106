"""What payers say of a patient's coverage, what they have authorized, and what a visit is estimated to cost."""

from django.db import models

from liaison.billing.models.claims import Charge
from liaison.billing.models.files import Exchange
from liaison.chart.models import Encounter
from liaison.people.models import Coverage, Patient, Staff
from liaison.places.models import Site
from liaison.record.models import Guarded
from liaison.schedule.models import Appointment


class EligibilityCheck(Guarded):
    """One question to a payer about a coverage on a day (270), and its answer (271) in what a front desk asks.

    Question and answer are kept unchanged as files. `trace` goes out and comes back. `latest` marks the newest outcome
    of a coverage; `problem` is its kind, empty where there is nothing to see to, and `note` its sentence.
    """

    class Status(models.TextChoices):
        ASKED = "asked", "asked"
        ANSWERED = "answered", "answered"
        REFUSED = "refused", "refused by the payer"
        FAILED = "failed", "no answer"

    class Why(models.TextChoices):
        BOOKED = "booked", "at booking"
        NIGHTLY = "nightly", "the day before"
        PERSON = "person", "by hand"

    class Problem(models.TextChoices):
        INACTIVE = "inactive", "coverage not active"
        REFUSED = "refused", "payer refused"
        FAILED = "failed", "coverage not checked"
        DIFFERS = "differs", "coverage differs"
        AUTHORIZATION = "authorization", "authorization missing"
        REFERRAL = "referral", "referral missing"

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="eligibility_checks")
    coverage = models.ForeignKey(Coverage, models.PROTECT, related_name="checks")
    appointment = models.ForeignKey(Appointment, models.PROTECT, null=True, related_name="+")
    service_date = models.DateField()
    trace = models.CharField(max_length=20, unique=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ASKED)
    why = models.CharField(max_length=10, choices=Why.choices)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=120)
    answered_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    question = models.ForeignKey(Exchange, models.PROTECT, null=True, related_name="+")
    answer = models.ForeignKey(Exchange, models.PROTECT, null=True, related_name="+")
    latest = models.BooleanField(default=False)
    problem = models.CharField(max_length=15, choices=Problem.choices, default="", blank=True)
    note = models.CharField(max_length=400, default="", blank=True)

    active = models.BooleanField(null=True)  # None: the payer did not say
    plan = models.CharField(max_length=100, default="", blank=True)
    copay_cents = models.PositiveIntegerField(null=True)
    coinsurance_percent = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    deductible_cents = models.PositiveIntegerField(null=True)
    deductible_left_cents = models.PositiveIntegerField(null=True)
    out_of_pocket_left_cents = models.PositiveIntegerField(null=True)
    visits_left = models.PositiveSmallIntegerField(null=True)
    needs_referral = models.BooleanField(null=True)
    needs_authorization = models.BooleanField(null=True)
    other_payer = models.CharField(max_length=200, default="", blank=True)
    primary_care = models.CharField(max_length=200, default="", blank=True)
    member = models.JSONField(default=dict)  # as the payer has the person: {family, given, birth_date, member_id, …}
    messages = models.JSONField(default=list)
    benefits = models.JSONField(default=list)  # every row that the payer sent, in words
    kept = models.JSONField(default=list)  # differences that a person let stand, by name

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["coverage", "service_date"], condition=models.Q(status="asked"), name="asked_once_at_a_time"
            ),
            models.UniqueConstraint(
                fields=["coverage"], condition=models.Q(latest=True), name="latest_check_of_coverage"
            ),
        )
        indexes = (
            models.Index(fields=["patient", "asked_at"], name="check_of_patient"),
            models.Index(fields=["next_try_at"], condition=models.Q(status="asked"), name="check_waiting"),
            models.Index(
                fields=["patient"], condition=models.Q(latest=True) & ~models.Q(problem=""), name="check_problem"
            ),
        )

    def __str__(self) -> str:
        return f"{self.trace} {self.status}"


class Authorization(Guarded):
    """A payer's word that it will pay for some services, or a referral: how much of what, from when to when.

    Typed in by hand, or asked for and answered by 278. `quantity` counts visits or units, none is without limit;
    `used` is the sum of its uses. Without `codes` it is for whatever is done.
    """

    class Kind(models.TextChoices):
        AUTHORIZATION = "authorization", "Authorization"
        REFERRAL = "referral", "Referral"

    class Counted(models.TextChoices):
        VISITS = "visits", "visits"
        UNITS = "units", "units"

    class Status(models.TextChoices):
        REQUESTED = "requested", "requested"
        PENDED = "pended", "payer decides"
        CERTIFIED = "certified", "certified"
        DENIED = "denied", "denied"
        FAILED = "failed", "not asked"
        EXPIRED = "expired", "expired"
        USED_UP = "used-up", "used up"
        CANCELLED = "cancelled", "cancelled"

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="authorizations")
    coverage = models.ForeignKey(Coverage, models.PROTECT, related_name="authorizations")
    kind = models.CharField(max_length=13, choices=Kind.choices)
    number = models.CharField(max_length=50, default="", blank=True)
    service = models.CharField(max_length=200)  # what for, in words
    codes = models.JSONField(default=list, blank=True)
    diagnoses = models.JSONField(default=list, blank=True)
    counted = models.CharField(max_length=6, choices=Counted.choices, default=Counted.VISITS)
    quantity = models.PositiveSmallIntegerField(null=True, blank=True)
    used = models.PositiveSmallIntegerField(default=0)
    starts = models.DateField()
    ends = models.DateField(null=True, blank=True)
    provider = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")  # who will do it
    referred_by = models.CharField(max_length=120, default="", blank=True)
    status = models.CharField(max_length=10, choices=Status.choices)
    note = models.CharField(max_length=300, default="", blank=True)  # what the payer said, in our words
    trace = models.CharField(max_length=20, null=True, blank=True, unique=True)  # of a request by 278
    payer_reference = models.CharField(max_length=60, default="", blank=True)  # of a request that is pending there
    question = models.ForeignKey(Exchange, models.PROTECT, null=True, related_name="+")
    answer = models.ForeignKey(Exchange, models.PROTECT, null=True, related_name="+")
    noted_by = models.CharField(max_length=120)
    low_told = models.CharField(max_length=20, default="", blank=True)  # the warning that is out: few, ends

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(quantity=None) | models.Q(used__lte=models.F("quantity")),
                name="authorization_not_overdrawn",
            ),
        )
        indexes = (
            models.Index(fields=["coverage", "status", "starts"], name="authorization_of_coverage"),
            models.Index(fields=["patient", "status"], name="authorization_of_patient"),
            models.Index(fields=["status", "ends"], name="authorization_by_end"),
        )

    def __str__(self) -> str:
        return self.number or self.trace or self.kind

    @property
    def left(self) -> int | None:
        """How many visits or units are left; None without limit."""
        return None if self.quantity is None else self.quantity - self.used


class AuthorizationUse(Guarded):
    """That a visit or a charge used some of an authorization, once; given back when the charge was voided."""

    authorization = models.ForeignKey(Authorization, models.PROTECT, related_name="uses")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    encounter = models.ForeignKey(Encounter, models.PROTECT, related_name="+")
    charge = models.ForeignKey(Charge, models.PROTECT, null=True, related_name="+")  # none: the visit as a whole
    quantity = models.PositiveSmallIntegerField()
    service_date = models.DateField()
    given_back_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["authorization", "encounter"],
                condition=models.Q(charge=None, given_back_at=None),
                name="visit_uses_once",
            ),
            models.UniqueConstraint(
                fields=["authorization", "charge"], condition=models.Q(given_back_at=None), name="charge_uses_once"
            ),
        )
        indexes = (models.Index(fields=["encounter"], name="authorization_use_of_visit"),)

    def __str__(self) -> str:
        return f"{self.quantity} on {self.service_date}"


class Estimate(Guarded):
    """A good-faith estimate of a planned visit (45 CFR 149.610), kept as it was given. A new one replaces none.

    `lines`: [{code, words, units, cents, diagnoses}].
    """

    number = models.CharField(max_length=16, unique=True)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="estimates")
    appointment = models.ForeignKey(Appointment, models.PROTECT, null=True, related_name="+")
    provider = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    service = models.CharField(max_length=200)  # the primary item or service, in plain words
    service_date = models.DateField(null=True)
    diagnoses = models.JSONField(default=list)
    lines = models.JSONField(default=list)
    later = models.CharField(max_length=400, default="", blank=True)  # what will be scheduled separately
    total_cents = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=120)
    pdf = models.BinaryField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        indexes = (models.Index(fields=["patient", "made_at"], name="estimate_of_patient"),)

    def __str__(self) -> str:
        return self.number
