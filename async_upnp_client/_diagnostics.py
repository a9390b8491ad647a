"""What is wrong with a device, as records: the codes there are, and the means of collecting them.

Chapter by chapter, those who read texts of a device collect what they find here, strict or not; the model
keeps it for users. Every code stands in `docs/diagnostics.rst`. Knows nothing of UPnP's texts.
"""

from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import Final

from async_upnp_client._headers import shown
from async_upnp_client.const import Diagnostic, ServiceInfo, Severity
from async_upnp_client.exceptions import UpnpError
from async_upnp_client.limits import DEFAULT_LIMITS, Limits

INFO: Final = Severity.INFO
WARNING: Final = Severity.WARNING
ERROR: Final = Severity.ERROR

# Characters of one name in a path: names of the standard have up to 40, UDNs 41, and a vendor's serviceId 60.
# What is longer is told apart well enough by its beginning.
NAME_LENGTH: Final = 100


class Code(Enum):
    """Every code, and what it costs."""

    def __init__(self, text: str, severity: Severity) -> None:
        self.text = text
        self.severity = severity

    # ch. 2, both descriptions
    XML_REPAIRED = "xml-repaired", WARNING
    WRONG_NAMESPACE = "wrong-namespace", WARNING
    SPEC_VERSION_ODD = "spec-version-odd", INFO

    # ch. 2.3, device description
    ELEMENT_MISSING = "element-missing", WARNING
    UDN_MALFORMED = "udn-malformed", WARNING
    URL_BASE_UNUSED = "url-base-unused", WARNING
    ICON_WITHOUT_URL = "icon-without-url", INFO
    ICON_NUMBER_UNREADABLE = "icon-number-unreadable", INFO
    ICON_URL_REFUSED = "icon-url-refused", WARNING
    PRESENTATION_URL_REFUSED = "presentation-url-refused", WARNING
    TOO_MANY_DEVICES = "too-many-devices", ERROR
    TOO_MANY_SERVICES = "too-many-services", ERROR
    SERVICE_ID_REPEATED = "service-id-repeated", WARNING
    SERVICE_TYPE_REPEATED = "service-type-repeated", INFO
    SERVICE_URL_REFUSED = "service-url-refused", ERROR
    SCPD_URL_MISSING = "scpd-url-missing", WARNING
    CONTROL_URL_MISSING = "control-url-missing", WARNING

    # ch. 2.5, fetching a service description
    SCPD_NOT_FOUND = "scpd-not-found", ERROR
    SCPD_HTTP_STATUS = "scpd-http-status", ERROR
    SCPD_TIMEOUT = "scpd-timeout", ERROR
    SCPD_UNREACHABLE = "scpd-unreachable", ERROR
    SCPD_EMPTY = "scpd-empty", ERROR
    SCPD_MALFORMED = "scpd-malformed", ERROR
    SCPD_REFUSED = "scpd-refused", ERROR
    URL_BASE_WRONG = "url-base-wrong", WARNING

    # ch. 2.5, reading it
    NOT_A_SERVICE_DESCRIPTION = "not-a-service-description", ERROR
    STATE_TABLE_MISSING = "state-table-missing", WARNING
    VARIABLE_WITHOUT_NAME = "variable-without-name", WARNING
    VARIABLE_REPEATED = "variable-repeated", WARNING
    DATA_TYPE_MISSING = "data-type-missing", WARNING
    DATA_TYPE_UNKNOWN = "data-type-unknown", WARNING
    DATA_TYPE_MISSPELLED = "data-type-misspelled", INFO
    DEFAULT_VALUE_UNREADABLE = "default-value-unreadable", INFO
    RANGE_UNREADABLE = "range-unreadable", INFO
    SEND_EVENTS_ODD = "send-events-odd", INFO
    ACTION_WITHOUT_NAME = "action-without-name", ERROR
    ACTION_REPEATED = "action-repeated", WARNING
    ARGUMENT_INCOMPLETE = "argument-incomplete", ERROR
    ARGUMENT_DIRECTION_ODD = "argument-direction-odd", WARNING
    ARGUMENT_VARIABLE_UNDECLARED = "argument-variable-undeclared", WARNING

    # ch. 3, the answer to a call
    ANSWER_REPAIRED = "answer-repaired", WARNING
    ANSWER_WRONG_NAMESPACE = "answer-wrong-namespace", WARNING
    ANSWER_WRONG_ELEMENT = "answer-wrong-element", WARNING
    ANSWER_STATUS_ODD = "answer-status-odd", INFO
    ANSWER_EMPTY = "answer-empty", INFO
    ARGUMENT_UNKNOWN = "argument-unknown", WARNING
    ARGUMENT_MISSING = "argument-missing", WARNING
    FAULT_MISSPELLED = "fault-misspelled", WARNING
    FAULT_WITHOUT_CODE = "fault-without-code", WARNING
    FAULT_STATUS_ODD = "fault-status-odd", INFO

    # ch. 4, an event
    EVENT_REPAIRED = "event-repaired", WARNING
    EVENT_UNREADABLE = "event-unreadable", ERROR
    EVENT_WRONG_NAMESPACE = "event-wrong-namespace", WARNING
    EVENT_VARIABLE_UNDECLARED = "event-variable-undeclared", INFO
    EVENT_VARIABLE_REPEATED = "event-variable-repeated", INFO

    # DIDL-Lite, in an answer or an event (CDS §2.8)
    DIDL_REPAIRED = "didl-repaired", WARNING
    DIDL_UNREADABLE = "didl-unreadable", ERROR
    DIDL_ESCAPED_TWICE = "didl-escaped-twice", WARNING
    DIDL_WRONG_ROOT = "didl-wrong-root", WARNING
    DIDL_WRONG_NAMESPACE = "didl-wrong-namespace", WARNING
    DIDL_CLASS_MISSING = "didl-class-missing", WARNING
    DIDL_CLASS_UNKNOWN = "didl-class-unknown", INFO
    DIDL_PROPERTY_MISSING = "didl-property-missing", INFO
    OBJECT_UNREADABLE = "object-unreadable", WARNING
    CONTAINER_UNREADABLE = "container-unreadable", WARNING

    # a value in an answer or an event
    VALUE_UNREADABLE = "value-unreadable", WARNING
    VALUE_OUT_OF_RANGE = "value-out-of-range", INFO
    VALUE_NOT_LISTED = "value-not-listed", INFO


Note = Callable[[Code, str, str], None]
"""What those who read an answer or an event tell what they find: code, place and message."""

OUTSIDE: Final[Mapping[Code, str]] = {
    Code.VALUE_OUT_OF_RANGE: "outside of its range",
    Code.VALUE_NOT_LISTED: "not in its list",
}


def ignore(_code: Code, _where: str, _message: str) -> None:
    """Be told, and do nothing."""


def diagnostic(code: Code, where: str, message: str, limits: Limits = DEFAULT_LIMITS) -> Diagnostic:
    """Make a record; `where` is below what the record is kept at, "" for that itself."""
    return Diagnostic(code.text, where, code.severity, shown(message, limits.diagnostic_length))


def place(kind: str, name: str) -> str:
    """Return one step of a path: `variable Volume`."""
    return f"{kind} {shown(name, NAME_LENGTH)}"


def service_step(info: ServiceInfo) -> str:
    """Return the step of a path that is a service: its serviceId, or what else it has."""
    return shown(info.service_id or info.service_type or "service", NAME_LENGTH)


def path(*steps: str) -> str:
    """Return a path of steps, of which the empty ones do not count."""
    return "/".join([step for step in steps if step])


class Diagnostics:
    """What is wrong with one thing: each code once for each place, the first that was found; bounded.

    That values change from event to event therefore makes no second record. There is one of these for each
    action: without records it holds nothing.
    """

    __slots__ = ("_records",)

    def __init__(self) -> None:
        self._records: dict[tuple[str, str], Diagnostic] | None = None

    def add(self, found: Diagnostic, limits: Limits = DEFAULT_LIMITS) -> bool:
        """Keep a record, and tell whether it is news."""
        key = (found.code, found.where)
        if self._records is None:
            self._records = {}
        if key in self._records or len(self._records) >= limits.diagnostics:
            return False
        self._records[key] = found
        return True

    def has(self, code: Code, where: str) -> bool:
        """Tell whether a code is known of a place, so that there is no need to make a record."""
        return self._records is not None and (code.text, where) in self._records

    def take(self, other: "Diagnostics") -> None:
        """Have what another one has, and nothing else."""
        self._records = {(found.code, found.where): found for found in other} or None

    def __iter__(self) -> Iterator[Diagnostic]:
        """Iterate in the order found."""
        return iter(() if self._records is None else self._records.values())

    def below(self, start: str) -> list[Diagnostic]:
        """Return the records, with `where` as a path from further up."""
        return [
            Diagnostic(found.code, path(start, found.where), found.severity, found.message) for found in self
        ]


class Findings:
    """What is wrong with one document and its parts; the one place that knows what comes of it.

    A part is whatever gets a list of its own: a device in the description of another, an action. `""` is the
    document itself.
    """

    def __init__(self, *, strict: bool, limits: Limits = DEFAULT_LIMITS) -> None:
        self.strict = strict
        self.limits = limits
        self._left = limits.diagnostics
        self._parts: dict[str, Diagnostics] = {}

    def note(self, code: Code, where: str, message: str, part: str = "") -> None:
        """Note what does no harm: what could not be used is left out, and the rest is."""
        if self._left:
            kept = self._parts.setdefault(part, Diagnostics())
            self._left -= kept.add(diagnostic(code, where, message, self.limits), self.limits)

    def fault(self, error: UpnpError, code: Code, where: str, part: str = "") -> None:
        """Raise an error where documents are read strictly; otherwise note it."""
        if self.strict:
            raise error
        self.note(code, where, str(error), part)

    def of(self, part: str = "") -> tuple[Diagnostic, ...]:
        """Return what was found in one part, in the order found."""
        return tuple(self._parts.get(part, ()))

    def by_part(self) -> Mapping[str, tuple[Diagnostic, ...]]:
        """Return what was found in the parts of the document, by part."""
        return {part: tuple(found) for part, found in self._parts.items() if part}
