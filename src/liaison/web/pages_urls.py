from django.urls import path

from liaison.web import pages

urlpatterns = [
    path("find", pages.find, name="find"),
    path("events", pages.events, name="events"),
]
