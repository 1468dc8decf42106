"""How an action says no: with a kind for the machine, and a sentence that tells a person what to do."""


class Refused(Exception):
    """An action refused: `code` is a stable word, `sentence` what a person can do, `field` its cause on a form.

    `status` is the HTTP status and `issue` the FHIR issue type that the refusal becomes at the edge.
    """

    status = 422
    issue = "business-rule"

    def __init__(self, code: str, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.code, self.sentence, self.field = code, sentence, field


class Invalid(Refused):
    """What was typed or sent cannot be taken as it is."""

    status = 400
    issue = "invalid"


class Forbidden(Refused):
    """The person or system lacks the capability."""

    status = 403
    issue = "forbidden"


class NotFound(Refused):
    """There is no such thing, or none that this person may know of."""

    status = 404
    issue = "not-found"


class Conflict(Refused):
    """Somebody else was first: the place is taken, or the row has changed since it was read."""

    status = 409
    issue = "conflict"


def one_sentence(problems: list[Refused]) -> str:
    """Several refusals as one text, a sentence each."""
    return " ".join(dict.fromkeys(problem.sentence for problem in problems))
