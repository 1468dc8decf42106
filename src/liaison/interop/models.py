"""Connected systems."""

from django.db import models
from oauth2_provider.models import Application

from liaison.record.models import Guarded


class SystemClient(Guarded):
    """Another system that reads Liaison under a role of its own."""

    name = models.SlugField(max_length=60, unique=True)
    role = models.CharField(max_length=30)
    application = models.OneToOneField(Application, models.PROTECT, related_name="system_client")
    active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name
