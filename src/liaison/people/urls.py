from django.urls import path

from liaison.people import coverage_pages, pages

urlpatterns = [
    path("patients/", pages.patients, name="patients"),
    path("patients/search/", pages.search, name="patient-search"),
    path("patients/new/", pages.register, name="register"),
    path("patients/<uuid:patient_id>/details/", pages.details, name="patient-details"),
    path("patients/<uuid:patient_id>/edit/", pages.edit, name="patient-edit"),
    path("patients/<uuid:patient_id>/coverage/", coverage_pages.add, name="add-coverage"),
    path("patients/<uuid:patient_id>/coverage/order/", coverage_pages.order, name="coverage-order"),
    path("patients/<uuid:patient_id>/coverage/<uuid:coverage_id>/", coverage_pages.edit, name="coverage-edit"),
    path("patients/<uuid:patient_id>/coverage/<uuid:coverage_id>/end/", coverage_pages.end, name="end-coverage"),
    path(
        "patients/<uuid:patient_id>/coverage/<uuid:coverage_id>/card/<slug:side>/",
        coverage_pages.card,
        name="coverage-card",
    ),
    path("patients/<uuid:patient_id>/restrict/", pages.restrict, name="restrict"),
    path("patients/<uuid:patient_id>/open/", pages.break_glass, name="break-glass"),
    path("patients/<uuid:patient_id>/looked/", pages.looked, name="looked"),
]
