from django.urls import path

from liaison.chart import pages

urlpatterns = [
    path("patients/<uuid:patient_id>/", pages.patient, name="patient"),
    path("patients/<uuid:patient_id>/chart/<slug:what>/add/", pages.add, name="chart-add"),
    path("patients/<uuid:patient_id>/chart/<slug:what>/<uuid:row_id>/end/", pages.end, name="chart-end"),
]
