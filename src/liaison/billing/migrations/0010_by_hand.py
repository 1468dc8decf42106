from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0009_line_lease"),
    ]

    operations = [
        migrations.AddField(
            model_name="charge",
            name="by_hand",
            field=models.CharField(blank=True, default="", max_length=200),
        ),
    ]
