"""What a good-faith estimate says beside its facts, by language: the patient's, where we have it."""

from collections.abc import Mapping
from typing import Any

SAYS: Mapping[str, Mapping[str, Any]] = {
    "en": {
        "title": "Good-faith estimate",
        "subtitle": "What your visit is expected to cost if you pay for it yourself.",
        "page": "page", "of": "of",
        "patient": "Patient", "born": "born", "address": "Address", "for": "For", "visit": "Day of the visit",
        "diagnoses": "Diagnosis codes", "no_date": "not scheduled yet", "no_diagnoses": "none known yet",
        "charge": "What we expect to charge",
        "heads": ["Code", "Item or service", "Units", "Expected charge"], "total": "Expected total",
        "who": "Who provides it, and where", "provider": "Provider", "practice": "Practice",
        "tin": "taxpayer number", "place": "Place",
        "later": "Other items that will be scheduled separately",
        "later_words": "For what has to be scheduled on its own before or after this visit, you get an estimate of "
        "its own when it is scheduled, or whenever you ask for one.",
        "no_later": "We do not expect any now.",
        "know": "What you should know",
        "points": [
            "This is an estimate of what is reasonably expected on the day it was made. The actual items, services "
            "and charges may differ from it.",
            "In the course of your care we may recommend more items or services, which are scheduled separately and "
            "are not in this estimate.",
            "If you are billed at least $400 more than this estimate for any provider or facility named in it, you "
            "may start a patient-provider dispute resolution with the U.S. Department of Health and Human Services, "
            "within 120 days of the date on the bill. You find how at www.cms.gov/nosurprises, or by telephone at "
            "1-800-985-3059. To start it will not harm the quality of the care that you get from us.",
            "This estimate is not a contract. It does not oblige you to get any of these items or services, from us "
            "or from anybody else.",
        ],
        "keep": "Keep this paper, or take a picture of it: you may need it if you are billed more. {ask} if "
        "something is not clear, or if you want it in another way.",
        "call": "Call us at {phone}", "ask": "Ask us",
    },
    "es": {
        "title": "Estimación de buena fe",
        "subtitle": "Lo que se espera que cueste su visita si usted mismo la paga.",
        "page": "página", "of": "de",
        "patient": "Paciente", "born": "fecha de nacimiento", "address": "Dirección", "for": "Motivo",
        "visit": "Día de la visita", "diagnoses": "Códigos de diagnóstico", "no_date": "todavía sin fecha",
        "no_diagnoses": "todavía ninguno",
        "charge": "Lo que esperamos cobrar",
        "heads": ["Código", "Artículo o servicio", "Unidades", "Cargo esperado"], "total": "Total esperado",
        "who": "Quién lo ofrece y dónde", "provider": "Profesional", "practice": "Consultorio",
        "tin": "número de contribuyente", "place": "Lugar",
        "later": "Otros artículos o servicios que se programan por separado",
        "later_words": "Para lo que deba programarse aparte, antes o después de esta visita, recibirá otra estimación "
        "cuando se programe, o cuando usted la pida.",
        "no_later": "Por ahora no esperamos ninguno.",
        "know": "Lo que debe saber",
        "points": [
            "Esta es una estimación de lo que se puede esperar razonablemente el día en que se hizo. Los artículos, "
            "servicios y cargos reales pueden ser distintos.",
            "Durante su atención podemos recomendarle otros artículos o servicios, que se programan por separado y no "
            "están en esta estimación.",
            "Si le cobran por lo menos $400 más que esta estimación por un profesional o centro que se nombra aquí, "
            "puede iniciar un proceso de resolución de disputas entre paciente y proveedor ante el Departamento de "
            "Salud y Servicios Humanos de los Estados Unidos, dentro de los 120 días de la fecha de la factura. En "
            "www.cms.gov/nosurprises o en el 1-800-985-3059 le explican cómo. Iniciarlo no perjudica la calidad de la "
            "atención que recibe de nosotros.",
            "Esta estimación no es un contrato. No le obliga a recibir ninguno de estos artículos o servicios, ni de "
            "nosotros ni de nadie más.",
        ],
        "keep": "Guarde esta hoja o tómele una foto: puede necesitarla si le cobran más. {ask} si algo no está claro, "
        "o si la quiere de otra forma.",
        "call": "Llámenos al {phone}", "ask": "Pregúntenos",
    },
}  # fmt: skip
