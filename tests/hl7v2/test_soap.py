"""The CDC's web service: envelopes written and read, and nothing but its own errors for anything else."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.engines.hl7v2 import Hl7Error, soap

pytestmark = pytest.mark.engine
MESSAGE = "MSH|^~\\&|A<b>&amp;|\rPID|1||7]]>\r"


@pytest.mark.parametrize("version", [soap.V2011, soap.V2014])
@pytest.mark.parametrize("operation", [soap.TEST, soap.SUBMIT])
def test_a_call_and_its_answer_say_what_was_put_in(version: str, operation: str) -> None:
    call = soap.Call(operation, MESSAGE, version=version)
    if operation == soap.SUBMIT:
        call = soap.Call(operation, MESSAGE, "me & you", "p<w>", "1255", version)
    assert soap.read_call(soap.write_call(call)) == call
    assert soap.read_answer(soap.write_answer(call, MESSAGE)) == MESSAGE


def test_a_message_in_a_cdata_section_of_soap_1_1_is_read() -> None:
    envelope = (
        '<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body><submitSingleMessageResponse '
        'xmlns="urn:cdc:iisb:2011"><return><![CDATA[MSH|^~\\&|\nMSA|AA|1\n]]></return></submitSingleMessageResponse>'
        "</S:Body></S:Envelope>"
    )
    assert soap.read_answer(envelope.encode()).splitlines()[1] == "MSA|AA|1"


@pytest.mark.parametrize("kind", [soap.SECURITY, soap.TOO_LARGE, soap.UNSUPPORTED, soap.OTHER])
def test_a_fault_is_raised_by_its_kind(kind: str) -> None:
    with pytest.raises(soap.SoapFault, match="No & never") as fault:
        soap.read_answer(soap.write_fault(kind, "No & never", 7))
    assert (fault.value.kind, fault.value.reason) == (kind, "No & never")


def test_entities_are_not_expanded() -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY x "ha">]><a>&x;</a>'
    with pytest.raises(Hl7Error, match="document type"):
        soap.read_answer(bomb)


@given(st.binary(max_size=80) | st.text(alphabet="<>/abS:=\"'&;!", max_size=80).map(str.encode), st.booleans())
def test_any_bytes(data: bytes, inside: bool) -> None:
    body = soap.write_answer(soap.Call(soap.TEST, ""), "").replace(b"<iis:return></iis:return>", data)
    with suppress(Hl7Error, soap.SoapFault):
        soap.read_answer(body if inside else data)
    with suppress(Hl7Error):
        soap.read_call(body if inside else data)
