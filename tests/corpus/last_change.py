"""LastChange of AVTransport and RenderingControl: the text in an event that is itself XML."""

import importlib
from collections.abc import Callable, Sequence
from typing import Any, Final

from async_upnp_client.client import UpnpService, UpnpStateVariable
from async_upnp_client.utils import str_to_time
from tests.corpus.builders import AV_TRANSPORT, last_change, scpd, vals, value_list, value_range, variable
from tests.corpus.case import Case
from tests.corpus.event_doors import Evented, Subscriber, changed

SCPD: Final = scpd(
    variable("LastChange"),
    variable("TransportState", more=value_list("PLAYING", "STOPPED")),
    variable("NumberOfTracks", "ui4", more=value_range(0, 1)),
    variable("PlaybackStorageMedium", more=value_list("NETWORK", "NONE")),
    variable("CurrentTrackURI"),
    variable("CurrentTrackMetaData"),
    variable("Volume", "ui2"),
)


class Renderer(Subscriber):
    """A user who reads LastChange by the public reader of this release, or of an earlier one."""

    def on_event(self, service: UpnpService, variables: Sequence[UpnpStateVariable[Any]]) -> None:
        """Take a call, and what is in its LastChange."""
        super().on_event(service, variables)
        for each in variables:
            if each.name == "LastChange":
                apply(service, each)


def apply(service: UpnpService, each: UpnpStateVariable[Any]) -> None:
    """Tell the service of the changes in LastChange."""
    try:
        reader = importlib.import_module("async_upnp_client.profiles.dlna.last_change").parse_last_change
    except ImportError:
        importlib.import_module("async_upnp_client.profiles.dlna").dlna_handle_notify_last_change(each)
        return
    values = reader(each.value or "").get("0", {})
    service.notify_changed_state_variables(values)


def values(seen: Subscriber) -> tuple[list[int], dict[str, Any]]:
    """Return what was answered, and the values known but LastChange."""
    return seen.statuses, {name: value for name, value in seen.values.items() if name != "LastChange"}


def evented(*texts: str, look: Callable[[Subscriber], Any] = values) -> Evented:
    """Return the way of these LastChanges."""
    return Evented(SCPD, [changed(text) for text in texts], look, AV_TRANSPORT, Renderer)


class Read:
    """A text is read as a duration."""

    def __init__(self, text: str) -> None:
        self.text = text

    async def observed(self) -> Any:
        """Read it."""
        return str_to_time(self.text)


PLAYING: Final = last_change(vals({"TransportState": "PLAYING"}))
STOPPED: Final = {"TransportState": "STOPPED"}
AVT: Final = "urn:schemas-upnp-org:metadata-1-0/AVT/"
DIDL: Final = '<DIDL-Lite xmlns="d"><item><song:id>1</song:id></item></DIDL-Lite>'

CASES: Final = [
    Case(
        "only-closing-tags",
        "Bose SoundTouch",
        evented(PLAYING, "</InstanceID></Event>"),
        ([200, 200], {"TransportState": "PLAYING"}),
    ),
    Case("empty", "Xiaomi speaker", evented(PLAYING, ""), ([200, 200], {"TransportState": "PLAYING"})),
    Case(
        "number-of-tracks-outside-its-range",
        "Xiaomi speaker",
        evented(last_change(vals({"NumberOfTracks": "18", "TransportState": "STOPPED"}))),
        ([200], {"NumberOfTracks": 18, "TransportState": "STOPPED"}),
    ),
    Case(
        "vendor-variables",
        "Xiaomi speaker",
        evented(
            last_change(
                '<mi:Flags val="1"/>' + vals(STOPPED),
                root=f'<Event xmlns="{AVT}" xmlns:mi="urn:mi-com">',
            )
        ),
        ([200], STOPPED),
    ),
    Case(
        "unbound-prefixes",
        "OwnTone-fed device, Xiaomi speaker",
        evented(last_change('<mi:Flags val="1"/>' + vals(STOPPED) + '<r:Next val="x"/>')),
        ([200], STOPPED),
    ),
    Case(
        "unbound-prefix-of-a-known-variable",
        "none in particular",
        evented(last_change('<avt:TransportState val="STOPPED"/>')),
        ([200], STOPPED),
    ),
    Case(
        "unbound-prefix-in-the-metadata",
        "JBL, Samsung",
        evented(last_change(vals({"CurrentTrackMetaData": DIDL, "TransportState": "STOPPED"}))),
        ([200], {"CurrentTrackMetaData": DIDL, "TransportState": "STOPPED"}),
    ),
    Case(
        "bare-ampersand",
        "devices of HA#121369",
        evented(last_change('<CurrentTrackURI val="http://h/a?b=1&c=2"/>' + vals(STOPPED))),
        ([200], {"CurrentTrackURI": "http://h/a?b=1&c=2", "TransportState": "STOPPED"}),
    ),
    Case(
        "list-in-a-scalar",
        "Samsung TV",
        evented(last_change(vals({"PlaybackStorageMedium": "NETWORK,NONE", "TransportState": "STOPPED"}))),
        ([200], {"PlaybackStorageMedium": "NETWORK,NONE", "TransportState": "STOPPED"}),
    ),
    Case(
        "truncated",
        "devices with short buffers",
        evented(last_change(vals(STOPPED) + '<CurrentTrackURI val="http://h')),
        ([200], STOPPED),
    ),
    Case(
        "byte-order-mark",
        "none in particular",
        evented("\ufeff" + last_change(vals(STOPPED))),
        ([200], STOPPED),
    ),
    Case(
        "trailing-nuls", "none in particular", evented(last_change(vals(STOPPED)) + " \n"), ([200], STOPPED)
    ),
    Case(
        "declaration-after-a-blank",
        "none in particular",
        evented(' <?xml version="1.0"?>' + last_change(vals(STOPPED))),
        ([200], STOPPED),
    ),
    Case(
        "html-instead",
        "routers",
        evented(PLAYING, "<html><body>Error<br></body></html>"),
        ([200, 200], {"TransportState": "PLAYING"}),
    ),
    Case("text-instead", "Linkplay", evented(PLAYING, "0"), ([200, 200], {"TransportState": "PLAYING"})),
    Case(
        "wrong-namespace",
        "none in particular",
        evented(last_change(vals(STOPPED), root='<Event xmlns="urn:schemas-upnp-org:metadata-1-0/RCS/">')),
        ([200], STOPPED),
    ),
    Case(
        "no-namespace",
        "none in particular",
        evented(last_change(vals(STOPPED), root="<Event>")),
        ([200], STOPPED),
    ),
    Case(
        "value-attribute-in-capitals",
        "none in particular",
        evented(last_change('<TransportState Val="STOPPED"/>')),
        ([200], STOPPED),
    ),
    Case(
        "channels-master-counts",
        "Sonos and others",
        evented(last_change('<Volume channel="Master" val="7"/><Volume channel="LF" val="100"/>')),
        ([200], {"Volume": 7}),
    ),
    Case(
        "unreadable-number-beside-others",
        "Sonos",
        evented(last_change(vals({"NumberOfTracks": "RINCON_1,37", "TransportState": "STOPPED"}))),
        ([200], STOPPED),
    ),
    Case("empty-duration", "Sony HT-XT3", Read(""), None),
    Case("not-implemented-as-a-duration", "renderers", Read("NOT_IMPLEMENTED"), None),
]
