"""The CDC's web service for immunization messages: SOAP 1.2, `urn:cdc:iisb:2011` and `urn:cdc:iisb:2014`.

Two operations, connectivityTest and submitSingleMessage, and the faults that the CDC's WSDL names. Requests and answers
are read by their local names, for registries differ in namespaces; a document type is refused, as SOAP forbids it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from liaison.engines.hl7v2.errors import Hl7Error

ENVELOPE = "http://www.w3.org/2003/05/soap-envelope"
OLD_ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
V2011, V2014 = "2011", "2014"
TEST, SUBMIT = "connectivityTest", "submitSingleMessage"
SECURITY, TOO_LARGE, UNSUPPORTED, OTHER = (
    "SecurityFault",
    "MessageTooLargeFault",
    "UnsupportedOperationFault",
    "fault",
)
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class SoapFault(Exception):
    """The other side's refusal of a call: `kind` as the WSDL names it, and its reason."""

    def __init__(self, kind: str, reason: str, code: str = "") -> None:
        super().__init__(f"{kind}: {reason}" if reason else kind)
        self.kind, self.reason, self.code = kind, reason, code


@dataclass(frozen=True, slots=True)
class Call:
    """A request. `text` is what comes back of a connectivityTest, or the HL7 message of a submitSingleMessage."""

    operation: str
    text: str
    username: str = ""
    password: str = ""
    facility: str = ""
    version: str = V2011


def content_type(version: str = V2011, operation: str = SUBMIT) -> str:
    """The Content-Type of a request, with the action that it asks for."""
    if version == V2014:
        action = f"urn:cdc:iisb:2014:IISPortType:{operation[0].upper()}{operation[1:]}Request"
    else:
        action = f"urn:cdc:iisb:2011:{operation}"
    return f'application/soap+xml; charset=UTF-8; action="{action}"'


def _text(value: str) -> str:
    """Character data. A bare carriage return would reach the other side as a line feed, so it is written out."""
    return escape(_NOT_XML.sub("", value), {"\r": "&#13;"})


def _envelope(body: str, version: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<soap:Envelope xmlns:soap="{ENVELOPE}" xmlns:iis="urn:cdc:iisb:{version}"><soap:Header/>'
        f"<soap:Body>{body}</soap:Body></soap:Envelope>"
    ).encode()


def _element(name: str, value: str) -> str:
    return f"<iis:{name}>{_text(value)}</iis:{name}>"


def write_call(call: Call) -> bytes:
    """A request as bytes."""
    later = call.version == V2014
    name = f"{call.operation[0].upper()}{call.operation[1:]}Request" if later else call.operation
    if call.operation == TEST:
        body = _element("EchoBack" if later else "echoBack", call.text)
    else:
        words = ("Username", "Password", "FacilityID", "Hl7Message") if later else _WORDS_2011
        body = "".join(map(_element, words, (call.username, call.password, call.facility, call.text)))
    return _envelope(f"<iis:{name}>{body}</iis:{name}>", call.version)


_WORDS_2011 = ("username", "password", "facilityID", "hl7Message")


def write_answer(call: Call, text: str) -> bytes:
    """The answer to a call."""
    name = f"{call.operation}Response"
    if call.version == V2014:
        name = name[0].upper() + name[1:]
        return _envelope(
            f"<iis:{name}>{_element('EchoBack' if call.operation == TEST else 'Hl7Message', text)}</iis:{name}>", V2014
        )
    return _envelope(f"<iis:{name}>{_element('return', text)}</iis:{name}>", V2011)


def write_fault(kind: str, reason: str, code: int, version: str = V2011) -> bytes:
    """A refusal: one of the WSDL's faults in the detail of a SOAP 1.2 fault."""
    side = "Receiver" if kind == OTHER else "Sender"
    detail = f"<iis:{kind}>{_element('Code', str(code))}{_element('Reason', reason)}{_element('Detail', reason)}"
    return _envelope(
        f"<soap:Fault><soap:Code><soap:Value>soap:{side}</soap:Value></soap:Code>"
        f'<soap:Reason><soap:Text xml:lang="en">{_text(reason)}</soap:Text></soap:Reason>'
        f"<soap:Detail>{detail}</iis:{kind}></soap:Detail></soap:Fault>",
        version,
    )


def _local(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _body(data: bytes) -> ET.Element:
    """What the body of an envelope holds. Raises `Hl7Error` where there is none."""
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise Hl7Error("not-soap", "A SOAP envelope in UTF-8 without a document type is expected.")
    try:
        root = ET.fromstring(data)  # noqa: S314  # no document type comes this far, so no entity is expanded
    except (ET.ParseError, ValueError, LookupError):
        raise Hl7Error("not-soap", "It is not XML.") from None
    if root.tag not in (f"{{{ENVELOPE}}}Envelope", f"{{{OLD_ENVELOPE}}}Envelope"):
        raise Hl7Error("not-soap", "It is not a SOAP envelope.")
    body = next((one for one in root if _local(one) == "Body"), None)
    inside = next(iter(body), None) if body is not None else None
    if inside is None:
        raise Hl7Error("not-soap", "The envelope has no body.")
    return inside


def read_call(data: bytes) -> Call:
    """The request of an envelope; an operation that the WSDL does not know is given by its own name."""
    asked = _body(data)
    name = _local(asked)
    version = V2014 if "urn:cdc:iisb:2014" in asked.tag else V2011
    operation = {"connectivitytest": TEST, "submitsinglemessage": SUBMIT}.get(
        name.removesuffix("Request").lower(), name
    )
    told = {_local(one).lower(): "".join(one.itertext()) for one in asked}
    text = told.get("echoback", "") if operation == TEST else told.get("hl7message", "")
    return Call(
        operation, text, told.get("username", ""), told.get("password", ""), told.get("facilityid", ""), version
    )


def read_answer(data: bytes) -> str:
    """What a call gave back. Raises `SoapFault` for a refusal, `Hl7Error` for what is no answer."""
    answer = _body(data)
    if _local(answer) == "Fault":
        raise _fault(answer)
    for one in answer.iter():
        if _local(one).lower() in ("return", "hl7message", "echoback"):
            return "".join(one.itertext())
    raise Hl7Error("not-soap", "The answer holds no message.")


def _fault(answer: ET.Element) -> SoapFault:
    kinds = (SECURITY, TOO_LARGE, UNSUPPORTED, "UnknownFault")
    kind = next((name for one in answer.iter() if (name := _local(one)) in kinds), OTHER)
    words = {_local(one).lower(): "".join(one.itertext()).strip() for one in answer.iter()}
    reason = next((words[name] for name in ("text", "faultstring", "reason", "detail") if words.get(name)), "")
    return SoapFault(kind, reason[:500], words.get("code", "")[:20])
