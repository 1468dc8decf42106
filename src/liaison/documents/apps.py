from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "liaison.documents"
    verbose_name = "The rule documents"
