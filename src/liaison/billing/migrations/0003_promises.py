from typing import ClassVar

from django.db import migrations

from liaison.record.triggers import append_only


class Migration(migrations.Migration):
    dependencies: ClassVar = [("billing", "0002_initial"), ("record", "0002_promises")]
    operations: ClassVar = [append_only("billing_transfer")]
