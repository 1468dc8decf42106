from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("billing", "0008_reconciled"),)
    operations = (
        migrations.CreateModel(
            name="LineLease",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line", models.CharField(max_length=40, unique=True)),
                ("holder", models.CharField(default="", max_length=100)),
                ("until", models.DateTimeField()),
            ],
        ),
    )
