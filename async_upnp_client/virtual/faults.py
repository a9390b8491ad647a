"""What real devices do wrong, for a virtual one to do as well: refusals, silence, nonsense.

A test sets these on ``device.faults``, at any time; what it leaves alone works as the standard says.
``service`` looks here at each call and each event. It must not know what actions mean.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from async_upnp_client.client import UpnpStateVariable
from async_upnp_client.server import UpnpEventableStateVariable


@dataclass
class Faults:
    """Faults to be switched on; all are off at first."""

    refuse: dict[str, int] = field(default_factory=dict)
    """Actions that are refused, with the error code of each."""
    lose_answer: set[str] = field(default_factory=set)
    """Actions that are carried out and never answered."""
    seconds: float = 0.0
    """How long each action takes."""
    answer: dict[str, dict[str, str]] = field(default_factory=dict)
    """By action, out-arguments that have these texts instead of true ones; no text is too wrong."""
    lose_events: set[str] = field(default_factory=set)
    """Services, by the name in their type, whose changes are not told. The first event comes."""


class Nonsense(UpnpEventableStateVariable[Any]):
    """A state variable with a text that need not fit it: in an answer, or in an event."""

    def __init__(self, variable: UpnpStateVariable[Any], text: str) -> None:
        super().__init__(variable.info, str)
        self._value = text

    def coerce_upnp(self, value: Any) -> str:
        """Give the text as it is."""
        return str(value)
