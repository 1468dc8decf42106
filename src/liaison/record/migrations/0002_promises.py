from typing import ClassVar

from django.db import migrations

from liaison.record.triggers import append_only, notify


class Migration(migrations.Migration):
    dependencies: ClassVar = [("record", "0001_initial")]
    operations: ClassVar = [
        append_only("record_revision"),
        append_only("record_auditentry"),
        append_only("record_auditseal"),
        notify("record_outboxevent", "liaison"),
    ]
