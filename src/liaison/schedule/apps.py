from django.apps import AppConfig


class ScheduleConfig(AppConfig):
    name = "liaison.schedule"
    verbose_name = "Schedule"
