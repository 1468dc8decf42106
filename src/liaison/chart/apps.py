from django.apps import AppConfig


class ChartConfig(AppConfig):
    name = "liaison.chart"
    verbose_name = "Chart"
