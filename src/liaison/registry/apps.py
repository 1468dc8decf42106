from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "liaison.registry"
    verbose_name = "Registry"
