"""Lists that OpenHome services write: sources, tracks, presets as XML, pins as JSON (rows O-003, O-005).

For ``player``. Pure; what cannot be read is an error of ours, what is not known is left out.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from async_upnp_client._xml import child_text, children, local_name, parse_xml
from async_upnp_client.exceptions import UpnpXmlContentError

MOST_DIGITS: Final = 10  # of an id, which has four bytes


@dataclass(frozen=True, slots=True)
class Source:
    """A source of a player; ``index`` is what SetSourceIndex takes. What it does not say is None."""

    index: int
    name: str | None
    source_type: str | None
    system_name: str | None
    is_visible: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """A track of a playlist or a preset of a radio; ``metadata`` is DIDL-Lite, ``uri`` "" for presets."""

    id: int
    uri: str
    metadata: str


@dataclass(frozen=True, slots=True)
class Pin:
    """A favourite: what to play, by which mode, and how to show it. What it does not say is ""."""

    id: int
    mode: str
    pin_type: str
    uri: str
    title: str
    description: str
    artwork_uri: str
    shuffle: bool


def parse_sources(text: str) -> list[Source]:
    """Read a SourceXml, in its order. UpnpXmlParseError or UpnpXmlContentError for a text that is none."""
    root = parse_xml(text, strict=False)
    if local_name(root.tag) != "SourceList":
        raise UpnpXmlContentError(f"a list of sources is a {local_name(root.tag)}")
    return [
        Source(
            index,
            child_text(element, "Name"),
            child_text(element, "Type"),
            child_text(element, "SystemName"),
            (child_text(element, "Visible") or "").lower() in ("true", "1"),
        )
        for index, element in enumerate(children(root, "Source"))
    ]


def parse_entries(text: str) -> list[Entry]:
    """Read what ReadList of a Playlist or a Radio tells. Errors as with sources."""
    if not text.strip():
        return []
    root = parse_xml(text, strict=False)
    return [
        Entry(int(number), child_text(element, "Uri") or "", child_text(element, "Metadata") or "")
        for element in children(root, "Entry")
        if (number := child_text(element, "Id") or "").isdecimal() and len(number) <= MOST_DIGITS
    ]


def parse_pins(text: str) -> list[Pin]:
    """Read what ReadList of Pins tells; ValueError for what is no list of them."""
    try:
        listed = json.loads(text or "[]")
    except (ValueError, RecursionError) as err:
        raise ValueError(f"the list of pins is no JSON: {err}") from err
    if not isinstance(listed, list):
        raise ValueError("the list of pins is none")  # noqa: TRY004 - what a peer says is a value
    return [
        Pin(
            number,
            text_of(one, "mode"),
            text_of(one, "type"),
            text_of(one, "uri"),
            text_of(one, "title"),
            text_of(one, "description"),
            text_of(one, "artworkUri"),
            shuffle=one.get("shuffle") is True,
        )
        for one in listed
        if isinstance(one, dict) and type(number := one.get("id")) is int
    ]


def text_of(pin: Mapping[str, object], key: str) -> str:
    """Return a text of a pin, "" for what is none."""
    value = pin.get(key)
    return value if isinstance(value, str) else ""
