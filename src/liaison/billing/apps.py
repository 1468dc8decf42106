from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "liaison.billing"
    verbose_name = "Billing"
