"""UDA chapter 3, control: the SOAP call, its answer, and the fault.

The control point writes a call and reads the answer (``client.action``); values are text here, what they
mean is known to the service description. Must not know state variables, devices or how HTTP is spoken.
"""

import re
from collections.abc import Generator, Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple
from xml.etree import ElementTree as ET

from async_upnp_client._addresses import host_header_of_url
from async_upnp_client._diagnostics import Code, Note, ignore
from async_upnp_client._headers import CaseInsensitiveDict, shown
from async_upnp_client._xml import escape, local_name, parse_xml, unescape
from async_upnp_client._xml_flat import read_flat, read_flat_sliced
from async_upnp_client._xml_sliced import parse_xml_sliced
from async_upnp_client.const import NS
from async_upnp_client.exceptions import UpnpContentError, UpnpError, UpnpXmlContentError, UpnpXmlParseError
from async_upnp_client.limits import DEFAULT_LIMITS, Limits

CONTENT_TYPE = 'text/xml; charset="utf-8"'
# Byte for byte what release 0.49.0 sent: recorded exchanges and the tests of dependents compare bodies.
CALL_HEAD = (
    '<?xml version="1.0"?>'
    '<s:Envelope s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"'
    f' xmlns:s="{NS["soap_envelope"]}"><s:Body>'
)
# Actions that are called: a few dozen in most programs.
CALLS_REMEMBERED = 256
CALL_TAIL = "</s:Body></s:Envelope>"

STANDARD_FAULTSTRING = "UPnPError"

# The elements of a fault by their names in lower case (UDA 2.0 §3.2.5).
FAULT_ELEMENTS = {
    name.lower(): name
    for name in ("Fault", "faultcode", "faultstring", "detail", "UPnPError", "errorCode", "errorDescription")
}

# An XML declaration, a DOCTYPE with its URLs and a comment or two stand before <html>; a SOAP answer that
# quotes HTML in an argument has it escaped, so that the tag itself does not occur.
HTML_SEARCHED = 1024
# UPnP's codes have three digits and vendors' stay near; int() refuses to read thousands of digits.
CODE_DIGITS = 9
# Characters of an answer in which a fault, or arguments though it is no XML, are looked for: 100 ns
# for each.
RESCUED_LENGTH = 256 * 1024
LEAF = re.compile(r"<(?:[\w.-]+:)?([\w.-]+)(?:\s[^<>]*)?>([^<]*)</(?:[\w.-]+:)?\1\s*>")


class Fault(NamedTuple):
    """A device's refusal: UPnP's error code and description, and SOAP's ``faultstring`` (UDA 2.0 §3.2.5)."""

    code: int | None
    description: str | None
    text: str

    @property
    def reason(self) -> str | None:
        """What the device says about it: its description, or the faultstring of one that leaves that out."""
        if self.description is not None:
            return self.description
        return self.text if self.text not in {"", STANDARD_FAULTSTRING} else None


class Reply(NamedTuple):
    """The out-arguments of an answer, in the order received: local name and text."""

    arguments: tuple[tuple[str, str], ...]


def build_call(service_type: str, action: str, arguments: Iterable[tuple[str, str]]) -> str:
    """Write the envelope that calls an action, its arguments in the order of the SCPD (UDA 2.0 §3.2.1)."""
    body = "\n".join([f"<{name}>{escape(text)}</{name}>" for name, text in arguments])
    return f"{call_start(service_type, action)}{body}</u:{action}>{CALL_TAIL}"


@lru_cache(CALLS_REMEMBERED)
def call_start(service_type: str, action: str) -> str:
    """Write what comes before the arguments of a call."""
    namespace = escape(service_type).replace('"', "&quot;")
    return f'{CALL_HEAD}<u:{action} xmlns:u="{namespace}">'


def call_headers(control_url: str, service_type: str, action: str) -> CaseInsensitiveDict:
    """Give the headers of a call (UDA 2.0 §3.2.1); UpnpError for names that a header cannot carry.

    Upper case: a router answers ``Soapaction`` with its login page, another with 501 (C-003). The quotes
    are demanded by older miniupnpd (C-002).
    """
    soap_action = f'"{service_type}#{action}"'
    if not soap_action.isprintable():
        # Both names come from the device's description; a line break in them would start a header of its own.
        msg = f"Not fit for a SOAPACTION header: {shown(soap_action)}"
        raise UpnpError(msg)
    return CaseInsensitiveDict(
        {"HOST": host_header_of_url(control_url), "CONTENT-TYPE": CONTENT_TYPE, "SOAPACTION": soap_action}
    )


def parse_reply(
    text: str,
    service_type: str,
    action: str,
    *,
    strict: bool,
    note: Note = ignore,
    limits: Limits = DEFAULT_LIMITS,
) -> Reply | Fault:
    """Read the answer to a call (UDA 2.0 §3.2.2, §3.2.5).

    Strict asks for the response element in the namespace of the service; otherwise its local name will do,
    or else whatever stands in the Body. ``note`` is told what is wrong.

    Raises UpnpXmlParseError for malformed text, UpnpXmlContentError for an HTML page, for forbidden
    constructs and where there is no response element.
    """
    # Local names: the arguments have no namespace by the UDA, and some devices qualify them (C-007, C-016).
    responses = read_flat(text, *path_to_response(service_type, action), limits=limits)
    if responses is not None and len(responses) == 1:
        return Reply(tuple(responses[0]))
    return guess_reply(text, service_type, action, strict=strict, note=note, limits=limits)


def guess_reply(
    text: str, service_type: str, action: str, *, strict: bool, note: Note, limits: Limits
) -> Reply | Fault:
    """Read an answer that is not to the letter, or a fault; errors as of `parse_reply`."""
    try:
        root = parse_answer(text, note, limits, strict=strict)
    except UpnpXmlParseError as err:
        return rescue(text, action, note, err, strict=strict)
    return judge_reply(root, text, service_type, action, strict=strict, note=note)


def parse_reply_sliced(
    text: str,
    service_type: str,
    action: str,
    *,
    strict: bool,
    note: Note = ignore,
    limits: Limits = DEFAULT_LIMITS,
) -> Generator[None, None, Reply | Fault]:
    """Read as `parse_reply` does, a few milliseconds from step to step of the generator."""
    responses = yield from read_flat_sliced(text, *path_to_response(service_type, action), limits=limits)
    if responses is not None and len(responses) == 1:
        return Reply(tuple(responses[0]))
    try:
        root = yield from parse_xml_sliced(
            text, strict=strict, limits=limits, repaired=lambda err: note_repaired(err, note)
        )
    except UpnpXmlParseError as err:
        return rescue(text, action, note, err, strict=strict)
    return judge_reply(root, text, service_type, action, strict=strict, note=note)


def path_to_response(service_type: str, action: str) -> tuple[str | None, ...]:
    """Return where a response is, as `_xml_flat` has it."""
    return None, None, f"{service_type}}}{action}Response"


def judge_reply(
    root: ET.Element, text: str, service_type: str, action: str, *, strict: bool, note: Note
) -> Reply | Fault:
    """Find the response in an answer, or the fault; errors as of `parse_reply`."""
    response = find_response(root, f"{{{service_type}}}{action}Response")
    if response is None:
        fault = find_fault(root, note)
        if fault is not None:
            return fault
        if not strict:
            response = find_any_response(root, f"{action}Response")
            if response is not None:
                note_response(response, f"{action}Response", note)
    if response is None:
        if is_html(text):
            raise html_page(text)
        msg = f"Invalid response, no {action}Response in: {shown(text)}"
        raise UpnpXmlContentError(msg)
    return Reply(tuple([(local_name(child.tag), child.text or "") for child in response]))


def parse_answer(text: str, note: Note, limits: Limits, *, strict: bool) -> ET.Element:
    """Parse an answer, and tell if it had to be mended."""
    if strict:
        return parse_xml(text, limits=limits)
    try:
        return parse_xml(text, limits=limits)
    except UpnpXmlParseError as err:
        root = parse_xml(text, strict=False, limits=limits)
        note_repaired(err, note)
        return root


def note_repaired(error: UpnpXmlParseError, note: Note) -> None:
    """Tell that an answer had to be mended."""
    note(Code.ANSWER_REPAIRED, "", f"the answer is not well-formed, and was mended: {error}")


def note_response(response: ET.Element, name: str, note: Note) -> None:
    """Tell what is wrong with a response element that was found by guess."""
    if local_name(response.tag) == name:
        message = f"{name} is not in the namespace of the service, but {shown(response.tag)}"
        note(Code.ANSWER_WRONG_NAMESPACE, "", message)
    else:
        note(Code.ANSWER_WRONG_ELEMENT, "", f"the response is {shown(response.tag)} instead of {name}")


def parse_fault(text: str, note: Note = ignore) -> Fault | None:
    """Find the fault in the body of an error answer, or None; whatever the text is, nothing is raised.

    Read leniently in both modes: the caller is to learn what the device said (C-020).
    """
    if len(text) > RESCUED_LENGTH:
        return None
    try:
        root = parse_xml(text, strict=False)
    except UpnpContentError:
        return None
    return find_fault(root, note)


def find_response(root: ET.Element, tag: str) -> ET.Element | None:
    """Find the response element: a child of the Body as a rule, else anywhere below the root."""
    for body in root:
        for element in body:
            if element.tag == tag:
                return element
    return next((element for element in root.iter(tag) if element is not root), None)


def find_any_response(root: ET.Element, name: str) -> ET.Element | None:
    """Find the response element of a device that mistakes its namespace or its name (C-017).

    Klipsch's answers carry the serviceId as namespace; peer-upnp named the element after the service alone;
    others leave the envelope out.
    """
    for element in root.iter():
        if local_name(element.tag) == name:
            return element
    for body in root:
        if local_name(body.tag) == "Body":
            return next(iter(body), None)
    return None


def find_fault(root: ET.Element, note: Note) -> Fault | None:
    """Find a Fault in any namespace or none; not where arguments stand, one of which may be called so."""
    for element in shallow(root):
        if local_name(element.tag).lower() == "fault":
            return read_fault(element, note)
    return None


def shallow(root: ET.Element) -> Iterator[ET.Element]:
    """Walk the root, its children and theirs: Envelope, Body and what is in the Body."""
    yield root
    for child in root:
        yield child
        yield from child


def read_fault(fault: ET.Element, note: Note) -> Fault:
    """Read a Fault by local names in any case: MikroTik writes ``faultCode``, SOAP 1.2 has Reason/Text."""
    code: int | None = None
    description: str | None = None
    text = ""
    for element in fault.iter():
        spelling = local_name(element.tag)
        name = spelling.lower()
        if name in FAULT_ELEMENTS and spelling != FAULT_ELEMENTS[name]:
            message = f"a fault has {shown(spelling)} instead of {FAULT_ELEMENTS[name]}"
            note(Code.FAULT_MISSPELLED, "", message)
        if name == "errorcode":
            code = read_code(element.text or "")
        elif name == "errordescription":
            description = (element.text or "").strip()
        elif name in {"faultstring", "text"}:
            text = (element.text or "").strip()
    if code is None:
        note(Code.FAULT_WITHOUT_CODE, "", "a fault has no errorCode that is a number")
    return Fault(code, description, text)


def read_code(text: str) -> int | None:
    """Read an error code; None for what is not a number, so that the fault itself is not lost."""
    text = text.strip()
    if text.isascii() and text.removeprefix("-").isdigit() and len(text) <= CODE_DIGITS:
        return int(text)
    return None


def is_html(text: str) -> bool:
    """Tell a web page, which routers answer to what they do not understand."""
    return "<html" in text[:HTML_SEARCHED].lower()


def html_page(text: str) -> UpnpXmlContentError:
    """Give the error for an HTML page in place of an answer."""
    return UpnpXmlContentError(f"Invalid response, the device answered with an HTML page: {shown(text)}")


def rescue(text: str, action: str, note: Note, error: UpnpXmlParseError, *, strict: bool) -> Reply | Fault:
    """Get out of malformed text what can be had, else raise the error, or UpnpXmlContentError for HTML."""
    reply = rescued(text, action, note, strict=strict) if len(text) <= RESCUED_LENGTH else None
    if reply is not None:
        return reply
    if is_html(text):
        raise html_page(text) from error
    raise error


def rescued(text: str, action: str, note: Note, *, strict: bool) -> Reply | Fault | None:
    """Get out of malformed text what can be had: a fault, or the arguments of a response that is complete.

    D-Link's DSL-3900 answers GetTotalBytesReceived with a body that no repair makes well-formed, and with
    the argument in it intact. A response that neither its own closing tag nor Body's follows was cut off, and
    is not trusted.
    """
    if "ault>" in text:
        fault = parse_fault(text, note)
        if fault is not None:
            return fault
    if strict:
        return None
    opened = text.find(f"{action}Response")
    closed = text.rfind(f"{action}Response")
    if opened == closed:  # closed by another name, or not at all
        closed = text.rfind("Body>")
    if closed < opened or opened < 0:
        return None
    leaves = LEAF.findall(text, text.find(">", opened) + 1, closed)
    if not leaves:
        return None
    note(Code.ANSWER_REPAIRED, "", "the answer is no XML; what looks like arguments was taken for them")
    return Reply(tuple([(name, unescape(value)) for name, value in leaves]))
