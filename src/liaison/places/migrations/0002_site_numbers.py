from django.db import migrations, models

from liaison.record.altering import AddColumns


class Migration(migrations.Migration):
    dependencies = (("places", "0001_initial"),)
    operations = (
        AddColumns(
            "site",
            [
                ("npi", models.CharField(blank=True, default="", max_length=10)),
                ("clia", models.CharField(blank=True, default="", max_length=10)),
            ],
        ),
    )
