"""UDA 2.0 §2.1-2.4: the device description, read into records.

`client_factory` comes here with the text of a description and the URL that it was fetched from, and makes
objects of what it gets. Service descriptions are in `service_description`, which shares the means of this
module. Nothing is fetched here, and nothing logged: what a device gets wrong is listed in `problems`.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from async_upnp_client._addresses import absolute_url, inherit_zone, same_host
from async_upnp_client._headers import shown
from async_upnp_client._xml import local_name, parse_xml
from async_upnp_client.const import NS, DeviceIcon, DeviceInfo, ServiceInfo
from async_upnp_client.exceptions import UpnpError, UpnpXmlContentError, UpnpXmlParseError

# The deepest device of the standard, the Internet gateway, has three levels. More than this would only
# exhaust the stack of whoever climbs the tree; what is below is left out.
MAX_DEVICE_DEPTH: Final = 16

# Of one description, all levels together. Gateways with several WAN connections have about ten devices and
# thirty services. Each service costs a request, so that a forged description must not have thousands; the
# rest is left out.
MAX_DEVICES: Final = 64
MAX_SERVICES: Final = 256

# Of one document: enough to see what is wrong with it. A forged one could have as many as it has elements.
MAX_PROBLEMS: Final = 100
MAX_PROBLEM_LENGTH: Final = 400


NAMESPACE: Final = f"{{{NS['device']}}}"
DEVICE: Final = NAMESPACE + "device"

BETWEEN_TAGS: Final = re.compile(r">\s+<")

# What leads nowhere but to the host that it is relative to.
PATH: Final = re.compile(r"/(?![/\\])")


@dataclass(frozen=True, slots=True)
class DeviceDocument:
    """A device as described, with the services and the devices in it.

    URLs in the services are as the device wrote them, relative to `base_url`; see `resolved_service`.
    `problems` tells what is wrong with the description and all devices in it; it is empty in the embedded
    ones.
    """

    info: DeviceInfo
    services: tuple[ServiceInfo, ...]
    embedded: tuple["DeviceDocument", ...]
    base_url: str
    problems: tuple[str, ...]


class Problems:
    """What is wrong with one document; the one place that knows what comes of it."""

    def __init__(self, *, strict: bool) -> None:
        self.strict = strict
        self._texts: list[str] = []

    @property
    def texts(self) -> tuple[str, ...]:
        """All that was noted, in the order found."""
        return tuple(self._texts)

    def note(self, text: str) -> None:
        """Note what does no harm: what could not be used is left out, and the rest is."""
        if len(self._texts) < MAX_PROBLEMS:
            self._texts.append(text[:MAX_PROBLEM_LENGTH])

    def fault(self, error: UpnpError) -> None:
        """Raise an error where documents are read strictly; otherwise note it."""
        if self.strict:
            raise error
        self.note(str(error))


def parse_document(text: str, namespace: str, *, strict: bool) -> ET.Element:
    """Parse a description, in which the standard's elements are in the standard's namespace.

    Not strict, all elements are put there: some devices declare no namespace at all (Chromecast, Linksys
    WRT120N), or their own (Belkin) (S-007). White space between tags is left out; it would be half of the
    tree.

    Raises UpnpXmlParseError, UpnpXmlContentError.
    """
    try:
        root = parse_xml(text if "<![CDATA[" in text else BETWEEN_TAGS.sub("><", text))
    except UpnpXmlParseError:
        # as it came: to be mended, or for the position of the error
        root = parse_xml(text, strict=strict)
    start = f"{{{namespace}}}"
    if not strict and (text.count("xmlns") != 1 or not root.tag.startswith(start)):
        for element in root.iter():
            element.tag = start + local_name(element.tag)
    return root


def listed(element: ET.Element, list_tag: str, tag: str) -> list[ET.Element]:
    """Return what is in a list, which may be missing (S-023)."""
    # a path with both tags would be walked by Python code
    found = element.find(list_tag)
    return [] if found is None else found.findall(tag)


def stripped(element: ET.Element, tag: str) -> str | None:
    """Return the stripped text of the first child with a tag (S-010): "" if empty, None if there is none."""
    text = element.findtext(tag)
    return text if text is None else text.strip()


def parse_device_document(text: str, url: str, *, strict: bool) -> DeviceDocument:
    """Read a device description that was fetched from `url` (UDA 2.0 §2.3).

    Strict: elements are in the standard's namespace, and an icon whose size is no number is an error, as are
    devices beyond the limits.

    Raises UpnpXmlParseError for what is no XML, UpnpXmlContentError for what describes no device.
    """
    root = parse_document(text, NS["device"], strict=strict)
    problems = Problems(strict=strict)
    device = root.find(DEVICE)
    if device is None:
        raise UpnpXmlContentError(f"no device in the description at {shown(url)}")
    base = base_url(stripped(root, NAMESPACE + "URLBase"), url, problems)
    document = DeviceReader(problems, url, base).read(device, depth=1)
    return replace(document, problems=problems.texts)


class DeviceReader:
    """Reads the devices of one description, and keeps count of them."""

    def __init__(self, problems: Problems, url: str, base: str) -> None:
        self._problems = problems
        self._url = url
        self._base = base
        self._devices = 0
        self._services = 0

    def read(self, device: ET.Element, depth: int) -> DeviceDocument:
        """Read one device and those in it (S-028)."""
        self._devices += 1
        return DeviceDocument(
            info=self._device_info(device),
            services=tuple(self._service_infos(device)),
            embedded=tuple(self.read(part, depth + 1) for part in self._embedded(device, depth)),
            base_url=self._base,
            problems=(),
        )

    def _device_info(self, device: ET.Element) -> DeviceInfo:
        """Read what a device says of itself; what it may not leave out is "" where it does."""

        def text(name: str) -> str | None:
            return stripped(device, NAMESPACE + name)

        return DeviceInfo(
            device_type=text("deviceType") or "",
            friendly_name=text("friendlyName") or "",
            manufacturer=text("manufacturer") or "",
            manufacturer_url=text("manufacturerURL") or "",
            model_description=text("modelDescription"),
            model_name=text("modelName") or "",
            model_number=text("modelNumber"),
            model_url=text("modelURL"),
            serial_number=text("serialNumber"),
            udn=self._udn(text("UDN") or ""),
            upc=text("UPC") or "",
            presentation_url=text("presentationURL") or "",
            url=self._url,
            icons=list(self._icons(device)),
            xml=device,
        )

    def _udn(self, udn: str) -> str:
        """Return a UDN with one `uuid:`; troglobit's ssdp-responder has two, as have some routers' USN."""
        while udn[:10].lower() == "uuid:uuid:":
            self._problems.note(f"UDN {shown(udn)} repeats its uuid:")
            udn = udn[5:]
        return udn

    def _icons(self, device: ET.Element) -> Iterator[DeviceIcon]:
        for icon in listed(device, NAMESPACE + "iconList", NAMESPACE + "icon"):
            url = stripped(icon, NAMESPACE + "url")
            if not url:
                self._problems.note("an icon without a URL is left out")
                continue
            yield DeviceIcon(
                mimetype=stripped(icon, NAMESPACE + "mimetype") or "",
                width=self._number(icon, "width"),
                height=self._number(icon, "height"),
                depth=self._number(icon, "depth"),
                url=absolute_url(self._base, url),
            )

    def _number(self, icon: ET.Element, name: str) -> int:
        """Return a number of an icon, 0 where there is none (S-022)."""
        text = stripped(icon, NAMESPACE + name)
        if text is None:
            return 0
        try:
            return int(text)
        except ValueError:
            self._problems.fault(UpnpXmlContentError(f"{name} of an icon is {shown(text)}"))
            return 0

    def _service_infos(self, device: ET.Element) -> Iterator[ServiceInfo]:
        for service in listed(device, NAMESPACE + "serviceList", NAMESPACE + "service"):
            if self._services == MAX_SERVICES:
                self._problems.fault(UpnpXmlContentError("description with too many services"))
                return
            self._services += 1
            yield ServiceInfo(
                service_id=stripped(service, NAMESPACE + "serviceId") or "",
                service_type=stripped(service, NAMESPACE + "serviceType") or "",
                control_url=stripped(service, NAMESPACE + "controlURL") or "",
                event_sub_url=stripped(service, NAMESPACE + "eventSubURL") or "",
                scpd_url=stripped(service, NAMESPACE + "SCPDURL") or "",
                xml=service,
            )

    def _embedded(self, device: ET.Element, depth: int) -> Iterator[ET.Element]:
        for embedded in listed(device, NAMESPACE + "deviceList", DEVICE):
            if depth == MAX_DEVICE_DEPTH or self._devices == MAX_DEVICES:
                self._problems.fault(UpnpXmlContentError("description with too many or too deep devices"))
                return
            yield embedded


def base_url(declared: str | None, url: str, problems: Problems) -> str:
    """Return what relative URLs are relative to (UDA 1.0 §2.1; URLBase is deprecated since 1.1, and in use).

    A URLBase on another host than the description, be it by mistake or not, is as good as none (S-014).
    """
    if not declared or declared == url:
        return url
    if not is_http(declared) or not same_host(url, declared):
        problems.note(f"URLBase {shown(declared)} is not on the host of the description, and not used")
        return url
    return inherit_zone(url, declared)


def is_http(url: str) -> bool:
    """Tell whether a URL has a scheme that UPnP uses."""
    return url[:8].lower().startswith(("http://", "https://"))


def resolved_service(service: ServiceInfo, url: str, base: str) -> ServiceInfo:
    """Return a service whose URLs lead where they should when joined with `url`, that of the description.

    A URL that does so as the device wrote it is kept, and follows when the device moves; it is absolute where
    URLBase, or the zone of a link-local address, makes a difference. Empty ones stay empty (S-026, S-027).

    Raises UpnpError for a URL to another host, or to none: following it would let a device send requests of
    its choice into the user's network (S-016).
    """
    scpd_url = resolved_url(service.scpd_url, url, base)
    control_url = resolved_url(service.control_url, url, base)
    event_sub_url = resolved_url(service.event_sub_url, url, base)
    if (scpd_url, control_url, event_sub_url) == (
        service.scpd_url,
        service.control_url,
        service.event_sub_url,
    ):
        return service
    return service._replace(scpd_url=scpd_url, control_url=control_url, event_sub_url=event_sub_url)


def resolved_url(text: str, url: str, base: str) -> str:
    """Return one URL of a service, see `resolved_service`."""
    if not text or (base == url and PATH.match(text)):
        return text
    absolute = absolute_url(base, text)
    if not is_http(absolute) or not same_host(url, absolute):
        raise UpnpError(f"URL {shown(text)} of a service is not on the host of {shown(url)}")
    wanted = inherit_zone(url, absolute)
    as_written = absolute if base == url else absolute_url(url, text)
    return text if as_written == wanted else wanted
