from django.apps import AppConfig


class ImmunizeConfig(AppConfig):
    name = "liaison.immunize"
    verbose_name = "Immunizations"

    def ready(self) -> None:
        """Let the vaccine facts be those of the release that this home has loaded, if it has."""
        from liaison.engines.vaccines import read_from
        from liaison.immunize.codes import path_in_force

        read_from(path_in_force())
