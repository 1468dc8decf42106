"""Addresses of the records: a patient's history, papers, health cards; and of the population."""

from django.urls import path

from liaison.immunize.pages import history, papers, population

urlpatterns = [
    path("patients/<uuid:patient_id>/immunizations/", history.history, name="immunizations"),
    path("patients/<uuid:patient_id>/immunizations/add/", history.add, name="immunizations-add"),
    path(
        "patients/<uuid:patient_id>/immunizations/certificate.pdf", papers.certificate, name="immunization-certificate"
    ),
    path("patients/<uuid:patient_id>/immunizations/school-form.pdf", papers.school_form, name="school-form"),
    path("patients/<uuid:patient_id>/immunizations/health-card/", papers.health_card, name="health-card"),
    path(
        "patients/<uuid:patient_id>/immunizations/health-card/file/", papers.health_card_file, name="health-card-file"
    ),
    path(
        "patients/<uuid:patient_id>/immunizations/health-card.pdf", papers.health_card_print, name="health-card-print"
    ),
    path("patients/<uuid:patient_id>/immunizations/<uuid:immunization_id>/", history.dose, name="immunization"),
    path(
        "patients/<uuid:patient_id>/immunizations/<uuid:immunization_id>/correct/",
        history.correct,
        name="immunization-correct",
    ),
    path(
        "patients/<uuid:patient_id>/immunizations/<uuid:immunization_id>/remove/",
        history.remove,
        name="immunization-remove",
    ),
    path("immunizations/", population.coverage, name="vaccine-coverage"),
    path("immunizations/coverage.csv", population.coverage_table, name="vaccine-coverage-table"),
    path("immunizations/recall/", population.recall, name="vaccine-recall"),
    path("immunizations/recall/letters.pdf", population.letters, name="vaccine-recall-letters"),
    path("immunizations/recall/<uuid:patient_id>/", population.mark, name="vaccine-recall-mark"),
    path("immunizations/recall.csv", population.recall_table, name="vaccine-recall-table"),
    path("immunizations/needed/", population.needed, name="vaccine-needed"),
    path("immunizations/needed.csv", population.needed_table, name="vaccine-needed-table"),
    path(".well-known/jwks.json", papers.jwks, name="health-card-keys"),
]
