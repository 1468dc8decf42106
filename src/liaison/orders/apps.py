from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "liaison.orders"
    verbose_name = "Orders"
