"""DmrDevice: a media renderer, as a control point sees it (MediaRenderer:1).

What its services do is in ``av_transport``, ``rendering_control`` and ``connection_manager``; here is what
takes several of them: updates, events, playing something, and what is known of the track.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any, ClassVar, Final

from async_upnp_client._headers import shown
from async_upnp_client.client.device import UpnpDevice
from async_upnp_client.client.service import UpnpService
from async_upnp_client.client.state_variable import UpnpStateVariable
from async_upnp_client.event_handler import UpnpEventHandler
from async_upnp_client.exceptions import UpnpActionError, UpnpError
from async_upnp_client.profiles._services import Poll
from async_upnp_client.profiles.dlna.av_events import LAST_CHANGE, take_last_change
from async_upnp_client.profiles.dlna.av_transport import AVTransportMixin
from async_upnp_client.profiles.dlna.connection_manager import PROTOCOL_INFO, ConnectionManagerMixin
from async_upnp_client.profiles.dlna.last_change import DEFAULT_INSTANCE
from async_upnp_client.profiles.dlna.media import (
    ANY_FEATURES,
    DEFAULT_CLASS,
    DEFAULT_MIME_TYPE,
    Media,
    Said,
    async_fetch_headers,
    class_of,
    guess_mime_type,
    same_types,
    size_of,
)
from async_upnp_client.profiles.dlna.rendering_control import INSTANCE, MASTER, RenderingControlMixin
from async_upnp_client.profiles.dlna.track import TrackMixin
from async_upnp_client.profiles.dlna.transport_state import POSITION, STATE
from async_upnp_client.profiles.dlna.types import TransportState

_LOGGER = logging.getLogger(__name__)

AV_TRANSPORT_ID: Final = "urn:upnp-org:serviceId:AVTransport"
CONNECTION_MANAGER_ID: Final = "urn:upnp-org:serviceId:ConnectionManager"
RENDERING_CONTROL_ID: Final = "urn:upnp-org:serviceId:RenderingControl"

EVENTED: Final[Sequence[Poll]] = (
    ("AVT", "GetMediaInfo", {"InstanceID": INSTANCE}),
    ("AVT", "GetDeviceCapabilities", {"InstanceID": INSTANCE}),
    ("AVT", "GetTransportSettings", {"InstanceID": INSTANCE}),
    ("AVT", "GetCurrentTransportActions", {"InstanceID": INSTANCE}),
    ("RC", "GetMute", {"InstanceID": INSTANCE, "Channel": MASTER}),
    ("RC", "GetVolume", {"InstanceID": INSTANCE, "Channel": MASTER}),
)
"""What is polled where events do not tell it."""
MOST_CHANNELS: Final = 256
"""Values kept of other channels than Master, of which the standard has 16 with four variables each. What
comes beyond is not kept."""

HAVE_POSITION: Final = frozenset({TransportState.PLAYING, TransportState.PAUSED_PLAYBACK})
MUST_STOP: Final = frozenset(
    {TransportState.PLAYING, TransportState.TRANSITIONING, TransportState.PAUSED_PLAYBACK}
)


class DmrDevice(TrackMixin, AVTransportMixin, RenderingControlMixin, ConnectionManagerMixin):
    """A media renderer: what it plays, how loud, and what it is told to do."""

    DEVICE_TYPES: ClassVar[list[str]] = [
        "urn:schemas-upnp-org:device:MediaRenderer:1",
        "urn:schemas-upnp-org:device:MediaRenderer:2",
        "urn:schemas-upnp-org:device:MediaRenderer:3",
    ]
    SERVICE_IDS: ClassVar[Collection[str]] = frozenset(
        {AV_TRANSPORT_ID, CONNECTION_MANAGER_ID, RENDERING_CONTROL_ID}
    )
    _SERVICE_TYPES: ClassVar[dict[str, set[str]]] = {
        **RenderingControlMixin._SERVICE_TYPES,  # noqa: SLF001  # its own base
        **AVTransportMixin._SERVICE_TYPES,  # noqa: SLF001
        **ConnectionManagerMixin._SERVICE_TYPES,  # noqa: SLF001
    }
    _POLLS: ClassVar[Sequence[Poll]] = (STATE, POSITION, *EVENTED, PROTOCOL_INFO)

    def __init__(self, device: UpnpDevice, event_handler: UpnpEventHandler | None) -> None:
        super().__init__(device, event_handler)
        self._has_been_updated = False
        self._requested_transport_uri: str | None = None
        self._channels: dict[tuple[str, str], str] = {}
        self._playing = asyncio.Lock()

    # --- Updates and events ---

    async def async_update(self, do_ping: bool = True) -> None:
        """Ask for what events do not tell: all of it at first, and of services whose events do not come.

        Later the position only, and with `do_ping` the state of the transport, which tells whether the device
        is there. What it refuses is left out; errors of the connection as of the action.
        """
        wanted: list[Poll] = [] if self._has_protocol_info else [PROTOCOL_INFO]
        has_transport = self._service("AVT") is not None
        # at first no event may have told it: that is on its way, or has nothing in it (row A-004)
        is_told = self._has_been_updated or self._text("TransportState") is not None
        if has_transport and (do_ping or not (is_told and self.has_transport_events)):
            wanted.append(STATE)
        has_position = self.transport_state in HAVE_POSITION
        if has_position:
            wanted.append(POSITION)
        if has_transport:
            known = {alias for alias in ("AVT", "RC") if self._has_been_updated and self._events_come(alias)}
            wanted += [poll for poll in EVENTED if poll[0] not in known]
        await self._async_poll_all(wanted)
        self._has_protocol_info = True
        if not has_position and self.transport_state in HAVE_POSITION:
            await self._async_poll_all([POSITION])
        self._has_been_updated = self._has_been_updated or has_transport
        if do_ping and not has_transport:
            await self.profile_device.async_ping()

    def _on_event(self, service: UpnpService, state_variables: Sequence[UpnpStateVariable[Any]]) -> None:
        """Take an event; that of a LastChange after what it tells."""
        names = {variable.name for variable in state_variables}
        if LAST_CHANGE in names:
            self._take_last_change(service)
        if not names:
            self._transport_actions.described_anew()  # events were lost: it may have restarted
        elif service.service_id == AV_TRANSPORT_ID or service is self._service("AVT"):
            self._on_transport_event(names)
        super()._on_event(service, state_variables)

    def _take_last_change(self, service: UpnpService) -> None:
        told = take_last_change(service, service.state_variable(LAST_CHANGE).value)
        for (instance, channel), values in told.channels.items():
            for name, text in values.items() if instance == DEFAULT_INSTANCE else ():
                key = (name, channel)
                if key in self._channels or (
                    name in service.state_variables and len(self._channels) < MOST_CHANNELS
                ):
                    self._channels[key] = text

    def channel_value(self, variable_name: str, channel: str) -> str | None:
        """Give what events told of another channel than Master, such as ``Volume`` of ``LF``, as text."""
        return self._channels.get((variable_name, channel))

    # --- What it is told to play ---

    @property
    def has_play_media(self) -> bool:
        """Whether it can be told what to play."""
        return self._has_action("SetAVTransportURI")

    @property
    def has_next_transport_uri(self) -> bool:
        """Whether it can be told what to play next, without a gap."""
        return self._state_variable("AVT", "NextAVTransportURI") is not None and self._has_action(
            "SetNextAVTransportURI"
        )

    async def async_set_transport_uri(
        self, media_url: str, media_title: str, meta_data: str | Mapping[str, Any] | None = None
    ) -> None:
        """Tell it what to play; it plays that after ``async_play``.

        `meta_data` is sent as it is where it is text; otherwise it is made, as
        ``construct_play_media_metadata`` does with a mapping, of a class with room for all that is told. A
        renderer that refuses it is offered less, in the end none; one that refuses to change what it plays is
        stopped first.

        UpnpError where it has no such action; otherwise the first error, as of the action.
        """
        action = self._action("AVT", "SetAVTransportURI")

        async def async_set(text: str) -> None:
            await self._async_transport("SetAVTransportURI", CurrentURI=media_url, CurrentURIMetaData=text)

        texts = await self._async_metadata_texts(media_url, media_title, meta_data)
        if action is None:
            raise UpnpError(f"{self.name} has no action AVT/SetAVTransportURI")
        self._requested_transport_uri = media_url
        await self._async_offer(async_set, texts, stops=True)

    async def async_set_next_transport_uri(
        self, media_url: str, media_title: str, meta_data: str | Mapping[str, Any] | None = None
    ) -> None:
        """Tell it what to play after what it plays, without a gap; as ``async_set_transport_uri`` does."""
        action = self._action("AVT", "SetNextAVTransportURI")

        async def async_set(text: str) -> None:
            await self._async_transport("SetNextAVTransportURI", NextURI=media_url, NextURIMetaData=text)

        texts = await self._async_metadata_texts(media_url, media_title, meta_data)
        if action is None:
            raise UpnpError(f"{self.name} has no action AVT/SetNextAVTransportURI")
        await self._async_offer(async_set, texts, stops=False)

    async def _async_offer(
        self, async_set: Callable[[str], Awaitable[None]], texts: Sequence[str], *, stops: bool
    ) -> None:
        """Offer metadata, and less where it is refused; the first error counts."""
        first: UpnpActionError | None = None
        for text in texts:
            try:
                await async_set(text)
            except UpnpActionError as err:
                first = first or err
                if err.error_code == 701 and stops and self.transport_state in MUST_STOP:
                    # some take another URI only while they are stopped
                    stops = False
                    try:
                        await self._async_transport("Stop", (TransportState.STOPPED,))
                        await async_set(text)
                    except UpnpActionError as err_then:
                        err = err_then  # it is what counts now
                    else:
                        return
                if not is_refusal_of_metadata(err.error_code):
                    raise first from None
                _LOGGER.debug("%s refuses the metadata, it is offered less: %s", self.name, shown(err))
            else:
                return
        if first is not None:
            raise first

    async def _async_metadata_texts(
        self, media_url: str, media_title: str, meta_data: str | Mapping[str, Any] | None
    ) -> list[str]:
        """Return what to offer, from everything to nothing."""
        if isinstance(meta_data, str):
            mime_type = guess_mime_type(media_url)
            texts = [meta_data]
        else:
            media = await self._async_describe(media_url, media_title, meta_data, Said())
            mime_type = media.mime_type
            texts = [media.with_room().build()]
        if texts[0]:
            texts += [Media(media_url, media_title, mime_type).minimal().build(), ""]
        return list(dict.fromkeys(texts))

    async def construct_play_media_metadata(
        self,
        media_url: str,
        media_title: str,
        default_mime_type: str | None = None,
        default_upnp_class: str | None = None,
        override_mime_type: str | None = None,
        override_upnp_class: str | None = None,
        override_dlna_features: str | None = None,
        meta_data: Mapping[str, Any] | None = None,
    ) -> str:
        """Make the DIDL-Lite text that tells a renderer about media (AVTransport:1 §2.4.1).

        The server of `media_url` is asked for its type, size and DLNA features, unless both type and features
        are given; what it does not tell is guessed from the URL, then the default. `meta_data` has properties
        by the names of didl_lite (``artist``, ``album_art_uri``), of which `title` takes the place of
        `media_title`, and the resource's `duration` (a timedelta, or H:MM:SS) and `size` in bytes.

        UpnpError for an upnp:class that didl_lite does not know.
        """
        said = Said(
            default_mime_type,
            default_upnp_class,
            override_mime_type,
            override_upnp_class,
            override_dlna_features,
        )
        media = await self._async_describe(media_url, media_title, meta_data, said)
        return media.build()

    async def _async_describe(
        self, media_url: str, media_title: str, meta_data: Mapping[str, Any] | None, said: Said
    ) -> Media:
        headers: Mapping[str, str] = {}
        if said.override_mime_type is None or said.override_dlna_features is None:
            headers = await self._fetch_headers(media_url, {"GetContentFeatures.dlna.org": "1"}) or {}
        mime_type = said.override_mime_type or headers.get("Content-Type") or guess_mime_type(media_url)
        mime_type = mime_type or said.default_mime_type or DEFAULT_MIME_TYPE
        if said.override_mime_type is None:
            mime_type = self._as_listed(mime_type)
        features = said.override_dlna_features or headers.get("ContentFeatures.dlna.org")
        if said.override_dlna_features is None and features and self.has_get_protocol_info:
            listed = await self._async_sink_info_for_mime_type(mime_type)
            if listed is not None and listed.additional_info == ANY_FEATURES:
                features = None
        upnp_class = (
            said.override_upnp_class or class_of(mime_type) or said.default_upnp_class or DEFAULT_CLASS
        )
        properties = dict(meta_data or {})
        title = str(properties.pop("title", None) or media_title)
        return Media(media_url, title, mime_type, features, upnp_class, size_of(headers), properties)

    def _as_listed(self, mime_type: str) -> str:
        """Give a type the name by which the renderer lists it, where that is another."""
        if self.accepts_mime_type(mime_type) is not False:
            return mime_type
        listed = {info.mime_type for info in self.sink_formats}
        return next(iter(sorted(same_types(mime_type) & listed)), mime_type)

    async def _fetch_headers(self, url: str, headers: Mapping[str, str]) -> Mapping[str, str] | None:
        """Give the headers of media, without fetching it; None where they cannot be had."""
        return await async_fetch_headers(self.profile_device.requester, url, headers)

    async def async_play_media(
        self,
        media_url: str,
        media_title: str,
        meta_data: str | Mapping[str, Any] | None = None,
        *,
        max_wait_time: float = 5.0,
    ) -> bool:
        """Set what to play, wait until it can be played, play it; return whether it plays, or is about to.

        `meta_data` as of ``async_set_transport_uri``; `max_wait_time`, in seconds, is that of each wait.
        Errors as of the actions.
        """
        async with self._playing:  # one after the other, or the URI of the one is played for the other
            await self.async_set_transport_uri(media_url, media_title, meta_data)
            await self.async_wait_for_can_play(max_wait_time)
            # whatever it lists: what was set is there to be played
            await self._async_transport("Play", (TransportState.PLAYING,), Speed="1")
            await self._async_poll_all([STATE])
            return await self.async_wait_for(
                lambda: self.transport_state in (TransportState.PLAYING, TransportState.TRANSITIONING),
                max_wait_time,
            )

    async def async_wait_for_can_play(self, max_wait_time: float = 5) -> None:
        """Wait until it can play, or plays what was set last; at most `max_wait_time` seconds.

        The state is polled, as some renderers event it late, and looked at with each event.
        """

        async def async_poll() -> None:
            polled = ("GetCurrentTransportActions", "GetTransportInfo")
            await self._async_poll_state_variables("AVT", polled, InstanceID=INSTANCE)
            if self.transport_state is TransportState.PLAYING:
                await self._async_poll_state_variables("AVT", "GetMediaInfo", InstanceID=INSTANCE)

        await self.async_wait_for(
            lambda: (
                self.can_play
                or (
                    self.transport_state is TransportState.PLAYING
                    and self.av_transport_uri == self._requested_transport_uri
                )
            ),
            max_wait_time,
            async_poll,
        )


def is_refusal_of_metadata(code: int | None) -> bool:
    """Tell whether an error may mean that metadata was not understood: 402, and AVTransport's own."""
    return code is not None and (code == 402 or 700 <= code <= 799)  # Invalid Args
