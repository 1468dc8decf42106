from django.urls import path

from liaison.visits.pages import booking

urlpatterns = [
    path("schedule/find/", booking.find_time, name="find-time"),
    path("schedule/find/patient/", booking.choose_patient, name="choose-patient"),
    path("schedule/requests/", booking.requests, name="requests"),
    path("appointments/<uuid:appointment_id>/", booking.appointment, name="appointment"),
    path("visits/<uuid:visit_id>/booking/", booking.booking, name="booking"),
    path("visits/<uuid:visit_id>/time/", booking.visit_time, name="visit-time"),
    path("visits/<uuid:visit_id>/cancel/", booking.cancel, name="visit-cancel"),
    path("patients/<uuid:patient_id>/thread/", booking.thread, name="patient-thread"),
]
