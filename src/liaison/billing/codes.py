"""What payers' codes mean, in words of our own: CARC of remittances, status codes of claim acknowledgments."""

CARC = {
    "1": "deductible",
    "2": "coinsurance",
    "3": "copayment",
    "4": "the procedure does not fit its modifier",
    "11": "the diagnosis does not fit the procedure",
    "16": "information is missing or wrong",
    "18": "the same services were billed before",
    "22": "another insurer must pay first",
    "23": "what another insurer paid or adjusted",
    "26": "the services were before the coverage began",
    "27": "the services were after the coverage ended",
    "29": "the claim came too late",
    "31": "the payer does not know the patient",
    "45": "above the contract's fee",
    "50": "not seen as medically necessary",
    "96": "not covered by the plan",
    "97": "paid as part of another service",
    "109": "another payer is responsible",
    "119": "the benefit's limit is reached",
    "197": "prior authorization is missing",
    "204": "not covered by the patient's plan",
    "253": "federal budget reduction",
}

# 277CA: claim status codes, with what to mend.
STATUS = {
    "21": "Something is missing or invalid; compare the claim with the insurance card.",
    "33": "The payer does not know this member ID; check it on the insurance card.",
    "116": "This payer does not take the claim; check the payer on the insurance card.",
    "178": "The charges do not add up; check the claim's lines.",
    "254": "The main diagnosis is not a valid code; correct it.",
    "255": "A diagnosis is not a valid code; correct it.",
    "535": "The payer takes no replaced or voided claims this way; send it as a new claim.",
    "562": "The payer does not know the billing provider's NPI; check the practice's entry.",
}


def reason(group: str, carc: str) -> str:
    """`CO-45 (above the contract's fee)`."""
    words = CARC.get(carc)
    return f"{group}-{carc} ({words})" if words else f"{group}-{carc}"


def rejection(category: str, code: str) -> str:
    """A sentence on why a claim was rejected."""
    return STATUS.get(
        code, f"The payer rejected the claim with status {category}:{code}; look the code up and mend the claim."
    )
