"""Files to and from payers."""

from django.db import models

from liaison.places.models import Organization
from liaison.record.models import Guarded


class Exchange(Guarded):
    """A file sent to or received from a payer, kept unchanged with its hash. None is sent or taken in twice."""

    class Status(models.TextChoices):
        TO_SEND = "to_send", "to send"
        SENT = "sent", "sent"
        ACCEPTED = "accepted", "accepted"
        REFUSED = "refused", "refused"
        RECEIVED = "received", "received"
        POSTED = "posted", "posted"
        HELD = "held", "held for a person"
        SET_ASIDE = "set_aside", "set aside"

    direction = models.CharField(max_length=3)  # out, in
    kind = models.CharField(max_length=8)  # 837P, 276; 999, TA1, 277CA, 277, 835
    payer = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+")
    control_number = models.CharField(max_length=40)
    name = models.CharField(max_length=120)  # the other side's name for the file
    sha256 = models.CharField(max_length=64)
    body = models.BinaryField()
    status = models.CharField(max_length=10, choices=Status.choices)
    note = models.TextField(default="", blank=True)
    claims = models.JSONField(default=list)  # numbers of the claims that it carries or speaks of
    line = models.CharField(max_length=40, default="", blank=True)  # the line to payers that it went by; "" not yet

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["direction", "kind", "sha256"], name="exchange_file_once"),
            models.UniqueConstraint(
                fields=["control_number"], condition=models.Q(direction="out"), name="control_number_once"
            ),
        )
        indexes = (models.Index(fields=["status", "created_at"], name="exchange_by_status"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.control_number}"


class Delivery(Guarded):
    """That a line offered a file under a name: what is known by name is not fetched again, though it came twice."""

    exchange = models.ForeignKey(Exchange, models.PROTECT, related_name="deliveries")
    line = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    again = models.BooleanField(default=False)  # the file was here already, from another delivery

    class Meta:
        constraints = (models.UniqueConstraint(fields=["line", "name"], name="delivery_once"),)

    def __str__(self) -> str:
        return self.name


class LineLease(models.Model):
    """Who works over a line to payers at the moment, and until when nobody else does; `holder` empty: nobody."""

    line = models.CharField(max_length=40, unique=True)
    holder = models.CharField(max_length=100, default="")
    until = models.DateTimeField()

    def __str__(self) -> str:
        return self.line
