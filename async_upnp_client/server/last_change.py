"""LastChange, device side: the one evented variable of AV services, which tells all others (AVT:1 §2.2).

An author sets ``LAST_CHANGE`` of a service to the namespace of its events, declares ``LastChange`` evented,
and notes values on ``service.last_change``. Events carry what has changed since the last one, the initial
event everything. ``profiles.dlna.last_change`` reads it on the other side.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from async_upnp_client._xml import escape
from async_upnp_client.server.state_variable import UpnpEventableStateVariable

RENDERING_CONTROL_EVENTS: Final = "urn:schemas-upnp-org:metadata-1-0/RCS/"
AV_TRANSPORT_EVENTS: Final = "urn:schemas-upnp-org:metadata-1-0/AVT/"

LAST_CHANGE: Final = "LastChange"
MAX_RATE: Final = 0.2
"""Seconds between two events of LastChange (AVTransport:1 §2.3.1)."""

Values = dict[int, dict[tuple[str, str | None], str]]
"""Text by name and channel, by instance."""


class LastChangeVariable(UpnpEventableStateVariable[str]):
    """The variable: it knows what all others are, and which have changed since the last event."""

    namespace = ""
    """That of the events: the service's to set."""

    @property
    def max_rate(self) -> float:
        """The least number of seconds between two events: what is declared, or else that of the standard."""
        return super().max_rate or MAX_RATE

    def _all(self) -> tuple[Values, Values]:
        known: tuple[Values, Values] | None = self.__dict__.get("_values")
        if known is None:
            known = self.__dict__["_values"] = ({}, {})
        return known

    def note(self, name: str, text: str, *, instance: int = 0, channel: str | None = None) -> None:
        """Take the value of a variable, as text in UPnP's form; an event tells it if it is another."""
        values, changed = self._all()
        key = (name, channel)
        if values.get(instance, {}).get(key) == text:
            return
        values.setdefault(instance, {})[key] = text
        changed.setdefault(instance, {})[key] = text
        self._note_change()

    def initial_text(self) -> str:
        """Give everything that was ever noted (AVTransport:1 §2.3.1)."""
        return build_last_change(self.namespace, self._all()[0])

    def changed_text(self) -> str:
        """Give what has changed since this was asked for the last time."""
        changed = self._all()[1]
        text = build_last_change(self.namespace, changed)
        changed.clear()
        return text


def build_last_change(namespace: str, instances: Mapping[int, Mapping[tuple[str, str | None], str]]) -> str:
    """Write the text of a LastChange (AVTransport:1 §2.3.1): per instance, values by name and channel."""
    parts = [f"<Event xmlns={quoted(namespace)}>"]
    for instance, values in instances.items():
        parts.append(f'<InstanceID val="{instance}">')
        for (name, channel), text in values.items():
            where = "" if channel is None else f" channel={quoted(channel)}"
            parts.append(f"<{name}{where} val={quoted(text)}/>")
        parts.append("</InstanceID>")
    return "".join([*parts, "</Event>"])


def quoted(text: str) -> str:
    """Write the value of an attribute, whose line breaks a parser would make blanks otherwise."""
    plain = escape(text).replace('"', "&quot;").replace("\n", "&#10;").replace("\r", "&#13;")
    return '"' + plain.replace("\t", "&#9;") + '"'
