"""People: patients and who stands by them, their coverage and consents, the staff and what they may do."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from django.contrib.auth.hashers import check_password
from django.contrib.auth.models import AbstractUser
from django.db import models

from liaison.kernel import names
from liaison.people.passwords import FirstPassword, is_first
from liaison.places.models import Organization, Site
from liaison.record.models import Guarded, Recorded


class User(AbstractUser):
    """A sign-in. What it may do hangs on the member of staff it belongs to."""

    def check_password(self, raw_password: str | None) -> bool:
        """Whether this is the password. Unlike Django's, it leaves a first one stored as such (`people.passwords`)."""
        if is_first(self.password):
            return check_password(raw_password, self.password, preferred=FirstPassword.algorithm)
        return super().check_password(raw_password)

    @property
    def has_first_password(self) -> bool:
        """Whether the password is the office's, still to be changed by its owner."""
        return is_first(self.password)


class Sex(models.TextChoices):
    FEMALE = "female", "female"
    MALE = "male", "male"
    OTHER = "other", "other"
    UNKNOWN = "unknown", "unknown"


ADDRESS = ("line", "city", "state", "postal_code")


class Patient(Recorded):
    """A person under care. Names as they are written; `phone` in E.164."""

    FHIR_TYPE: ClassVar[str] = "Patient"

    mrn = models.CharField(max_length=12, unique=True)
    family = models.CharField(max_length=100)
    given = models.CharField(max_length=100, default="", blank=True)
    preferred = models.CharField(max_length=60, default="", blank=True)
    prefix = models.CharField(max_length=20, default="", blank=True)
    suffix = models.CharField(max_length=20, default="", blank=True)
    birth_date = models.DateField()
    sex = models.CharField(max_length=10, choices=Sex.choices)
    deceased_on = models.DateField(null=True, blank=True)
    phone = models.CharField(max_length=20, default="", blank=True, db_index=True)
    phone_alt = models.CharField(max_length=20, default="", blank=True, db_index=True)
    email = models.EmailField(default="", blank=True)
    line = models.CharField(max_length=120, default="", blank=True)
    city = models.CharField(max_length=60, default="", blank=True)
    state = models.CharField(max_length=30, default="", blank=True)
    postal_code = models.CharField(max_length=15, default="", blank=True)
    language = models.CharField(max_length=10, default="en", blank=True)
    interpreter = models.BooleanField(default=False)
    race = models.CharField(max_length=40, default="", blank=True)
    ethnicity = models.CharField(max_length=40, default="", blank=True)
    marital = models.CharField(max_length=10, default="", blank=True)
    mother_maiden_name = models.CharField(max_length=60, default="", blank=True)
    birth_country = models.CharField(max_length=2, default="", blank=True)  # ISO 3166-1, two letters
    multiple_birth_order = models.PositiveSmallIntegerField(null=True, blank=True)  # null: born alone
    contacts = models.JSONField(default=list, blank=True)  # [{name, relationship, phone}]
    identifiers = models.JSONField(default=list, blank=True)  # [{system, value}] of other systems
    restricted = models.BooleanField(default=False)
    active = models.BooleanField(default=True)

    class Meta:
        indexes = (
            models.Index(fields=["birth_date"], name="patient_by_birth_date"),
            models.Index(fields=["family", "given"], name="patient_by_name"),
            # Every FHIR search asks which charts are closed; they are few
            models.Index(fields=["id"], condition=models.Q(restricted=True), name="patient_restricted"),
        )

    def __str__(self) -> str:
        return self.listed

    @property
    def listed(self) -> str:
        """`Brandt, Otto`."""
        return names.listed(self.family, self.given)

    @property
    def address_gap(self) -> str:
        """The first column of the address that is empty; a claim needs all four (loop 2010BA N3, N4)."""
        return next((name for name in ADDRESS if not getattr(self, name)), "")

    @property
    def audited_patient_id(self) -> UUID | None:
        return self.pk


class NameKey(Guarded):
    """A word by which search finds a patient: of a name, folded, or a telephone or identifier (see `names_index`)."""

    patient = models.ForeignKey(Patient, models.CASCADE, related_name="name_keys")
    word = models.CharField(max_length=60)

    class Meta:
        indexes = (models.Index(fields=["word", "patient"], name="name_key_by_word"),)

    def __str__(self) -> str:
        return self.word


class NameVariant(Guarded):
    """What a word of a name may be typed as (a letter left out, its sound), and the word itself."""

    variant = models.CharField(max_length=60)
    word = models.CharField(max_length=60, db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["variant", "word"], name="name_variant_once"),)

    def __str__(self) -> str:
        return f"{self.variant} → {self.word}"


class Coverage(Recorded):
    """A patient's insurance with one payer, in the order it is billed (1 is primary).

    That of an employer or of a car is for one injury: `claim_number`, `injured_on`, and at work the `employer`.
    """

    FHIR_TYPE: ClassVar[str] = "Coverage"

    class Kind(models.TextChoices):
        COMMERCIAL = "commercial", "Commercial plan"
        MEDICARE = "medicare", "Medicare"
        MEDICAID = "medicaid", "Medicaid"
        TRICARE = "tricare", "TRICARE"
        WORKERS_COMP = "workers-comp", "Workers’ compensation"
        AUTO = "auto", "Car insurance"
        OTHER = "other", "Other"

    class Filing(models.TextChoices):
        """What kind of plan a payer wants to see on the claim (SBR09), in words of our own."""

        COMMERCIAL = "CI", "commercial insurance"
        BLUE = "BL", "Blue Cross or Blue Shield"
        HMO = "HM", "HMO"
        PPO = "12", "PPO"
        POINT_OF_SERVICE = "13", "point of service plan"
        EXCLUSIVE = "14", "exclusive provider plan (EPO)"
        INDEMNITY = "15", "indemnity plan"
        MEDICARE_HMO = "16", "Medicare Advantage (HMO at risk)"
        MEDICARE_B = "MB", "Medicare Part B"
        MEDICARE_A = "MA", "Medicare Part A"
        MEDICAID = "MC", "Medicaid"
        TRICARE = "CH", "TRICARE or CHAMPVA"
        VETERANS = "VA", "Veterans Affairs"
        FEDERAL_STAFF = "FI", "federal employees’ plan"
        FEDERAL = "OF", "another federal program"
        PUBLIC = "11", "another public program, not federal"
        MATERNAL = "TV", "Title V, mothers and children"
        WORKERS_COMP = "WC", "workers’ compensation"
        AUTO = "AM", "car insurance"
        LIABILITY = "LM", "liability"
        DISABILITY = "DS", "disability"
        OTHER = "ZZ", "as agreed with the payer"

    class SecondReason(models.TextChoices):
        """Why Medicare pays after another payer (SBR05), in words of our own."""

        WORKS = "12", "65 or older and works, or the spouse does: group plan first"
        KIDNEYS = "13", "end-stage renal disease: group plan first, for 30 months"
        NO_FAULT = "14", "no-fault or car insurance first"
        AT_WORK = "15", "workers’ compensation first"
        FEDERAL = "16", "Public Health Service or another federal agency first"
        BLACK_LUNG = "41", "black lung program first"
        VETERANS = "42", "Veterans Affairs first"
        DISABLED = "43", "under 65 and disabled: large group plan first"
        LIABILITY = "47", "liability insurance first"

    class Relationship(models.TextChoices):
        SELF = "self", "self"
        SPOUSE = "spouse", "spouse"
        CHILD = "child", "child"
        OTHER = "other", "other"

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="coverages")
    payer = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.COMMERCIAL)
    position = models.PositiveSmallIntegerField(default=1)
    member_id = models.CharField(max_length=60, blank=True)  # for an injury the claim number may stand alone
    group_number = models.CharField(max_length=60, default="", blank=True)
    plan = models.CharField(max_length=100, default="", blank=True)
    relationship = models.CharField(max_length=10, choices=Relationship.choices, default=Relationship.SELF)
    subscriber_family = models.CharField(max_length=100, default="", blank=True)  # when not the patient
    subscriber_given = models.CharField(max_length=100, default="", blank=True)
    subscriber_birth_date = models.DateField(null=True, blank=True)
    subscriber_sex = models.CharField(max_length=10, choices=Sex.choices, default="", blank=True)
    copay_cents = models.PositiveIntegerField(default=0)
    coinsurance_percent = models.PositiveSmallIntegerField(null=True, blank=True)
    deductible_cents = models.PositiveIntegerField(null=True, blank=True)  # of a year
    filing = models.CharField(max_length=2, choices=Filing.choices, default="", blank=True)  # else as its kind says
    second_reason = models.CharField(max_length=2, choices=SecondReason.choices, default="", blank=True)  # of Medicare
    claim_number = models.CharField(max_length=60, default="", blank=True)  # the payer's, of the injury
    injured_on = models.DateField(null=True, blank=True)
    employer = models.CharField(max_length=100, default="", blank=True)
    starts = models.DateField(null=True, blank=True)
    ends = models.DateField(null=True, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        indexes = (models.Index(fields=["patient", "active", "position"], name="coverage_of_patient"),)
        constraints = (
            models.UniqueConstraint(
                fields=["patient", "position"], condition=models.Q(active=True), name="coverage_position_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.plan or 'coverage'} ({self.position})"

    def holds_on(self, day: date) -> bool:
        """Whether a day lies between its first and last."""
        return (self.starts is None or self.starts <= day) and (self.ends is None or day <= self.ends)

    @property
    def of_an_injury(self) -> bool:
        """Whether it pays for one injury alone, whoever else insures the patient."""
        return self.kind in (self.Kind.WORKERS_COMP, self.Kind.AUTO)

    @property
    def number(self) -> str:
        """The member ID, or the claim number of an injury."""
        return self.member_id or self.claim_number


class CoverageCard(Guarded):
    """A photograph of one side of an insurance card, without what a camera adds to it. The newest is the card's."""

    class Side(models.TextChoices):
        FRONT = "front", "front"
        BACK = "back", "back"

    coverage = models.ForeignKey(Coverage, models.PROTECT, related_name="cards")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    side = models.CharField(max_length=5, choices=Side.choices)
    media_type = models.CharField(max_length=20)
    sha256 = models.CharField(max_length=64)
    body = models.BinaryField()
    taken_by = models.CharField(max_length=120)

    class Meta:
        indexes = (models.Index(fields=["coverage", "side", "created_at"], name="card_of_coverage"),)

    def __str__(self) -> str:
        return f"{self.side}, {self.media_type}"


class Consent(Guarded):
    """A signed form: which document edition, when, by whom."""

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="consents")
    key = models.CharField(max_length=60)  # of the consent document: treatment, privacy-notice
    edition = models.PositiveIntegerField()
    signed_at = models.DateTimeField()
    signed_by = models.CharField(max_length=120)
    relationship = models.CharField(max_length=40, default="self")
    witness = models.CharField(max_length=120, default="", blank=True)

    class Meta:
        indexes = (models.Index(fields=["patient", "key"], name="consent_of_patient"),)

    def __str__(self) -> str:
        return f"{self.key} (edition {self.edition})"


class Staff(Recorded):
    """A member of staff. `role` is a key of `people.roles.ROLES`."""

    FHIR_TYPE: ClassVar[str] = "Practitioner"

    user = models.OneToOneField(User, models.SET_NULL, null=True, blank=True, related_name="staff")
    role = models.CharField(max_length=30)
    family = models.CharField(max_length=100)
    given = models.CharField(max_length=100)
    credential = models.CharField(max_length=30, default="", blank=True)  # CMA, RN, MD
    npi = models.CharField(max_length=10, default="", blank=True)
    taxonomy = models.CharField(max_length=10, default="", blank=True)
    site = models.ForeignKey(Site, models.PROTECT, null=True, blank=True, related_name="staff")
    active = models.BooleanField(default=True)

    class Meta:
        indexes = (models.Index(fields=["role", "active"], name="staff_by_role"),)

    def __str__(self) -> str:
        return self.short

    @property
    def short(self) -> str:
        """`Dr Osei` for who signs as a physician, `Dana Whitfield, CMA` for others."""
        if self.credential in ("MD", "DO"):
            return f"Dr {self.family}"
        return f"{self.given} {self.family}" + (f", {self.credential}" if self.credential else "")

    @property
    def full(self) -> str:
        """`Abena Osei, MD`."""
        return f"{self.given} {self.family}" + (f", {self.credential}" if self.credential else "")


class StaffRole(Recorded):
    """That somebody works in a role at a site."""

    FHIR_TYPE: ClassVar[str] = "PractitionerRole"

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="roles")
    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    role = models.CharField(max_length=30)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["staff", "site", "role"], name="staff_role_once"),)

    def __str__(self) -> str:
        return self.role


class GlassBreak(Guarded):
    """Somebody opened a restricted chart, with a reason, for a while."""

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    actor_id = models.CharField(max_length=64)
    reason = models.TextField()
    until = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["patient", "actor_id", "until"], name="glass_break_of_actor"),)

    def __str__(self) -> str:
        return f"until {self.until:%H:%M}"
