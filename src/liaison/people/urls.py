from django.urls import path

from liaison.people import pages

urlpatterns = [
    path("patients/", pages.patients, name="patients"),
    path("patients/search/", pages.search, name="patient-search"),
    path("patients/new/", pages.register, name="register"),
    path("patients/<uuid:patient_id>/details/", pages.details, name="patient-details"),
    path("patients/<uuid:patient_id>/edit/", pages.edit, name="patient-edit"),
    path("patients/<uuid:patient_id>/coverage/", pages.add_coverage, name="add-coverage"),
    path("patients/<uuid:patient_id>/coverage/<uuid:coverage_id>/end/", pages.end_coverage, name="end-coverage"),
    path("patients/<uuid:patient_id>/restrict/", pages.restrict, name="restrict"),
    path("patients/<uuid:patient_id>/open/", pages.break_glass, name="break-glass"),
    path("patients/<uuid:patient_id>/looked/", pages.looked, name="looked"),
]
