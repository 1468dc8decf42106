from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "liaison.places"
    verbose_name = "Places"
