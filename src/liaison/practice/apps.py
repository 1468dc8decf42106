from django.apps import AppConfig


class PracticeConfig(AppConfig):
    name = "liaison.practice"
    verbose_name = "Practice"
