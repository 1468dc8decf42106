from django.apps import AppConfig


class WorklistConfig(AppConfig):
    name = "liaison.worklist"
    verbose_name = "Work list"
