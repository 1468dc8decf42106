"""What states are called on the pages, and their tones."""

from liaison.registry.models import Message

State = Message.State
LABELS = {
    "problems": "To look at",
    State.TO_SEND.value: "To send",
    State.HELD.value: "Held back",
    State.ACCEPTED.value: "Accepted",
    State.WARNINGS.value: "With warnings",
    State.REJECTED.value: "Rejected",
    State.FAILED.value: "Not sent",
}
TONES = {
    State.TO_SEND.value: "info",
    State.HELD.value: "wait",
    State.SENT.value: "info",
    State.ACCEPTED.value: "good",
    State.WARNINGS.value: "wait",
    State.REJECTED.value: "wait",
    State.FAILED.value: "wait",
    State.SUPERSEDED.value: "",
}
