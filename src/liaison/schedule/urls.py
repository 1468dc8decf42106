from django.urls import path

from liaison.schedule import pages

urlpatterns = [
    path("schedule/", pages.schedule, name="schedule"),
    path("schedule/week/<uuid:provider_id>/", pages.week, name="schedule-week"),
]
