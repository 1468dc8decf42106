"""The words of papers, in English and Spanish; names of vaccines stay as the field writes them."""

EN, ES = "en", "es"
SAYS: dict[str, dict[str, str]] = {
    EN: {
        "certificate": "Certificate of immunization", "school": "School immunization form", "born": "Born",
        "mrn": "Record number", "date": "Date", "vaccine": "Vaccine", "lot": "Lot", "source": "Source",
        "where": "Given at", "page": "Page", "of": "of", "issued": "Issued", "signature": "Signature and credential",
        "printed": "Name in print", "signed_on": "Date", "none": "No doses are on record.",
        "void": "does not count for the schedule", "doses": "doses", "one_dose": "dose",
        "states": "The doses above are on record at", "dose": "Dose", "standing": "Standing",
        "complete": "Complete", "immune": "Immune", "not_needed": "Not needed at this time",
        "in_process": "In process: next dose from {day}", "not_yet": "Not due before {day}",
        "due": "Not up to date: dose {number} is due now",
        "overdue": "Not up to date: dose {number} is overdue since {day}", "exempt": "Medical exemption on record",
        "all_complete": "All required vaccines are complete.", "all_process": "In process: not all are due yet.",
        "all_due": "Not up to date: required doses are due.",
        "exemption": "Medical exemption", "exemption_ask": "The vaccines named here are contraindicated:",
        "exemption_until": "Until (leave blank if permanent)", "required": "Required vaccines",
        "also": "Other vaccines", "school_name": "School", "grade": "Grade", "parent": "Parent or guardian",
        "more": "{count} more", "given": "given here", "card": "from a card", "registry": "from the registry",
        "clinic": "from another clinic", "patient": "as told", "import": "came with the record",
        "card_title": "SMART Health Card", "card_use": "A verifier app reads this picture and checks its signature.",
        "card_doses": "Doses on this card",
    },
    ES: {
        "certificate": "Certificado de vacunación", "school": "Formulario escolar de vacunación",
        "born": "Fecha de nacimiento", "mrn": "Número de expediente", "date": "Fecha", "vaccine": "Vacuna",
        "lot": "Lote", "source": "Fuente", "where": "Lugar", "page": "Página", "of": "de", "issued": "Emitido",
        "signature": "Firma y título", "printed": "Nombre en letra de molde", "signed_on": "Fecha",
        "none": "No hay dosis registradas.", "void": "no cuenta para el esquema", "doses": "dosis",
        "one_dose": "dosis", "states": "Las dosis de arriba constan en el expediente de", "dose": "Dosis",
        "standing": "Estado", "complete": "Completo", "immune": "Inmune", "not_needed": "No hace falta ahora",
        "in_process": "En curso: próxima dosis desde el {day}", "not_yet": "No toca antes del {day}",
        "due": "No al día: toca ahora la dosis {number}",
        "overdue": "No al día: la dosis {number} está atrasada desde el {day}",
        "exempt": "Exención médica en el expediente",
        "all_complete": "Todas las vacunas exigidas están completas.",
        "all_process": "En curso: todavía no tocan todas.", "all_due": "No al día: faltan dosis exigidas.",
        "exemption": "Exención médica", "exemption_ask": "Las vacunas aquí nombradas están contraindicadas:",
        "exemption_until": "Hasta (en blanco si es permanente)", "required": "Vacunas exigidas",
        "also": "Otras vacunas", "school_name": "Escuela", "grade": "Grado", "parent": "Padre, madre o tutor",
        "more": "{count} más", "given": "puesta aquí", "card": "de una cartilla", "registry": "del registro",
        "clinic": "de otra clínica", "patient": "según se dijo", "import": "vino con el expediente",
        "card_title": "Tarjeta de salud SMART",
        "card_use": "Una aplicación de verificación lee esta imagen y comprueba su firma.",
        "card_doses": "Dosis en esta tarjeta",
    },
}  # fmt: skip
_GROUPS_ES = {
    "DTaP/Tdap/Td": "Difteria, tétanos, tos ferina", "HepA": "Hepatitis A", "HepB": "Hepatitis B", "Hib": "Hib",
    "HPV": "VPH", "MMR": "Sarampión, paperas, rubéola", "Polio": "Polio", "Varicella": "Varicela",
    "Pneumococcal": "Neumococo", "Meningococcal": "Meningococo ACWY", "Meningococcal B": "Meningococo B",
    "Influenza": "Gripe", "COVID-19": "COVID-19", "Rotavirus": "Rotavirus", "RSV": "VRS", "Zoster": "Herpes zóster",
    "Yellow Fever": "Fiebre amarilla", "Typhoid": "Tifoidea", "Rabies": "Rabia", "Cholera": "Cólera",
}  # fmt: skip
_GROUPS_EN = {
    "HepA": "Hepatitis A", "HepB": "Hepatitis B", "TBE": "Tick-borne encephalitis", "Zoster": "Zoster (shingles)",
}  # fmt: skip


def group_name(name: str, language: str) -> str:
    """A vaccine group as a paper names it."""
    return (_GROUPS_ES if language == ES else _GROUPS_EN).get(name, name)
