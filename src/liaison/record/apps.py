from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class RecordConfig(AppConfig):
    name = "liaison.record"

    def ready(self) -> None:
        autodiscover_modules("fhir", "reactions", "jobs", "promises")
