"""What the record keeps: revisions, audit entries and their seals, the outbox, and the intake from outside."""

from typing import Any, ClassVar, Self
from uuid import UUID

from django.db import models

from liaison.kernel import clock, ids
from liaison.record.guard import GuardedManager, refuse_outside_change


class Guarded(models.Model):
    """A row that only `record.change` may write."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    updated_at = models.DateTimeField(default=clock.now, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)

    objects: ClassVar[GuardedManager[Self]] = GuardedManager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        refuse_outside_change(type(self).__name__)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        refuse_outside_change(type(self).__name__)
        return super().delete(*args, **kwargs)

    @property
    def audited_patient_id(self) -> UUID | None:
        """The patient whose chart this row belongs to, if it belongs to one."""
        return getattr(self, "patient_id", None)


class Recorded(Guarded):
    """A guarded row with a public form: every change of it leaves an immutable FHIR revision."""

    FHIR_TYPE: ClassVar[str]

    class Meta:
        abstract = True


class Revision(models.Model):
    """One version of one resource: its FHIR R4 JSON, as the bytes that a read sends. Append-only by trigger."""

    seq = models.BigAutoField(primary_key=True)
    resource_type = models.CharField(max_length=40)
    resource_id = models.UUIDField()
    version = models.PositiveIntegerField()
    patient_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    change_id = models.UUIDField()
    body = models.BinaryField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["resource_type", "resource_id", "version"], name="revision_once"),
        )
        indexes = (
            models.Index(fields=["patient_id", "resource_type"], name="revision_by_patient"),
            models.Index(fields=["change_id"], name="revision_by_change"),
        )

    def __str__(self) -> str:
        return f"{self.resource_type}/{self.resource_id}/_history/{self.version}"


class AuditEntry(models.Model):
    """Who did or saw what, when, from where and why (45 CFR 164.312(b)). Append-only by trigger, sealed by a job.

    `action` is a capability (`visits.check_in`), or `read`, `search`, `sign-in`, `break-glass`; `entities` names the
    resources touched, as FHIR references with their version, or what was asked for.
    """

    seq = models.BigAutoField(primary_key=True)
    id = models.UUIDField(default=ids.new_id, unique=True)
    at = models.DateTimeField(default=clock.now)
    actor_id = models.CharField(max_length=64)
    actor_name = models.CharField(max_length=120)
    role = models.CharField(max_length=40)
    kind = models.CharField(max_length=10)
    where = models.CharField(max_length=64)
    action = models.CharField(max_length=60)
    write = models.BooleanField(default=False)
    patient_id = models.UUIDField(null=True)
    entities = models.JSONField(default=list)
    reason = models.TextField(default="")
    change_id = models.UUIDField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["patient_id", "seq"], name="audit_by_patient"),
            models.Index(fields=["actor_id", "seq"], name="audit_by_actor"),
            models.Index(fields=["at"], name="audit_by_time"),
        )

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action}"


class AuditSeal(models.Model):
    """A link of the hash chain over audit entries `first_seq` to `last_seq`.

    `leaves` holds 32 bytes for each entry, in order; `seqs` holds 8 bytes for each, so that a removed and an added
    entry are told apart.
    """

    id = models.BigAutoField(primary_key=True)
    first_seq = models.BigIntegerField()
    last_seq = models.BigIntegerField(unique=True)
    seqs = models.BinaryField()
    leaves = models.BinaryField()
    previous = models.BinaryField()
    digest = models.BinaryField()
    at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"seal {self.first_seq}–{self.last_seq}"


class OutboxEvent(models.Model):
    """Something that happened, for other rooms and open pages to follow. Carries ids, never a patient's data."""

    seq = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=60)
    at = models.DateTimeField()
    change_id = models.UUIDField()
    payload = models.JSONField(default=dict)
    handled_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)
    error = models.TextField(default="")

    class Meta:
        indexes = (models.Index(fields=["seq"], name="outbox_waiting", condition=models.Q(handled_at=None)),)

    def __str__(self) -> str:
        return f"{self.seq} {self.name}"


class Intake(models.Model):
    """What came from outside and was not taken in: the bytes as they came, and why.

    A person mends, replays or dismisses it.
    """

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    source = models.CharField(max_length=200)
    kind = models.CharField(max_length=60)
    reference = models.CharField(max_length=200, default="")
    received_at = models.DateTimeField(default=clock.now)
    sha256 = models.CharField(max_length=64)
    body = models.BinaryField()
    reason = models.TextField()
    state = models.CharField(max_length=12, default="waiting")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["kind", "sha256"], name="intake_once"),)
        indexes = (models.Index(fields=["state", "received_at"], name="intake_waiting"),)

    def __str__(self) -> str:
        return f"{self.kind}: {self.reason}"


class Counter(models.Model):
    """A running number that is never given twice: MRNs, accession, claim, receipt and control numbers."""

    name = models.CharField(max_length=30, primary_key=True)
    value = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} {self.value}"
