"""What the actors measure, find and write: plausible values by age, drawn from the seed."""

from dataclasses import dataclass
from random import Random
from typing import Any

from liaison.chart.vitals import Reading


@dataclass(frozen=True)
class Story:
    """What brings a patient in: the patient's words, ICD-10-CM codes, orders, follow-up in days, advice for home."""

    reason: str
    diagnoses: tuple[str, ...]
    orders: tuple[str, ...] = ()
    follow_up_days: int = 0
    instructions: str = ""


# What the orders of the sample clinic come to that are carried out on the spot; the others go to a laboratory
RESULTS = {
    "urinalysis": "negative",
    "strep": "negative",
    "flu": "negative",
    "ekg": "sinus rhythm; tracing to the provider",
    "spirometry": "see report",
}

STORIES: dict[str, tuple[Story, ...]] = {
    "follow-up": (
        Story(
            "Check of my blood pressure",
            ("I10",),
            ("cmp",),
            90,
            "Take your blood pressure at home twice a week and bring the numbers.",
        ),
        Story(
            "My sugar, three months on",
            ("E11.9", "I10"),
            ("a1c", "cmp"),
            90,
            "Keep to your medicines. Walk half an hour on most days.",
        ),
        Story("Cholesterol", ("E78.5",), ("lipid",), 180, "Come fasting to the next blood draw."),
        Story(
            "My thyroid",
            ("E03.9",),
            ("tsh",),
            180,
            "Take the tablet on an empty stomach, half an hour before breakfast.",
        ),
        Story(
            "My knees are stiff in the morning",
            ("M17.0",),
            ("xray-knee",),
            60,
            "Keep moving. Use ice for 15 minutes after exercise.",
        ),
        Story("I have been feeling low", ("F32.A",), (), 30, "Call us, or 988 at any hour, if it becomes worse."),
    ),
    "acute": (
        Story("Sore throat since Tuesday", ("J02.9",), ("strep",), 0, "Drink plenty. Come back if you cannot swallow."),
        Story(
            "Cough for five days",
            ("J06.9",),
            ("flu",),
            0,
            "Rest, fluids, honey for the cough. Come back if you get short of breath.",
        ),
        Story(
            "It burns when I pass water",
            ("N39.0",),
            ("urinalysis",),
            0,
            "Take all of the antibiotic, also when you feel better.",
        ),
        Story(
            "My back hurts after lifting",
            ("M54.50",),
            (),
            14,
            "Stay active. Heat helps. No heavy lifting for two weeks.",
        ),
        Story(
            "My chest felt tight yesterday", ("R07.89",), ("ekg",), 7, "Call 911 if the pressure comes back and stays."
        ),
        Story(
            "I wheeze at night",
            ("J45.909",),
            ("spirometry",),
            30,
            "Two puffs of the inhaler when you wheeze. Bring it along next time.",
        ),
    ),
    "annual-exam": (
        Story("My yearly check", ("Z00.00",), ("cmp", "lipid"), 365, "You are up to date. See you in a year."),
        Story(
            "Yearly exam, a bit tired", ("Z00.01", "R53.83"), ("cbc", "tsh"), 30, "We will call you with the results."
        ),
    ),
    "new-patient": (
        Story("I have moved here and need a doctor", ("Z00.00",), ("cmp",), 90, "Please send us your old records."),
        Story("New here; my shoulder hurts", ("M25.511",), (), 30, "Move the arm gently several times a day."),
    ),
    "well-child": (
        Story("Well-child check", ("Z00.129",), (), 180, "Read together every day. Back to sleep for babies."),
        Story(
            "Check-up, and an ear that hurts", ("Z00.121", "H92.01"), (), 14, "Call us if there is fever or drainage."
        ),
    ),
    "nurse-visit": (Story("Blood pressure check", ("Z01.30",), (), 30, "Keep taking your medicine."),),
}


def readings(rng: Random, age_days: int, measures: list[str], abnormal: bool) -> list[Reading]:
    """One set of vital signs, as typed. `abnormal` makes the blood pressure, or a child's temperature, too high."""
    years = age_days / 365.25
    weight_kg = (
        3.4 + 0.62 * age_days / 30 if years < 1 else min(9.5 + 2.6 * years, 58) if years < 18 else rng.uniform(54, 104)
    )
    height_cm = (
        50 + 2.1 * age_days / 30 if years < 1 else min(75 + 6.1 * years, 168) if years < 18 else rng.uniform(152, 188)
    )
    pulse = rng.randint(118, 140) if years < 1 else rng.randint(86, 106) if years < 8 else rng.randint(62, 88)
    breath = rng.randint(32, 40) if years < 1 else rng.randint(20, 24) if years < 8 else rng.randint(13, 18)
    typed: dict[str, Reading] = {
        "bp": pressure(rng, years, abnormal),
        "pulse": Reading("pulse", pulse),
        "temperature": Reading(
            "temperature",
            101.3 if abnormal and years < 18 else round(rng.uniform(97.6, 98.9), 1),
            "[degF]",
            route="oral" if years >= 5 else "axillary",
        ),
        "respiration": Reading("respiration", breath),
        "spo2": Reading("spo2", rng.randint(96, 99)),
        "weight": Reading("weight", round(weight_kg / 0.45359237, 1), "[lb_av]"),
        "height": Reading("height", round(height_cm / 2.54, 1), "[in_i]"),
        "head": Reading("head", round(34 + 1.1 * min(age_days / 30, 12), 1), "cm"),
        "pain": Reading("pain", rng.choice((0, 0, 0, 2, 4))),
    }
    return [typed[m] for m in measures if m in typed and (m != "head" or years < 3) and (m != "bp" or years >= 3)]


def pressure(rng: Random, years: float, high: bool) -> Reading:
    """A blood pressure at the left arm, sitting."""
    systolic, diastolic = (
        (rng.randint(164, 176), rng.randint(96, 104)) if high else (rng.randint(112, 128), rng.randint(68, 78))
    )
    if years < 13:
        systolic, diastolic = rng.randint(94, 104), rng.randint(56, 64)
    return Reading("bp", systolic=systolic, diastolic=diastolic, site="left-arm", position="sitting")


def note(rng: Random, story: Story) -> str:
    """A short note of the provider."""
    exam = rng.choice(("Exam unremarkable.", "Lungs clear, heart regular.", "No acute distress; exam as expected."))
    return f"{story.reason}. {exam} Plan discussed; patient agrees."


def answers(rng: Random, step: dict[str, Any]) -> dict[str, int]:
    """Answers to the questions of a screening step; mostly unremarkable."""
    return {q["key"]: rng.choice((0, 0, 0, 0, 1)) for q in step["questions"]}
