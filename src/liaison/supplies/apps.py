from django.apps import AppConfig


class SuppliesConfig(AppConfig):
    name = "liaison.supplies"
    verbose_name = "Supplies"
