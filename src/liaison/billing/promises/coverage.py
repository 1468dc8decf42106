"""What billing promises of coverage and of what payers have authorized."""

from collections.abc import Iterator

from django.db.models import Q, Sum

from liaison.billing.models import Authorization, AuthorizationUse, EligibilityCheck
from liaison.record.promises import promise


@promise("authorizations are counted to the visit")
def authorizations_are_counted() -> Iterator[str]:
    """What is used of an authorization is the sum of its uses that were not given back."""
    rows = AuthorizationUse.objects.filter(given_back_at=None).order_by()
    used = dict(rows.values_list("authorization").annotate(sum=Sum("quantity")))
    for key, counted in Authorization.objects.order_by().values_list("pk", "used").iterator():
        if used.get(key, 0) != counted:
            yield f"Authorization {key} says {counted} used; its uses come to {used.get(key, 0)}."


@promise("every answer about coverage has its files")
def answers_have_files() -> Iterator[str]:
    """No check counts as answered or refused whose question and answer are not kept."""
    told = EligibilityCheck.objects.filter(status__in=["answered", "refused"])
    for trace in told.filter(Q(question=None) | Q(answer=None)).values_list("trace", flat=True).iterator():
        yield f"The answer to question {trace} has no file."
