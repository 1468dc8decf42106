from django.urls import path

from liaison.chart import pages

urlpatterns = [path("patients/<uuid:patient_id>/", pages.patient, name="patient")]
