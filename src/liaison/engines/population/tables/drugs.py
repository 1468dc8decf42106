"""Medications of the sample people: RxNorm clinical drugs with the directions a label would carry."""

from typing import NamedTuple


class Drug(NamedTuple):
    """An RxNorm code with its name, the directions in words, and days of supply (0: as needed)."""

    rxnorm: str
    name: str
    directions: str
    days: int = 90


DRUGS = {
    "lisinopril": Drug("314076", "lisinopril 10 MG Oral Tablet", "Take 1 tablet by mouth once daily"),
    "lisinopril-20": Drug("314077", "lisinopril 20 MG Oral Tablet", "Take 1 tablet by mouth once daily"),
    "amlodipine": Drug("197361", "amlodipine 5 MG Oral Tablet", "Take 1 tablet by mouth once daily"),
    "losartan": Drug("979492", "losartan potassium 50 MG Oral Tablet", "Take 1 tablet by mouth once daily"),
    "hydrochlorothiazide": Drug(
        "310798", "hydrochlorothiazide 25 MG Oral Tablet", "Take 1 tablet by mouth every morning"
    ),
    "metoprolol": Drug(
        "866412", "24 HR metoprolol succinate 100 MG Extended Release Oral Tablet", "Take 1 tablet by mouth once daily"
    ),
    "metformin": Drug(
        "861007", "metformin hydrochloride 500 MG Oral Tablet", "Take 1 tablet by mouth twice daily with meals"
    ),
    "metformin-xr": Drug(
        "860975",
        "24 HR metformin hydrochloride 500 MG Extended Release Oral Tablet",
        "Take 2 tablets by mouth once daily with the evening meal",
    ),
    "atorvastatin": Drug("617310", "atorvastatin 20 MG Oral Tablet", "Take 1 tablet by mouth at bedtime"),
    "simvastatin": Drug("312961", "simvastatin 20 MG Oral Tablet", "Take 1 tablet by mouth at bedtime"),
    "levothyroxine": Drug(
        "892246",
        "levothyroxine sodium 0.1 MG Oral Tablet",
        "Take 1 tablet by mouth every morning on an empty stomach",
    ),
    "albuterol": Drug(
        "745679",
        "200 ACTUAT albuterol 0.09 MG/ACTUAT Metered Dose Inhaler",
        "Inhale 2 puffs every 4 to 6 hours as needed for wheezing",
        0,
    ),
    "fluticasone": Drug(
        "895994",
        "120 ACTUAT fluticasone propionate 0.044 MG/ACTUAT Metered Dose Inhaler",
        "Inhale 2 puffs twice daily; rinse the mouth afterwards",
        30,
    ),
    "fluticasone-salmeterol": Drug(
        "896209",
        "60 ACTUAT fluticasone propionate 0.25 MG/ACTUAT / salmeterol 0.05 MG/ACTUAT Dry Powder Inhaler",
        "Inhale 1 puff twice daily; rinse the mouth afterwards",
        30,
    ),
    "sertraline": Drug("312941", "sertraline 50 MG Oral Tablet", "Take 1 tablet by mouth once daily"),
    "fluoxetine": Drug("310385", "fluoxetine 20 MG Oral Capsule", "Take 1 capsule by mouth every morning"),
    "omeprazole": Drug(
        "198051", "omeprazole 20 MG Delayed Release Oral Capsule", "Take 1 capsule by mouth before breakfast"
    ),
    "apixaban": Drug("1364445", "apixaban 5 MG Oral Tablet", "Take 1 tablet by mouth twice daily"),
    "aspirin": Drug("243670", "aspirin 81 MG Oral Tablet", "Take 1 tablet by mouth once daily"),
    "furosemide": Drug("313988", "furosemide 40 MG Oral Tablet", "Take 1 tablet by mouth every morning"),
    "naproxen": Drug("198014", "naproxen 500 MG Oral Tablet", "Take 1 tablet by mouth twice daily with food", 30),
    "ibuprofen": Drug(
        "310965", "ibuprofen 200 MG Oral Tablet", "Take 2 tablets by mouth every 6 hours as needed for pain", 0
    ),
    "acetaminophen": Drug(
        "313782", "acetaminophen 325 MG Oral Tablet", "Take 2 tablets by mouth every 6 hours as needed for pain", 0
    ),
    "allopurinol": Drug("197319", "allopurinol 100 MG Oral Tablet", "Take 1 tablet by mouth once daily"),
    "alendronate": Drug(
        "904419", "alendronic acid 10 MG Oral Tablet", "Take 1 tablet by mouth every morning, 30 minutes before food"
    ),
    "tamsulosin": Drug("863669", "tamsulosin hydrochloride 0.4 MG Oral Capsule", "Take 1 capsule by mouth at bedtime"),
    "loratadine": Drug("311372", "loratadine 10 MG Oral Tablet", "Take 1 tablet by mouth once daily as needed", 0),
    "loratadine-child": Drug(
        "665078", "loratadine 5 MG Chewable Tablet", "Chew 1 tablet once daily as needed for itching or sneezing", 0
    ),
    "hydrocortisone": Drug(
        "106258", "hydrocortisone 10 MG/ML Topical Cream", "Apply a thin layer to the rash twice daily for 7 days", 0
    ),
    "iron": Drug("310325", "ferrous sulfate 325 MG Oral Tablet", "Take 1 tablet by mouth every other day"),
    "methylphenidate": Drug(
        "1091392", "methylphenidate hydrochloride 20 MG Oral Tablet", "Take 1 tablet by mouth every morning", 30
    ),
    "amoxicillin-child": Drug(
        "313850", "amoxicillin 80 MG/ML Oral Suspension", "Give 5 mL by mouth twice daily for 10 days", 10
    ),
    "amoxicillin": Drug("308182", "amoxicillin 250 MG Oral Capsule", "Take 2 capsules by mouth twice daily", 10),
    "penicillin-v": Drug(
        "834102", "penicillin V potassium 500 MG Oral Tablet", "Take 1 tablet by mouth twice daily for 10 days", 10
    ),
    "nitrofurantoin": Drug(
        "311995",
        "nitrofurantoin, macrocrystals 50 MG Oral Capsule",
        "Take 2 capsules by mouth four times daily for 5 days",
        5,
    ),
}

# Allergies (keys of the allergens table) that rule a drug out.
CONTRAINDICATED = {
    "amoxicillin": ("penicillin", "amoxicillin"),
    "amoxicillin-child": ("penicillin", "amoxicillin"),
    "penicillin-v": ("penicillin", "amoxicillin"),
    "aspirin": ("aspirin",),
    "naproxen": ("aspirin", "ibuprofen", "naproxen"),
    "ibuprofen": ("aspirin", "ibuprofen", "naproxen"),
    "lisinopril": ("lisinopril",),
    "lisinopril-20": ("lisinopril",),
    "atorvastatin": ("atorvastatin",),
    "simvastatin": ("atorvastatin",),
    "metformin": ("metformin",),
    "metformin-xr": ("metformin",),
    "hydrochlorothiazide": ("sulfonamides", "hydrochlorothiazide"),
    "nitrofurantoin": ("nitrofurantoin",),
    "acetaminophen": ("acetaminophen",),
}

# Drugs of one class are not given together.
DRUG_CLASS = {
    "lisinopril": "renin",
    "lisinopril-20": "renin",
    "losartan": "renin",
    "atorvastatin": "statin",
    "simvastatin": "statin",
    "sertraline": "ssri",
    "fluoxetine": "ssri",
    "metformin": "biguanide",
    "metformin-xr": "biguanide",
    "naproxen": "nsaid",
    "ibuprofen": "nsaid",
    "fluticasone": "inhaled steroid",
    "fluticasone-salmeterol": "inhaled steroid",
    "amoxicillin": "penicillin",
    "amoxicillin-child": "penicillin",
    "penicillin-v": "penicillin",
    "loratadine": "antihistamine",
    "loratadine-child": "antihistamine",
}

# Under 12 years a drug is given in its children's form, or as it is when its form suits children, or not at all.
CHILD_FORM = {
    "loratadine": "loratadine-child",
    "amoxicillin": "amoxicillin-child",
    "penicillin-v": "amoxicillin-child",
    "amoxicillin-child": "amoxicillin-child",
    "albuterol": "albuterol",
    "fluticasone": "fluticasone",
    "hydrocortisone": "hydrocortisone",
    "methylphenidate": "methylphenidate",
}
