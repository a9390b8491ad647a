"""ConnectionManager: which kinds of resources a device sends, and takes (ConnectionManager:1).

A mixin of ``DmrDevice`` and ``DmsDevice``. What the device says is asked for once, and followed by events
where there are any: devices event these lists late, wrong (Linkplay), or not at all.
"""

import logging
from collections.abc import Iterable, Mapping
from typing import ClassVar, Final

from async_upnp_client._headers import shown
from async_upnp_client.client.device import UpnpDevice
from async_upnp_client.event_handler import UpnpEventHandler
from async_upnp_client.exceptions import UpnpResponseError
from async_upnp_client.profiles._services import Poll
from async_upnp_client.profiles.dlna.comma_lists import split_commas
from async_upnp_client.profiles.dlna.metadata import text_or_none
from async_upnp_client.profiles.dlna.protocol_info import ProtocolInfo
from async_upnp_client.profiles.profile import UpnpProfileDevice

_LOGGER = logging.getLogger(__name__)

GET_PROTOCOL_INFO: Final = "GetProtocolInfo"
PROTOCOL_INFO: Final[Poll] = ("CM", GET_PROTOCOL_INFO, {})


class ConnectionManagerMixin(UpnpProfileDevice):
    """What a device sends and takes."""

    _SERVICE_TYPES: ClassVar[dict[str, set[str]]] = {
        "CM": {
            "urn:schemas-upnp-org:service:ConnectionManager:1",
            "urn:schemas-upnp-org:service:ConnectionManager:2",
            "urn:schemas-upnp-org:service:ConnectionManager:3",
        },
    }

    def __init__(self, device: UpnpDevice, event_handler: UpnpEventHandler | None) -> None:
        super().__init__(device, event_handler)
        self._has_protocol_info = False

    async def async_update(self) -> None:
        """Ask for the lists, once for each object; errors of the connection as of the action."""
        if self._has_protocol_info:
            return
        await self._async_poll_all([PROTOCOL_INFO])
        self._has_protocol_info = True  # a device that refuses them refuses them the next time as well

    @property
    def has_get_protocol_info(self) -> bool:
        """Whether the device has the action that tells the lists."""
        return self._action("CM", GET_PROTOCOL_INFO) is not None

    async def async_get_protocol_info(self) -> Mapping[str, list[str]]:
        """Ask for the lists: what it sends as ``source``, what it takes as ``sink``.

        Both are empty where the device has not got the action. Errors as of the action.
        """
        action = self._action("CM", GET_PROTOCOL_INFO)
        if action is None:
            return {"source": [], "sink": []}
        answer = await action.async_call()
        return {
            "source": split_commas(text_or_none(answer.get("Source")) or ""),
            "sink": split_commas(text_or_none(answer.get("Sink")) or ""),
        }

    @property
    def source_protocol_info(self) -> list[str]:
        """What the device sends, as it says it; nothing while it is not known."""
        return self._protocol_list("SourceProtocolInfo")

    @property
    def sink_protocol_info(self) -> list[str]:
        """What the device takes, as it says it; nothing while it is not known."""
        return self._protocol_list("SinkProtocolInfo")

    def _protocol_list(self, variable_name: str) -> list[str]:
        variable = self._state_variable("CM", variable_name)
        return split_commas((None if variable is None else text_or_none(variable.value)) or "")

    @property
    def source_formats(self) -> list[ProtocolInfo]:
        """What the device sends (ConnectionManager:1 §2.5.2)."""
        return protocol_infos(self.source_protocol_info)

    @property
    def sink_formats(self) -> list[ProtocolInfo]:
        """What the device takes (ConnectionManager:1 §2.5.2)."""
        return protocol_infos(self.sink_protocol_info)

    def accepts_mime_type(self, mime_type: str) -> bool | None:
        """Tell whether the device takes a format; None while nothing is known of what it takes."""
        formats = self.sink_formats
        return any(info.accepts_mime_type(mime_type) for info in formats) if formats else None

    async def _async_sink_info_for_mime_type(self, mime_type: str) -> ProtocolInfo | None:
        """Give what the device says of a format that it takes, of several the one that says the most.

        It is asked where that is not known. None where it does not name the format, or cannot be asked.
        """
        formats = self.sink_formats
        if not formats:
            try:
                formats = protocol_infos((await self.async_get_protocol_info())["sink"])
            except UpnpResponseError as err:
                _LOGGER.debug("%s does not say what it takes: %s", self.name, shown(err))
        wanted = mime_type.partition(";")[0].strip().lower()
        fitting = [info for info in formats if info.mime_type == wanted]
        return max(fitting, key=lambda info: len(info.additional_info), default=None)


def protocol_infos(texts: Iterable[str]) -> list[ProtocolInfo]:
    """Read the items of a list; one without colons is the rest of that before it: forgives bare commas."""
    joined: list[str] = []
    for text in texts:
        if ":" not in text and joined:
            joined[-1] += f",{text}"
        else:
            joined.append(text)
    return [ProtocolInfo.parse(text) for text in joined]
