"""Addresses of coverage: what payers say, authorizations, estimates."""

from django.urls import path

from liaison.billing.pages import coverage

urlpatterns = [
    path("coverage/", coverage.day, name="coverage-day"),
    path("coverage/ask/", coverage.ask_day, name="ask-coverage-day"),
    path("coverage/checks/<uuid:check_id>/", coverage.answer, name="coverage-check"),
    path("coverage/checks/<uuid:check_id>/settle/", coverage.settle, name="settle-coverage"),
    path("coverage/checks/<uuid:check_id>/<slug:name>/", coverage.difference, name="coverage-difference"),
    path("patients/<uuid:patient_id>/insurance/", coverage.patient, name="patient-coverage"),
    path("patients/<uuid:patient_id>/insurance/<uuid:coverage_id>/check/", coverage.check, name="check-coverage"),
]
