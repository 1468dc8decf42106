from django.apps import AppConfig


class RehearsalConfig(AppConfig):
    name = "liaison.rehearsal"
    verbose_name = "Rehearsal"
