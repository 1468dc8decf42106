from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0002_vaccine_rules'),
    ]

    operations = [
        migrations.AlterField(
            model_name='document',
            name='kind',
            field=models.CharField(choices=[('visit-type', 'Visit type and rooming protocol'), ('fee-schedule', 'Fee schedule'), ('reference-ranges', 'Reference ranges of vital signs'), ('order-catalog', 'Orders that can be placed'), ('consent', 'Consent form'), ('charge-rules', 'What is charged for what was done'), ('vaccine-screening', 'Questions before a vaccine'), ('vaccine-giving', 'How vaccines are given'), ('standing-order', 'Standing orders'), ('vaccine-measures', 'Vaccine coverage measures'), ('school-form', 'Vaccines that schools ask for'), ('coverage-rules', 'When coverage is checked, and what is then asked'), ('claim-rules', 'What a claim is checked by before it is sent'), ('remittance-rules', "What payers' reasons mean and what is done about them"), ('statement-rules', 'Statements, notices and payment plans'), ('money-limits', 'What each role may write off and refund'), ('letter', 'Letter')], max_length=30),
        ),
    ]
