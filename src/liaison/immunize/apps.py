from django.apps import AppConfig


class ImmunizeConfig(AppConfig):
    name = "liaison.immunize"
    verbose_name = "Immunizations"
