"""What the sample people are allergic to: RxNorm ingredients and SNOMED CT substances, with usual reactions."""

from typing import NamedTuple

RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
SNOMED = "http://snomed.info/sct"


class Allergen(NamedTuple):
    """A substance: key, kind (FHIR allergy category), code system and code, name, weight, usual reactions."""

    key: str
    category: str
    system: str
    code: str
    name: str
    weight: int
    reactions: tuple[str, ...]


REACTIONS = {
    "hives": ("247472004", "Hives"),
    "rash": ("271807003", "Rash"),
    "itching": ("418290006", "Itching"),
    "anaphylaxis": ("39579001", "Anaphylaxis"),
    "swelling": ("41291007", "Angioedema"),
    "breathless": ("267036007", "Shortness of breath"),
    "wheezing": ("56018004", "Wheezing"),
    "nausea": ("422587007", "Nausea"),
    "vomiting": ("422400008", "Vomiting"),
    "diarrhea": ("62315008", "Diarrhea"),
    "cough": ("49727002", "Cough"),
    "headache": ("25064002", "Headache"),
    "dizzy": ("404640003", "Dizziness"),
    "muscle": ("68962001", "Muscle pain"),
    "sneezing": ("76067001", "Sneezing"),
}


def _drug(key: str, code: str, name: str, weight: int, *reactions: str) -> Allergen:
    return Allergen(key, "medication", RXNORM, code, name, weight, reactions)


def _food(key: str, code: str, name: str, weight: int, *reactions: str) -> Allergen:
    return Allergen(key, "food", SNOMED, code, name, weight, reactions)


def _surroundings(key: str, code: str, name: str, weight: int, *reactions: str) -> Allergen:
    return Allergen(key, "environment", SNOMED, code, name, weight, reactions)


ALLERGENS = (
    _drug("penicillin", "70618", "Penicillin", 30, "hives", "rash", "anaphylaxis"),
    _drug("sulfonamides", "10180", "Sulfamethoxazole", 14, "rash", "hives"),
    _drug("codeine", "2670", "Codeine", 9, "nausea", "vomiting", "itching"),
    _drug("amoxicillin", "723", "Amoxicillin", 8, "rash", "hives"),
    _drug("aspirin", "1191", "Aspirin", 5, "wheezing", "hives"),
    _drug("ibuprofen", "5640", "Ibuprofen", 4, "hives", "swelling"),
    _drug("lisinopril", "29046", "Lisinopril", 4, "cough", "swelling"),
    _drug("cephalexin", "2231", "Cephalexin", 3, "rash"),
    _drug("erythromycin", "4053", "Erythromycin", 2, "nausea", "diarrhea"),
    _drug("azithromycin", "18631", "Azithromycin", 2, "rash"),
    _drug("ciprofloxacin", "2551", "Ciprofloxacin", 2, "rash", "dizzy"),
    _drug("levofloxacin", "82122", "Levofloxacin", 1, "rash"),
    _drug("doxycycline", "3640", "Doxycycline", 1, "nausea", "rash"),
    _drug("tetracycline", "10395", "Tetracycline", 1, "rash"),
    _drug("clindamycin", "2582", "Clindamycin", 1, "diarrhea"),
    _drug("metronidazole", "6922", "Metronidazole", 1, "nausea"),
    _drug("vancomycin", "11124", "Vancomycin", 1, "itching", "rash"),
    _drug("nitrofurantoin", "7454", "Nitrofurantoin", 1, "nausea"),
    _drug("trimethoprim", "10829", "Trimethoprim", 1, "rash"),
    _drug("morphine", "7052", "Morphine", 2, "itching", "nausea"),
    _drug("hydrocodone", "5489", "Hydrocodone", 1, "nausea"),
    _drug("oxycodone", "7804", "Oxycodone", 1, "itching"),
    _drug("tramadol", "10689", "Tramadol", 1, "dizzy", "nausea"),
    _drug("naproxen", "7258", "Naproxen", 1, "hives"),
    _drug("acetaminophen", "161", "Acetaminophen", 1, "rash"),
    _drug("atorvastatin", "83367", "Atorvastatin", 1, "muscle"),
    _drug("metformin", "6809", "Metformin", 1, "diarrhea"),
    _drug("hydrochlorothiazide", "5487", "Hydrochlorothiazide", 1, "rash"),
    _drug("gabapentin", "25480", "Gabapentin", 1, "dizzy"),
    _drug("diphenhydramine", "3498", "Diphenhydramine", 1, "dizzy"),
    _drug("lidocaine", "6387", "Lidocaine", 1, "rash"),
    _food("peanuts", "762952008", "Peanut", 10, "anaphylaxis", "hives", "swelling"),
    _food("fish", "735971005", "Fish", 3, "hives", "vomiting"),
    _food("tree nuts", "442571000124108", "Tree nut", 5, "anaphylaxis", "swelling"),
    _food("eggs", "102263004", "Egg", 4, "hives", "vomiting"),
    _food("milk", "3718001", "Cow's milk", 4, "diarrhea", "hives"),
    _food("shellfish", "735029006", "Shellfish", 8, "hives", "anaphylaxis"),
    _food("wheat", "412071004", "Wheat", 2, "diarrhea"),
    _food("soy", "256355007", "Soy bean", 1, "hives"),
    _surroundings("latex", "111088007", "Latex", 8, "rash", "itching", "anaphylaxis"),
    _surroundings("bee venom", "288328004", "Bee venom", 4, "swelling", "anaphylaxis"),
    _surroundings("grass pollen", "256277009", "Grass pollen", 6, "sneezing", "itching"),
    _surroundings("tree pollen", "782576004", "Tree pollen", 4, "sneezing"),
    _surroundings("dust mites", "260147004", "House dust mite", 4, "sneezing", "cough"),
    _surroundings("dander", "264287008", "Animal dander", 4, "sneezing", "wheezing"),
    _surroundings("mold", "84489001", "Mold", 2, "cough"),
)
SEVERE = frozenset({"anaphylaxis", "swelling", "wheezing", "breathless"})
