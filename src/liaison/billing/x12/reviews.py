"""A request for an authorization or referral as the X12 engine writes it (278), and what its answer decides."""

from datetime import datetime

from liaison.billing.models import Authorization
from liaison.billing.x12 import parties
from liaison.billing.x12.eligibility import envelope
from liaison.engines import x12
from liaison.places.models import Organization

_CATEGORY = {"authorization": "HS", "referral": "SC"}


def request(row: Authorization, practice: Organization, created: datetime, control: int) -> bytes:
    """The 278 of a request. Raises X12Error where something that the payer needs is missing."""
    coverage, patient, doctor = row.coverage, row.patient, row.provider
    review = x12.ReviewRequest(
        trace=row.trace or "",
        payer=parties.payer(coverage.payer),
        requester=parties.billing_provider(practice),
        subscriber=parties.subscriber(coverage, patient),
        diagnoses=tuple(row.diagnoses),
        patient=parties.dependent(coverage, patient),
        relationship=parties.RELATIONSHIP[coverage.relationship],
        category=_CATEGORY[row.kind],
        service_type="3" if row.kind == Authorization.Kind.REFERRAL else "1",
        begin=row.starts,
        end=row.ends,
        quantity=row.quantity if row.counted == Authorization.Counted.VISITS else None,
        servicing=x12.Provider(
            doctor.family, first_name=doctor.given, npi=doctor.npi, taxonomy=doctor.taxonomy
        ) if doctor else None,
        services=tuple(_service(row, code) for code in row.codes),
        note=row.service,
    )  # fmt: skip
    return x12.write_278(review, envelope(practice, coverage.payer, created, control))


def _service(row: Authorization, code: str) -> x12.ReviewedService:
    counted = row.counted == Authorization.Counted.UNITS
    return x12.ReviewedService(code, quantity=row.quantity if counted else None, date=row.starts, end_date=row.ends)
