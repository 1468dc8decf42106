"""The state's immunization registry: the line to it, every message out and answer back, what it found wrong."""

from django.db import models

from liaison.immunize.models import Immunization
from liaison.people.models import Patient
from liaison.record.models import Guarded


class Connection(Guarded):
    """How the practice reaches its registry; there is one at a time. Its password stands in the environment alone."""

    class Kind(models.TextChoices):
        SOAP = "soap", "CDC web service (SOAP), 2011"
        SOAP_2014 = "soap2014", "CDC web service (SOAP), 2014"
        HTTPS = "https", "HTTPS post"

    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.SOAP)
    endpoint = models.CharField(max_length=300)
    username = models.CharField(max_length=100, default="", blank=True)
    facility = models.CharField(max_length=60)  # the practice's number at the registry: MSH-4, RXA-11
    receiving_application = models.CharField(max_length=60, default="", blank=True)  # MSH-5
    receiving_facility = models.CharField(max_length=60, default="", blank=True)  # MSH-6
    test_messages = models.BooleanField(default=False)  # MSH-11 is T: the registry's test system
    send_history = models.BooleanField(default=False)  # doses given elsewhere are told too
    ask_first = models.BooleanField(default=False)  # the state wants the patient's consent first
    active = models.BooleanField(default=True)
    since = models.DateTimeField()  # doses recorded from then on are told
    trouble = models.CharField(max_length=300, default="", blank=True)  # why nothing gets through, while that is so

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["active"], condition=models.Q(active=True), name="one_active_registry_connection"
            ),
        )

    def __str__(self) -> str:
        return self.name


class Sharing(Guarded):
    """What a patient has decided about the registry; without a row the practice's rule holds (`ask_first`)."""

    patient = models.OneToOneField(Patient, models.PROTECT, related_name="registry_sharing")
    shares = models.BooleanField()
    reminders = models.BooleanField(default=True)
    decided_on = models.DateField()

    def __str__(self) -> str:
        return "shares" if self.shares else "does not share"


class Message(Guarded):
    """One message to the registry, its bytes unchanged, with the answer's. `number` orders them as they were made.

    A dose has at most one message that waits. What is made anew after a rejection, or after the dose has changed,
    supersedes what was not accepted.
    """

    class Kind(models.TextChoices):
        UPDATE = "vxu", "dose"
        QUERY = "qbp", "question"

    class State(models.TextChoices):
        TO_SEND = "to_send", "to send"
        HELD = "held", "held back"
        SENT = "sent", "answered, to read"
        ACCEPTED = "accepted", "accepted"
        WARNINGS = "warnings", "accepted, with warnings"
        REJECTED = "rejected", "rejected"
        FAILED = "failed", "could not be sent"
        SUPERSEDED = "superseded", "made anew"

    connection = models.ForeignKey(Connection, models.PROTECT, related_name="messages")
    kind = models.CharField(max_length=4, choices=Kind.choices)
    number = models.BigIntegerField(unique=True)
    control_id = models.CharField(max_length=40, unique=True)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="registry_messages")
    immunization = models.ForeignKey(Immunization, models.PROTECT, null=True, blank=True, related_name="+")
    action = models.CharField(max_length=3, default="", blank=True)  # A, U, D of a dose; Z34, Z44 of a question
    state = models.CharField(max_length=10, choices=State.choices, default=State.TO_SEND)
    body = models.BinaryField(default=b"")
    sha256 = models.CharField(max_length=64)
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True, blank=True)  # not before; while it is being sent, the end of that
    sent_at = models.DateTimeField(null=True, blank=True)
    answer = models.BinaryField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=4, default="", blank=True)  # Z31, Z32, Z33, Z42 of a question's answer
    note = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["immunization"],
                condition=models.Q(state__in=("to_send", "held"), kind="vxu"),
                name="one_waiting_message_a_dose",
            ),
        )
        indexes = (
            models.Index(fields=["state", "number"], name="registry_message_by_state"),
            models.Index(fields=["patient", "number"], name="registry_message_of_patient"),
            models.Index(fields=["immunization", "number"], name="registry_message_of_dose"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.control_id}"


class Problem(Guarded):
    """Something wrong with a message, found here or by the registry: where (segment, field), how bad, in what words."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="problems")
    segment = models.CharField(max_length=3, default="", blank=True)
    sequence = models.PositiveSmallIntegerField(default=1)
    field = models.PositiveSmallIntegerField(default=0)
    component = models.PositiveSmallIntegerField(default=0)
    code = models.CharField(max_length=20, default="", blank=True)  # HL7 table 0357
    severity = models.CharField(max_length=1, default="E")  # E error, W warning, I information
    words = models.CharField(max_length=400)

    class Meta:
        indexes = (models.Index(fields=["message"], name="registry_problem_of_message"),)

    def __str__(self) -> str:
        return self.words
