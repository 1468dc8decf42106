"""What follows from the books: the mail with a statement's link."""

from liaison.billing.books.mail import send_statement_link
from liaison.billing.models import Statement
from liaison.billing.queries.statements import KIND
from liaison.billing.rules import rule
from liaison.record.models import OutboxEvent
from liaison.record.outbox import reaction


@reaction("billing.statement_to_mail")
def mail_link(event: OutboxEvent) -> None:
    """Send the link; where the server does not take it, it is tried again, then a person hears of it."""
    found = Statement.objects.select_related("patient").filter(pk=event.payload["statement"]).first()
    if found is not None and found.emailed_at is not None and found.patient.email:
        send_statement_link(found, rule(KIND)["link_days"])
