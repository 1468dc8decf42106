from django.urls import path

from liaison.web import pages, rules

urlpatterns = [
    path("find", pages.find, name="find"),
    path("events", pages.events, name="events"),
    path("rules/", rules.rules, name="rules"),
]
