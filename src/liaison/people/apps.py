from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "liaison.people"
    verbose_name = "People"
