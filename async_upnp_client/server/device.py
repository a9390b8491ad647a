"""UDA chapter 2, device side: a device as its author writes it, and its description.

An author derives from ``UpnpServerDevice``, and names services and embedded devices; ``server.lifecycle``
makes the tree, once the port is known, and publishes it. It must not know HTTP or SSDP.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any, ClassVar, cast
from urllib.parse import urlsplit
from uuid import uuid4
from xml.etree import ElementTree as ET

from async_upnp_client._addresses import absolute_url
from async_upnp_client._protocol.announcing import AnnouncedDevice
from async_upnp_client._protocol.description import DeviceDocument
from async_upnp_client._protocol.description_writer import (
    SPEC_VERSION,
    build_device_document,
    device_root,
    service_element,
)
from async_upnp_client.client.device import UpnpDevice
from async_upnp_client.client.requester import UpnpRequester
from async_upnp_client.client.service import UpnpService
from async_upnp_client.const import DeviceIcon, DeviceInfo, HttpRequest, HttpResponse, ServiceInfo
from async_upnp_client.server.service import UpnpServerService

CONFIG_IDS = 2**24  # CONFIGID is below it (UDA 2.0 §1.2.2)


class NopRequester(UpnpRequester):
    """Answers each request with 200 and nothing else, and sends none: for a device without a network."""

    async def async_http_request(self, http_request: HttpRequest) -> HttpResponse:  # noqa: ARG002 - its port
        """Give the answer."""
        return HttpResponse(200, {}, None)


class UpnpServerDevice(UpnpDevice):
    """A device of ours: what it says of itself, its services, the devices embedded in it.

    ``base_uri`` is the URL of the HTTP server that serves it, with no path. ``boot_id`` and ``config_id`` are
    those of its announcements (UDA 2.0 §1.2.2). ``ROUTES`` are aiohttp's, for what else it serves, as a
    presentation page; ``routes`` gives them, for authors whose handlers are methods of the device.
    """

    DEVICE_DEFINITION: ClassVar[DeviceInfo]
    EMBEDDED_DEVICES: ClassVar[Sequence[type[UpnpServerDevice]]] = ()
    SERVICES: ClassVar[Sequence[type[UpnpServerService]]] = ()
    ROUTES: ClassVar[Sequence[Any] | None] = None
    SPEC_VERSION: ClassVar[tuple[int, int]] = SPEC_VERSION
    """The version of the UDA that descriptions announce; some control points take 1.0 and 1.1 only."""
    LANGUAGE: ClassVar[str] = "en"
    """The language that the texts of the description are in (UDA 2.0 §2.11)."""

    def __init__(self, requester: UpnpRequester, base_uri: str, boot_id: int = 1, config_id: int = 1) -> None:
        definition = self.DEVICE_DEFINITION
        services = [service_type(requester=requester) for service_type in self.SERVICES]
        embedded = [
            device_type(requester=requester, base_uri=base_uri, boot_id=boot_id, config_id=config_id)
            for device_type in self.EMBEDDED_DEVICES
        ]
        super().__init__(
            requester,
            definition._replace(url=absolute_url(base_uri, definition.url)),
            services,
            embedded,
        )
        self.base_uri = base_uri
        self.boot_id = boot_id
        self.config_id = config_id
        self._description: tuple[int, str] | None = None

    @property
    def host(self) -> str:
        """The host of ``base_uri``, without brackets."""
        return urlsplit(self.base_uri).hostname or ""

    @property
    def own_server_services(self) -> list[UpnpServerService]:
        """The services of this device itself."""
        return cast("list[UpnpServerService]", self.own_services)

    @property
    def all_server_devices(self) -> list[UpnpServerDevice]:
        """This device and those embedded in it at any depth."""
        return cast("list[UpnpServerDevice]", self.all_devices)

    @property
    def all_server_services(self) -> list[UpnpServerService]:
        """The services of this device and of those embedded in it."""
        return cast("list[UpnpServerService]", self.all_services)

    def routes(self) -> Sequence[Any]:
        """Give the routes of aiohttp for what else this device serves. Authors extend it."""
        return self.ROUTES or ()

    def announced(self) -> AnnouncedDevice:
        """Give what SSDP is to know of the device."""
        return AnnouncedDevice(
            self.udn,
            self.device_type,
            tuple([service.service_type for service in self.own_services]),
            tuple([cast("UpnpServerDevice", device).announced() for device in self.own_devices]),
        )

    def document(self) -> DeviceDocument:
        """Give the record of the description, with URLs as the author wrote them."""
        return DeviceDocument(
            self.device_info._replace(url=self.DEVICE_DEFINITION.url),
            tuple([described(service) for service in self.own_server_services]),
            tuple([cast("UpnpServerDevice", device).document() for device in self.own_devices]),
            self.base_uri,
        )

    def description(self) -> str:
        """Give the text of the device description (UDA 2.0 §2.3)."""
        if self._description is None or self._description[0] != self.config_id:
            text = build_device_document(
                self.document(), config_id=self.config_id, spec_version=self.SPEC_VERSION
            )
            self._description = (self.config_id, text)
        return self._description[1]

    def derive_config_id(self) -> int:
        """Give a CONFIGID that changes when any of the documents does (UDA 2.0 §1.2.2)."""
        texts = [build_device_document(self.document(), spec_version=self.SPEC_VERSION)]
        texts += [service.description() for service in self.all_server_services]
        return zlib.crc32("\n".join(texts).encode()) % CONFIG_IDS

    def set_ids(self, boot_id: int, config_id: int) -> None:
        """Give the whole tree other ids, for its next announcements."""
        for device in self.all_server_devices:
            device.boot_id, device.config_id = boot_id, config_id

    async def async_start(self) -> None:
        """Begin what the device does by itself, and those in it; called before it is announced.

        Authors extend it.
        """
        for device in self.own_devices:
            await cast("UpnpServerDevice", device).async_start()

    async def async_stop(self) -> None:
        """End what the device does, and its services; called after it has said byebye. Authors extend it.

        Also called where the start has failed, at whatever point.
        """
        for device in reversed(self.own_devices):
            await cast("UpnpServerDevice", device).async_stop()
        for service in self.own_server_services:
            await service.async_stop()


def described(service: UpnpServerService) -> ServiceInfo:
    """Return what the description says of a service: without events it has no URL for them (S-026)."""
    info = service.service_info
    return info if service.has_events else info._replace(event_sub_url="")


def create_device_info(
    device_type: str,
    friendly_name: str,
    *,
    udn: str | None = None,
    manufacturer: str = "async-upnp-client",
    model_name: str = "async-upnp-client",
    url: str = "/device.xml",
    manufacturer_url: str | None = None,
    model_description: str | None = None,
    model_number: str | None = None,
    model_url: str | None = None,
    serial_number: str | None = None,
    upc: str | None = None,
    presentation_url: str | None = None,
    icons: Sequence[DeviceIcon] = (),
) -> DeviceInfo:
    """Say what a device is, in as few words as it takes (UDA 2.0 §2.3).

    ``udn`` is to stay with the device for ever; without one it has a new identity at each start.
    """
    return DeviceInfo(
        device_type=device_type,
        friendly_name=friendly_name,
        manufacturer=manufacturer,
        manufacturer_url=manufacturer_url,
        model_description=model_description,
        model_name=model_name,
        model_number=model_number,
        model_url=model_url,
        serial_number=serial_number,
        udn=udn or f"uuid:{uuid4()}",
        upc=upc,
        presentation_url=presentation_url,
        url=url,
        icons=list(icons),
        xml=ET.Element("server_device"),
    )


def create_service_info(service_type: str, service_id: str | None = None, *, path: str = "") -> ServiceInfo:
    """Say what a service is; its id and its URLs follow from its type where they are not given.

    ``path`` goes before the URLs, to keep apart those of a type that several devices of one tree have.
    """
    parts = service_type.split(":")
    name = parts[3] if len(parts) > 3 else service_type
    domain = "upnp-org" if parts[1:2] == ["schemas-upnp-org"] else parts[1] if len(parts) > 1 else "upnp-org"
    return ServiceInfo(
        service_id=service_id or f"urn:{domain}:serviceId:{name}",
        service_type=service_type,
        control_url=f"{path}/{name}/control",
        event_sub_url=f"{path}/{name}/events",
        scpd_url=f"{path}/{name}/scpd.xml",
        xml=ET.Element("server_service"),
    )


class UpnpXmlSerializer:
    """Writes the description of a device or a service of ours as an element."""

    @classmethod
    def to_xml(cls, thing: UpnpDevice | UpnpService) -> ET.Element:
        """Give the root element. NotImplementedError for anything else than a device or service of ours."""
        if isinstance(thing, UpnpServerDevice):
            return device_root(thing.document(), thing.config_id, thing.SPEC_VERSION)
        if isinstance(thing, UpnpServerService):
            return service_element(
                [variable.info for variable in thing.state_variables.values()],
                [action.info for action in thing.actions.values()],
                thing.SPEC_VERSION,
            )
        # the error that 0.49.0 has for it; nothing else has a description
        msg = f"No description for {thing!r}"
        raise NotImplementedError(msg)
