from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "liaison.visits"
    verbose_name = "Visits"
