"""The small code tables of demographics, as US Core binds them: race, ethnicity, marital status, languages."""

CDC_RACE = "urn:oid:2.16.840.1.113883.6.238"
RACES: dict[str, str] = {
    "1002-5": "American Indian or Alaska Native",
    "2028-9": "Asian",
    "2054-5": "Black or African American",
    "2076-8": "Native Hawaiian or Other Pacific Islander",
    "2106-3": "White",
    "2131-1": "Other Race",
}
ETHNICITIES: dict[str, str] = {"2135-2": "Hispanic or Latino", "2186-5": "Not Hispanic or Latino"}

MARITAL_SYSTEM = "http://terminology.hl7.org/CodeSystem/v3-MaritalStatus"
MARITAL: dict[str, str] = {
    "A": "Annulled", "D": "Divorced", "I": "Interlocutory", "L": "Legally Separated", "M": "Married",
    "C": "Common Law", "P": "Polygamous", "T": "Domestic partner", "U": "unmarried", "S": "Never Married",
    "W": "Widowed", "UNK": "unknown",
}  # fmt: skip

LANGUAGES: dict[str, str] = {
    "en": "English", "es": "Spanish", "zh": "Chinese", "vi": "Vietnamese", "tl": "Tagalog", "ar": "Arabic",
    "fr": "French", "ko": "Korean", "ru": "Russian", "pl": "Polish", "pt": "Portuguese", "de": "German",
    "it": "Italian", "hi": "Hindi", "ur": "Urdu", "gu": "Gujarati", "bn": "Bengali", "fa": "Persian", "ja": "Japanese",
    "ht": "Haitian Creole", "so": "Somali", "am": "Amharic", "uk": "Ukrainian", "he": "Hebrew",
    "el": "Greek", "tr": "Turkish", "sw": "Swahili", "ne": "Nepali",
}  # fmt: skip
