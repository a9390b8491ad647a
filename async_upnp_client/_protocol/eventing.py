"""Eventing (UDA 2.0 §4): SUBSCRIBE, renewal and UNSUBSCRIBE headers, TIMEOUT, NOTIFY and its propertyset.

Texts on the wire <-> records. Both sides stand on this module: `event_handler` as a control point, the server
package as a device. What a control point concludes from the events it takes in is `event_intake`. No sockets,
tasks or clock.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import timedelta
from http import HTTPStatus
from itertools import chain
from typing import Final, NamedTuple
from xml.etree import ElementTree as ET

from async_upnp_client._addresses import host_header_of_url, without_zone
from async_upnp_client._diagnostics import Code, Note, ignore, place
from async_upnp_client._headers import CaseInsensitiveDict, shown
from async_upnp_client._xml import escape, local_name, parse_xml
from async_upnp_client._xml_flat import read_flat
from async_upnp_client.exceptions import UpnpError, UpnpXmlParseError
from async_upnp_client.limits import DEFAULT_LIMITS, Limits

NT_EVENT: Final = "upnp:event"
NTS_PROPCHANGE: Final = "upnp:propchange"

INFINITE: Final = timedelta.max
"""What `parse_timeout` makes of `infinite`, and of a number of seconds that no `timedelta` holds."""

MAX_TIMEOUT_SECONDS: Final = 2**31 - 1
"""The most that is ever asked for: 68 years are as good as more, and devices read N into 32 bits with a
sign."""

MAX_SEQ: Final = 2**32 - 1
"""SEQ is a ui4; after this number comes 1, as 0 is the initial event's alone (UDA 2.0 §4.3.2)."""

_TIMEOUT = re.compile(r"\s*(?:seconds?\s*(?:[-=:]\s*)?)?(?:(infinite)|([0-9]{1,18}))", re.IGNORECASE)
_SEQ_DIGITS = 10  # of a ui4
_CALLBACK = re.compile("<([^<>]*)>")
_PROPERTYSET_HEAD = (
    '<?xml version="1.0" encoding="utf-8"?>\n<e:propertyset xmlns:e="urn:schemas-upnp-org:event-1-0">'
)
_EXPAT_PROPERTY = "urn:schemas-upnp-org:event-1-0}property"
_PROPERTY = "{" + _EXPAT_PROPERTY


# --- TIMEOUT (UDA 2.0 §4.1.2) ---


def format_timeout(timeout: timedelta) -> str:
    """Return the TIMEOUT header for `timeout`: whole seconds, at least one, and never `infinite`."""
    return f"Second-{min(max(int(timeout.total_seconds()), 1), MAX_TIMEOUT_SECONDS)}"


def parse_timeout(text: str | None) -> timedelta | None:
    """Return the duration in a TIMEOUT header, `INFINITE`, or None where it is absent or cannot be read.

    Forgives any case, `Second-` left out, and whatever follows the number (fractions, a list of several).
    Zero says nothing that could be kept, and counts as unreadable.
    """
    found = _TIMEOUT.match(text) if text else None
    if found is None:
        return None
    if found[1]:
        return INFINITE
    seconds = int(found[2])
    if seconds >= INFINITE.total_seconds():
        return INFINITE
    return timedelta(seconds=seconds) if seconds else None


# --- SUBSCRIBE, renewal, UNSUBSCRIBE (UDA 2.0 §4.1.2 to §4.1.4) ---
# Names are upper case: some devices know no other spelling.


def subscribe_headers(event_sub_url: str, callback_url: str, timeout: timedelta) -> CaseInsensitiveDict:
    """Return the headers of a first SUBSCRIBE; CALLBACK has no zone, which means nothing to the device."""
    return CaseInsensitiveDict(
        {
            "NT": NT_EVENT,
            "TIMEOUT": format_timeout(timeout),
            "HOST": host_header_of_url(event_sub_url),
            "CALLBACK": f"<{without_zone(callback_url)}>",
        }
    )


def renew_headers(event_sub_url: str, sid: str, timeout: timedelta) -> CaseInsensitiveDict:
    """Return the headers of a renewal: no NT and no CALLBACK, a device answers 400 to those beside a SID."""
    return CaseInsensitiveDict(
        {"HOST": host_header_of_url(event_sub_url), "SID": sid, "TIMEOUT": format_timeout(timeout)}
    )


def unsubscribe_headers(event_sub_url: str, sid: str) -> CaseInsensitiveDict:
    """Return the headers of an UNSUBSCRIBE: HOST and SID, nothing else."""
    return CaseInsensitiveDict({"HOST": host_header_of_url(event_sub_url), "SID": sid})


class Subscribe(NamedTuple):
    """A first SUBSCRIBE: where events are to go, in the order to try, and the duration asked for."""

    callbacks: tuple[str, ...]
    timeout: timedelta | None


class Renew(NamedTuple):
    """A renewal: of which subscription, and the duration asked for."""

    sid: str
    timeout: timedelta | None


def parse_subscribe(headers: Mapping[str, str], most_callbacks: int) -> Subscribe | Renew | HTTPStatus:
    """Return what a SUBSCRIBE asks for, or the status to refuse it with (UDA 2.0 §4.1.2, §4.1.3).

    400 for a SID beside NT or CALLBACK; 412 for another NT than upnp:event, and where there is no callback.
    A TIMEOUT that is infinite, or cannot be read, counts as absent (E-015).
    """
    sid, nt, callback = header(headers, "SID"), header(headers, "NT"), header(headers, "CALLBACK")
    timeout = parse_timeout(header(headers, "TIMEOUT"))
    if timeout == INFINITE:
        timeout = None
    if sid is not None:
        return Renew(sid, timeout) if nt is None and callback is None else HTTPStatus.BAD_REQUEST
    if nt is None or nt.lower() != NT_EVENT:
        return HTTPStatus.PRECONDITION_FAILED
    callbacks = parse_callbacks(callback)
    if not callbacks or len(callbacks) > most_callbacks:
        return HTTPStatus.PRECONDITION_FAILED
    return Subscribe(callbacks, timeout)


def parse_callbacks(text: str | None) -> tuple[str, ...]:
    """Return the URLs of a CALLBACK header, each in angle brackets, whatever is between (UDA 2.0 §4.1.2)."""
    return tuple([url for found in _CALLBACK.findall(text or "") if (url := found.strip())])


def parse_unsubscribe(headers: Mapping[str, str]) -> str | HTTPStatus:
    """Return the SID of an UNSUBSCRIBE, or the status to refuse it with (UDA 2.0 §4.1.4)."""
    sid = header(headers, "SID")
    if header(headers, "NT") is not None or header(headers, "CALLBACK") is not None:
        return HTTPStatus.BAD_REQUEST
    return sid or HTTPStatus.PRECONDITION_FAILED


def same_sid(one: str, other: str) -> bool:
    """Tell whether two texts are one SID; some leave `uuid:` out, as 0.49.0 did, or write it in capitals."""
    return one.strip().lower().removeprefix("uuid:") == other.strip().lower().removeprefix("uuid:")


# --- NOTIFY (UDA 2.0 §4.3) ---


def notify_headers(callback_url: str, sid: str, seq: int) -> dict[str, str]:
    """Return the headers of an event (UDA 2.0 §4.3.2)."""
    return {
        "HOST": host_header_of_url(callback_url),
        "CONTENT-TYPE": 'text/xml; charset="utf-8"',
        "NT": NT_EVENT,
        "NTS": NTS_PROPCHANGE,
        "SID": sid,
        "SEQ": str(seq),
    }


def build_propertyset(changes: Iterable[tuple[str, str]]) -> str:
    """Write the body of an event: name and text of each variable, in the order given (UDA 2.0 §4.3.2)."""
    body = "".join([f"<e:property><{name}>{escape(text)}</{name}></e:property>" for name, text in changes])
    return f"{_PROPERTYSET_HEAD}{body}</e:propertyset>"


def next_seq(seq: int) -> int:
    """Return the number of the event after number `seq`: 0 is for initial events alone (UDA 2.0 §4.3.2)."""
    return seq + 1 if seq < MAX_SEQ else 1


class Envelope(NamedTuple):
    """What the headers of an acceptable NOTIFY say."""

    sid: str
    seq: int | None


class Notification(NamedTuple):
    """An event: whose subscription, which in its row (None if the device does not count), what changed."""

    sid: str
    seq: int | None
    changes: tuple[tuple[str, str], ...]


def header(headers: Mapping[str, str], name: str) -> str | None:
    """Return the value under `name` (in upper case), whatever the spelling in `headers`, or None.

    Requesters and notify servers of users hand over plain dicts in any spelling.
    """
    value = headers.get(name)
    if value is None:
        for key, other in headers.items():
            if key.upper() == name:
                value = other
                break
    return value.strip() if value is not None else None


def parse_envelope(headers: Mapping[str, str]) -> Envelope | HTTPStatus:
    """Return what the headers of a NOTIFY say, or the status to refuse it with (UDA 2.0 §4.3.2)."""
    if headers.get("NT") != NT_EVENT or headers.get("NTS") != NTS_PROPCHANGE:  # as most write it
        nt, nts = header(headers, "NT"), header(headers, "NTS")
        if nt is None or nts is None:
            return HTTPStatus.BAD_REQUEST
        if nt.lower() != NT_EVENT or nts.lower() != NTS_PROPCHANGE:
            return HTTPStatus.PRECONDITION_FAILED
    sid = header(headers, "SID")
    if not sid:
        return HTTPStatus.PRECONDITION_FAILED
    seq = header(headers, "SEQ")
    if seq is None or len(seq) > _SEQ_DIGITS or not (seq.isascii() and seq.isdigit()):
        return Envelope(sid, None)
    return Envelope(sid, int(seq))


def parse_propertyset(
    body: str, note: Note = ignore, limits: Limits = DEFAULT_LIMITS
) -> tuple[tuple[str, str], ...]:
    """Return pairs of variable name and text of an event's body, in its order; none for what is no XML.

    Read by local names: devices get the namespace wrong, qualify variables, and put several into one
    property. ``note`` is told what is wrong.
    """
    properties = read_flat(body, None, _EXPAT_PROPERTY, limits=limits)
    if properties and (changes := tuple(chain.from_iterable(properties))):
        return changes
    return guess_propertyset(body, note, limits)


def guess_propertyset(body: str, note: Note, limits: Limits) -> tuple[tuple[str, str], ...]:
    """Read an event that is not to the letter."""
    try:
        root = parse_event(body, note, limits)
    except UpnpError as err:
        note(Code.EVENT_UNREADABLE, "", f"an event cannot be read: {err}")
        return ()
    items = [item for item in root if item.tag == _PROPERTY]
    if len(items) != len(root):
        items = [item for item in root if local_name(item.tag).lower() == "property"]
        if any(item.tag != _PROPERTY for item in items):
            found = next(item.tag for item in items if item.tag != _PROPERTY)
            note(Code.EVENT_WRONG_NAMESPACE, "", f"an event has {shown(found)} instead of {_PROPERTY}")
    changes = [(local_name(variable.tag), variable.text or "") for item in items for variable in item]
    if not changes and local_name(root.tag).lower() == "property":
        changes = [(local_name(variable.tag), variable.text or "") for variable in root]
    if not changes:
        note(Code.EVENT_UNREADABLE, "", f"an event has no property: {shown(body)}")
    return tuple(changes)


def parse_event(body: str, note: Note, limits: Limits) -> ET.Element:
    """Parse the body of an event, and tell if it had to be mended."""
    try:
        return parse_xml(body, limits=limits)
    except UpnpXmlParseError as err:
        root = parse_xml(body, strict=False, limits=limits)
        note(Code.EVENT_REPAIRED, "", f"an event is not well-formed, and was mended: {err}")
        return root


def parse_notify(headers: Mapping[str, str], body: str | None) -> Notification | HTTPStatus:
    """Return the event of a NOTIFY, or the status to refuse it with; an unreadable body changes nothing."""
    envelope = parse_envelope(headers)
    if isinstance(envelope, HTTPStatus):
        return envelope
    return Notification(envelope.sid, envelope.seq, parse_propertyset(body) if body else ())


def rounds(changes: Collection[tuple[str, str]], note: Note = ignore) -> Iterable[dict[str, str]]:
    """Give `changes` as mappings: one, and a further one where a variable comes again, so that none is lost.

    Linkplay names all properties of a message LastChange.
    """
    values = dict(changes)
    if len(values) == len(changes):
        return (values,) if values else ()
    return repeated_rounds(changes, note)


def repeated_rounds(changes: Iterable[tuple[str, str]], note: Note) -> Iterator[dict[str, str]]:
    """Yield changes of which some are of the same variable."""
    values: dict[str, str] = {}
    for name, value in changes:
        if name in values:
            message = f"an event has {shown(name)} more than once"
            note(Code.EVENT_VARIABLE_REPEATED, place("variable", name), message)
            yield values
            values = {}
        values[name] = value
    yield values
