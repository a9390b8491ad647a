"""A media renderer in memory: its services as tests of `DmrDevice` need them, and what it answers.

It says what a test has it say, also what no standard has; a renderer that plays is `virtual.VirtualRenderer`.
"""

from collections.abc import Collection, Mapping
from typing import Any

from async_upnp_client.event_handler import UpnpEventHandler
from async_upnp_client.profiles.dlna import DmrDevice
from tests.support.descriptions import Variable
from tests.support.eventing import NotifyServer
from tests.support.soap_device import Answer, SoapDevice, SoapService

INSTANCE = {"InstanceID": "ui4"}
CHANNEL = {"InstanceID": "ui4", "Channel": "string"}

AVT_ACTIONS: dict[str, tuple[Mapping[str, str], Mapping[str, str]]] = {
    "SetAVTransportURI": (INSTANCE | {"CurrentURI": "string", "CurrentURIMetaData": "string"}, {}),
    "SetNextAVTransportURI": (INSTANCE | {"NextURI": "string", "NextURIMetaData": "string"}, {}),
    "GetMediaInfo": (INSTANCE, {"NrTracks": "ui4", "CurrentURI": "string", "CurrentURIMetaData": "string"}),
    "GetTransportInfo": (
        INSTANCE,
        {"CurrentTransportState": "string", "CurrentTransportStatus": "string", "CurrentSpeed": "string"},
    ),
    "GetPositionInfo": (
        INSTANCE,
        {
            "Track": "ui4",
            "TrackDuration": "string",
            "TrackMetaData": "string",
            "TrackURI": "string",
            "RelTime": "string",
        },
    ),
    "GetDeviceCapabilities": (INSTANCE, {"PlayMedia": "string"}),
    "GetTransportSettings": (INSTANCE, {"PlayMode": "string"}),
    "GetCurrentTransportActions": (INSTANCE, {"Actions": "string"}),
    "Stop": (INSTANCE, {}),
    "Play": (INSTANCE | {"Speed": "string"}, {}),
    "Pause": (INSTANCE, {}),
    "Seek": (INSTANCE | {"Unit": "string", "Target": "string"}, {}),
    "Next": (INSTANCE, {}),
    "Previous": (INSTANCE, {}),
    "SetPlayMode": (INSTANCE | {"NewPlayMode": "string"}, {}),
}
AVT_RELATED = {
    "CurrentURI": "AVTransportURI",
    "CurrentURIMetaData": "AVTransportURIMetaData",
    "NextURI": "NextAVTransportURI",
    "NextURIMetaData": "NextAVTransportURIMetaData",
    "NrTracks": "NumberOfTracks",
    "CurrentTransportState": "TransportState",
    "CurrentTransportStatus": "TransportStatus",
    "CurrentSpeed": "TransportPlaySpeed",
    "Speed": "TransportPlaySpeed",
    "Track": "CurrentTrack",
    "TrackDuration": "CurrentTrackDuration",
    "TrackMetaData": "CurrentTrackMetaData",
    "TrackURI": "CurrentTrackURI",
    "RelTime": "RelativeTimePosition",
    "PlayMedia": "PossiblePlaybackStorageMedia",
    "PlayMode": "CurrentPlayMode",
    "NewPlayMode": "CurrentPlayMode",
    "Actions": "CurrentTransportActions",
    "Unit": "A_ARG_TYPE_SeekMode",
}
AVT_VARIABLES = (
    Variable("LastChange", "string", "yes"),
    Variable("CurrentTrack", "ui4"),
    Variable("CurrentPlayMode", allowed=("NORMAL", "SHUFFLE", "repeat_all", "X_VENDOR")),
    Variable("A_ARG_TYPE_SeekMode", allowed=("TRACK_NR", "rel_time", "ABS_TIME")),
)
RC_ACTIONS: dict[str, tuple[Mapping[str, str], Mapping[str, str]]] = {
    "ListPresets": (INSTANCE, {"CurrentPresetNameList": "string"}),
    "SelectPreset": (INSTANCE | {"PresetName": "string"}, {}),
    "GetMute": (CHANNEL, {"CurrentMute": "boolean"}),
    "SetMute": (CHANNEL | {"DesiredMute": "boolean"}, {}),
    "GetVolume": (CHANNEL, {"CurrentVolume": "ui2"}),
    "SetVolume": (CHANNEL | {"DesiredVolume": "ui2"}, {}),
    "SetBrightness": (INSTANCE | {"DesiredBrightness": "ui2"}, {}),
    "SetContrast": (INSTANCE | {"DesiredContrast": "ui2"}, {}),
    "SetSharpness": (INSTANCE | {"DesiredSharpness": "ui2"}, {}),
    "SetColorTemperature": (INSTANCE | {"DesiredColorTemperature": "ui2"}, {}),
}
LEVELS = ("Volume", "Brightness", "Contrast", "Sharpness", "ColorTemperature")
RC_RELATED = {
    "CurrentPresetNameList": "PresetNameList",
    "CurrentMute": "Mute",
    "DesiredMute": "Mute",
    "CurrentVolume": "Volume",
    **{f"Desired{level}": level for level in LEVELS},
}
CM_ACTIONS: dict[str, tuple[Mapping[str, str], Mapping[str, str]]] = {
    "GetProtocolInfo": ({}, {"Source": "string", "Sink": "string"})
}
CM_RELATED = {"Source": "SourceProtocolInfo", "Sink": "SinkProtocolInfo"}


class Renderer(SoapDevice):
    """A renderer, without what a test leaves out, and its `DmrDevice`.

    `volume` is the range that the volume is declared with: minimum, maximum, step; None for what is not.
    """

    def __init__(
        self,
        *,
        without: Collection[str] = (),
        volume: tuple[str | None, str | None, str | None] = ("0", "100", "1"),
        version: int = 1,
        **answers: Answer,
    ) -> None:
        """Begin with answers to actions, by name."""

        def service(
            name: str, actions: Mapping[str, Any], related: Mapping[str, str], declared: Collection[Variable]
        ) -> SoapService:
            return SoapService(
                f"urn:schemas-upnp-org:service:{name}:{version}",
                f"urn:upnp-org:serviceId:{name}",
                {action: arguments for action, arguments in actions.items() if action not in without},
                answers={action: answer for action, answer in answers.items() if action in actions},
                related=related,
                declared=[variable for variable in declared if variable.name not in without],
            )

        levels = [Variable(level, "ui2", minimum="0", maximum="100") for level in LEVELS[1:]]
        low, high, step = volume
        self.av_transport = service("AVTransport", AVT_ACTIONS, AVT_RELATED, AVT_VARIABLES)
        self.rendering_control = service(
            "RenderingControl",
            RC_ACTIONS,
            RC_RELATED,
            [
                Variable("LastChange", "string", "yes"),
                Variable("Volume", "ui2", minimum=low, maximum=high, step=step),
                *levels,
            ],
        )
        self.connection_manager = service("ConnectionManager", CM_ACTIONS, CM_RELATED, ())
        services = [self.av_transport, self.rendering_control, self.connection_manager]
        kept = [one for one in services if one.service_id.rpartition(":")[2] not in without]
        super().__init__(f"urn:schemas-upnp-org:device:MediaRenderer:{version}", kept)

    async def async_profile(self, *, evented: bool = False) -> DmrDevice:
        """Return it as a control point has it; `evented` with an event handler."""
        handler = UpnpEventHandler(NotifyServer(), self) if evented else None
        return DmrDevice(await self.async_device(), handler)

    def called(self, *names: str) -> list[tuple[str, dict[str, str]]]:
        """Return the calls of some actions, or of all."""
        return [(name, arguments) for name, arguments in self.calls if not names or name in names]


def tell(dmr: DmrDevice, service: str, *, instance: int = 0, **values: str) -> None:
    """Have an event tell values of a service, as a LastChange."""
    tell_text(dmr, service, last_change(service, values, instance))


def tell_text(dmr: DmrDevice, service: str, text: str) -> None:
    """Have an event bring a text as LastChange of a service."""
    found = dmr._service(service)
    assert found is not None, "it has the service"
    found.on_event = dmr._on_event
    found.notify_changed_state_variables({"LastChange": text})


def last_change(service: str, values: Mapping[str, str], instance: int = 0) -> str:
    """Return the text of a LastChange."""
    namespace = {"AVT": "AVT", "RC": "RCS"}[service]
    inside = "".join(f'<{name} val="{escaped(text)}"/>' for name, text in values.items())
    return (
        f'<Event xmlns="urn:schemas-upnp-org:metadata-1-0/{namespace}/">'
        f'<InstanceID val="{instance}">{inside}</InstanceID></Event>'
    )


def escaped(text: str) -> str:
    """Return a text as the value of an attribute."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def didl(inside: str) -> str:
    """Return DIDL-Lite around something."""
    return (
        '<DIDL-Lite xmlns="urn:schemas-upnp-org:metadata-1-0/DIDL-Lite/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" '
        f'xmlns:upnp="urn:schemas-upnp-org:metadata-1-0/upnp/">{inside}</DIDL-Lite>'
    )
