"""Rules as versioned documents: what a clinic changes without a programmer."""

from django.db import models

from liaison.record.models import Guarded


class Document(Guarded):
    """One edition of a rule document. An edition in force is never changed: a new one takes its place."""

    class Kind(models.TextChoices):
        VISIT_TYPE = "visit-type", "Visit type and rooming protocol"
        FEE_SCHEDULE = "fee-schedule", "Fee schedule"
        REFERENCE_RANGES = "reference-ranges", "Reference ranges of vital signs"
        ORDER_CATALOG = "order-catalog", "Orders that can be placed"
        CONSENT = "consent", "Consent form"
        CHARGE_RULES = "charge-rules", "What is charged for what was done"
        VACCINE_SCREENING = "vaccine-screening", "Questions before a vaccine"
        VACCINE_GIVING = "vaccine-giving", "How vaccines are given"
        STANDING_ORDER = "standing-order", "Standing orders"
        VACCINE_MEASURES = "vaccine-measures", "Vaccine coverage measures"
        SCHOOL_FORM = "school-form", "Vaccines that schools ask for"
        COVERAGE_RULES = "coverage-rules", "When coverage is checked, and what is then asked"
        CLAIM_RULES = "claim-rules", "What a claim is checked by before it is sent"
        REMITTANCE_RULES = "remittance-rules", "What payers' reasons mean and what is done about them"
        STATEMENT_RULES = "statement-rules", "Statements, notices and payment plans"
        MONEY_LIMITS = "money-limits", "What each role may write off and refund"
        LETTER = "letter", "Letter"

    kind = models.CharField(max_length=30, choices=Kind.choices)
    key = models.SlugField(max_length=60)
    edition = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    body = models.JSONField()
    in_force_from = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["kind", "key", "edition"], name="document_edition_once"),
            models.UniqueConstraint(
                fields=["kind", "key"], condition=models.Q(retired_at=None), name="one_document_edition_in_force"
            ),
        )

    def __str__(self) -> str:
        return f"{self.title} (edition {self.edition})"
