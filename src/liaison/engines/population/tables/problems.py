"""Problems of the sample people: ICD-10-CM codes with rough shares by age, sex and other problems.

The shares make a believable clinic; they are not epidemiology.
"""

from typing import NamedTuple


class Problem(NamedTuple):
    """A diagnosis, whom it meets and what follows.

    `share`: (from age in years, share of people that have it), last row that fits counts. `raised_by`: other codes
    that multiply the share by three. `drugs`: keys of the drug table, each alternative given with its share.
    """

    code: str
    name: str
    share: tuple[tuple[int, float], ...]
    sex: str = ""
    raised_by: tuple[str, ...] = ()
    drugs: tuple[tuple[str, float], ...] = ()
    reason: str = ""


# In an order in which what raises comes before what is raised.
CHRONIC = (
    Problem("E66.811", "Obesity, class 1", ((0, 0), (12, 0.06), (20, 0.2), (80, 0.06)), reason="Weight follow-up"),
    Problem(
        "E11.9",
        "Type 2 diabetes mellitus without complications",
        ((0, 0), (25, 0.02), (40, 0.08), (55, 0.16), (70, 0.2)),
        raised_by=("E66.811",),
        drugs=(("metformin", 0.6), ("metformin-xr", 0.3)),
        reason="Diabetes follow-up",
    ),
    Problem("R73.03", "Prediabetes", ((0, 0), (35, 0.06), (50, 0.1)), reason="Blood sugar recheck"),
    Problem(
        "I10",
        "Essential (primary) hypertension",
        ((0, 0), (25, 0.05), (40, 0.2), (55, 0.38), (70, 0.58)),
        raised_by=("E11.9", "E66.811"),
        drugs=(
            ("lisinopril", 0.3),
            ("lisinopril-20", 0.15),
            ("amlodipine", 0.35),
            ("losartan", 0.4),
            ("hydrochlorothiazide", 0.15),
        ),
        reason="Blood pressure follow-up",
    ),
    Problem(
        "E78.5",
        "Hyperlipidemia, unspecified",
        ((0, 0), (30, 0.06), (45, 0.22), (60, 0.4)),
        raised_by=("E11.9",),
        drugs=(("atorvastatin", 0.6), ("simvastatin", 0.25)),
        reason="Cholesterol follow-up",
    ),
    Problem(
        "N18.31",
        "Chronic kidney disease, stage 3a",
        ((0, 0), (60, 0.05), (75, 0.1)),
        raised_by=("E11.9", "I10"),
        reason="Kidney function follow-up",
    ),
    Problem(
        "I25.10",
        "Atherosclerotic heart disease of native coronary artery without angina pectoris",
        ((0, 0), (55, 0.05), (70, 0.1)),
        raised_by=("E11.9",),
        drugs=(("aspirin", 0.9), ("metoprolol", 0.5)),
        reason="Heart follow-up",
    ),
    Problem(
        "I48.91",
        "Unspecified atrial fibrillation",
        ((0, 0), (60, 0.04), (75, 0.11)),
        drugs=(("apixaban", 0.9), ("metoprolol", 0.5)),
        reason="Heart rhythm follow-up",
    ),
    Problem(
        "I50.9",
        "Heart failure, unspecified",
        ((0, 0), (65, 0.03), (80, 0.08)),
        raised_by=("I25.10", "I48.91"),
        drugs=(("furosemide", 0.8),),
        reason="Swelling of the legs",
    ),
    Problem(
        "J44.9",
        "Chronic obstructive pulmonary disease, unspecified",
        ((0, 0), (50, 0.05), (65, 0.1)),
        drugs=(("fluticasone-salmeterol", 0.8), ("albuterol", 0.8)),
        reason="Breathing follow-up",
    ),
    Problem(
        "J45.909",
        "Unspecified asthma, uncomplicated",
        ((0, 0), (4, 0.1), (18, 0.07), (50, 0.04)),
        drugs=(("albuterol", 0.95), ("fluticasone", 0.4)),
        reason="Asthma follow-up",
    ),
    Problem(
        "E03.9",
        "Hypothyroidism, unspecified",
        ((0, 0), (25, 0.03), (45, 0.09), (65, 0.14)),
        "female",
        drugs=(("levothyroxine", 0.95),),
        reason="Thyroid follow-up",
    ),
    Problem(
        "F32.A",
        "Depression, unspecified",
        ((0, 0), (14, 0.05), (20, 0.1), (65, 0.08)),
        drugs=(("sertraline", 0.5), ("fluoxetine", 0.2)),
        reason="Mood follow-up",
    ),
    Problem(
        "F41.1",
        "Generalized anxiety disorder",
        ((0, 0), (13, 0.05), (20, 0.09), (65, 0.05)),
        raised_by=("F32.A",),
        drugs=(("sertraline", 0.3),),
        reason="Anxiety follow-up",
    ),
    Problem(
        "F90.9",
        "Attention-deficit hyperactivity disorder, unspecified type",
        ((0, 0), (6, 0.08), (18, 0.02)),
        drugs=(("methylphenidate", 0.6),),
        reason="Attention and school follow-up",
    ),
    Problem(
        "K21.9",
        "Gastro-esophageal reflux disease without esophagitis",
        ((0, 0), (25, 0.08), (50, 0.16)),
        drugs=(("omeprazole", 0.7),),
        reason="Heartburn",
    ),
    Problem(
        "M17.0",
        "Bilateral primary osteoarthritis of knee",
        ((0, 0), (50, 0.06), (65, 0.12)),
        raised_by=("E66.811",),
        drugs=(("naproxen", 0.3), ("acetaminophen", 0.5)),
        reason="Knee pain",
    ),
    Problem(
        "M17.11",
        "Unilateral primary osteoarthritis, right knee",
        ((0, 0), (45, 0.05), (60, 0.08)),
        drugs=(("ibuprofen", 0.5),),
        reason="Knee pain",
    ),
    Problem(
        "M54.50",
        "Low back pain, unspecified",
        ((0, 0), (20, 0.07), (40, 0.12)),
        drugs=(("ibuprofen", 0.4),),
        reason="Back pain",
    ),
    Problem(
        "G43.909",
        "Migraine, unspecified, not intractable, without status migrainosus",
        ((0, 0), (12, 0.04), (20, 0.12), (55, 0.04)),
        "female",
        drugs=(("naproxen", 0.5),),
        reason="Headaches",
    ),
    Problem(
        "M10.9",
        "Gout, unspecified",
        ((0, 0), (45, 0.07)),
        "male",
        drugs=(("allopurinol", 0.8),),
        reason="Painful big toe",
    ),
    Problem(
        "N40.0",
        "Benign prostatic hyperplasia without lower urinary tract symptoms",
        ((0, 0), (55, 0.15), (70, 0.3)),
        "male",
        drugs=(("tamsulosin", 0.6),),
        reason="Urinary follow-up",
    ),
    Problem(
        "M81.0",
        "Age-related osteoporosis without current pathological fracture",
        ((0, 0), (65, 0.2), (80, 0.3)),
        "female",
        drugs=(("alendronate", 0.6),),
        reason="Bone health follow-up",
    ),
    Problem(
        "G47.33",
        "Obstructive sleep apnea (adult) (pediatric)",
        ((0, 0), (35, 0.05)),
        raised_by=("E66.811",),
        reason="Tired during the day",
    ),
    Problem(
        "J30.9",
        "Allergic rhinitis, unspecified",
        ((0, 0), (4, 0.1), (18, 0.12), (60, 0.06)),
        drugs=(("loratadine", 0.6),),
        reason="Stuffy nose",
    ),
    Problem(
        "L20.9",
        "Atopic dermatitis, unspecified",
        ((0, 0.08), (1, 0.14), (6, 0.08), (18, 0.03)),
        drugs=(("hydrocortisone", 0.8),),
        reason="Itchy rash",
    ),
    Problem("L70.0", "Acne vulgaris", ((0, 0), (13, 0.2), (20, 0.04), (35, 0)), reason="Acne"),
    Problem(
        "D50.9",
        "Iron deficiency anemia, unspecified",
        ((0, 0), (15, 0.06), (50, 0.02)),
        "female",
        drugs=(("iron", 0.8),),
        reason="Tiredness",
    ),
    Problem(
        "Z87.891", "Personal history of nicotine dependence", ((0, 0), (40, 0.06), (60, 0.12)), reason="Annual exam"
    ),
)

# Illnesses that came and went. `share` is the share of people with an episode on record in the last years.
EPISODES = (
    Problem(
        "J06.9",
        "Acute upper respiratory infection, unspecified",
        ((0, 0.2), (1, 0.3), (10, 0.18), (60, 0.14)),
        reason="Cough and runny nose",
    ),
    Problem(
        "H66.90",
        "Otitis media, unspecified, unspecified ear",
        ((0, 0.2), (1, 0.35), (6, 0.12), (12, 0)),
        drugs=(("amoxicillin-child", 0.95),),
        reason="Ear pain and fever",
    ),
    Problem(
        "H66.93",
        "Otitis media, unspecified, bilateral",
        ((0, 0.05), (1, 0.12), (5, 0)),
        drugs=(("amoxicillin-child", 0.95),),
        reason="Ear pain",
    ),
    Problem(
        "J02.0",
        "Streptococcal pharyngitis",
        ((0, 0), (4, 0.18), (18, 0.06), (40, 0)),
        drugs=(("amoxicillin", 0.5), ("penicillin-v", 0.45)),
        reason="Sore throat",
    ),
    Problem(
        "N39.0",
        "Urinary tract infection, site not specified",
        ((0, 0), (16, 0.14), (65, 0.2)),
        "female",
        drugs=(("nitrofurantoin", 0.9),),
        reason="Burning when passing urine",
    ),
    Problem(
        "J10.1",
        "Influenza due to other identified influenza virus with other respiratory manifestations",
        ((0, 0.05), (3, 0.08)),
        reason="Fever and body aches",
    ),
    Problem(
        "K52.9",
        "Noninfective gastroenteritis and colitis, unspecified",
        ((0, 0.06), (2, 0.06)),
        reason="Vomiting and diarrhea",
    ),
    Problem(
        "S93.401A",
        "Sprain of unspecified ligament of right ankle, initial encounter",
        ((0, 0), (8, 0.08), (50, 0.03)),
        drugs=(("ibuprofen", 0.5),),
        reason="Twisted ankle",
    ),
    Problem(
        "J18.9",
        "Pneumonia, unspecified organism",
        ((0, 0.02), (60, 0.06)),
        drugs=(("amoxicillin", 0.6),),
        reason="Cough with fever",
    ),
)

FEVERISH = frozenset({"J06.9", "H66.90", "H66.93", "J02.0", "J10.1", "J18.9"})


class PastProcedure(NamedTuple):
    """A procedure (SNOMED CT) that a share of people between two ages has had, at an age in years between two."""

    snomed: str
    name: str
    share: float
    from_age: int
    at: tuple[int, int]
    sex: str = ""
    because_of: str = ""


PROCEDURES = (
    PastProcedure("73761001", "Colonoscopy", 0.55, 51, (50, 70)),
    PastProcedure("80146002", "Appendectomy", 0.07, 14, (8, 40)),
    PastProcedure("11466000", "Cesarean section", 0.14, 30, (24, 38), "female"),
    PastProcedure("71651007", "Mammography", 0.6, 46, (45, 70), "female"),
    PastProcedure("609588000", "Total knee replacement", 0.25, 66, (60, 78), "", "M17.0"),
    PastProcedure("127783003", "Spirometry", 0.6, 8, (7, 70), "", "J45.909"),
    PastProcedure("65546002", "Extraction of wisdom tooth", 0.1, 25, (18, 25)),
    PastProcedure("45595009", "Laparoscopic cholecystectomy", 0.06, 45, (35, 65)),
)
