from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation


class Migration(migrations.Migration):
    dependencies = (("billing", "0006_payments"),)
    operations: ClassVar[list[Operation]] = []
