"""Addresses of coverage: what payers say, authorizations, estimates."""

from django.urls import path

from liaison.billing.pages import authorizations, coverage, estimates

urlpatterns = [
    path("coverage/", coverage.day, name="coverage-day"),
    path("coverage/ask/", coverage.ask_day, name="ask-coverage-day"),
    path("coverage/checks/<uuid:check_id>/", coverage.answer, name="coverage-check"),
    path("coverage/checks/<uuid:check_id>/settle/", coverage.settle, name="settle-coverage"),
    path("coverage/checks/<uuid:check_id>/<slug:name>/", coverage.difference, name="coverage-difference"),
    path("authorizations/<uuid:authorization_id>/", authorizations.one, name="authorization"),
    path("authorizations/<uuid:authorization_id>/ask/", authorizations.ask_again, name="ask-authorization"),
    path("authorizations/<uuid:authorization_id>/decide/", authorizations.decide, name="decide-authorization"),
    path("patients/<uuid:patient_id>/authorizations/", authorizations.add, name="add-authorization"),
    path("estimates/<uuid:estimate_id>.pdf", estimates.paper, name="estimate"),
    path("patients/<uuid:patient_id>/estimate/", estimates.make, name="make-estimate"),
    path("patients/<uuid:patient_id>/insurance/", coverage.patient, name="patient-coverage"),
    path("patients/<uuid:patient_id>/insurance/<uuid:coverage_id>/check/", coverage.check, name="check-coverage"),
]
