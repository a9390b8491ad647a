"""UDA 2.0 §2.1-2.4: the device description, read into records.

`client_factory` comes here with the text of a description and the URL that it was fetched from, and makes
objects of what it gets. Service descriptions are in `service_description`, which shares the means of this
module. Nothing is fetched here, and nothing logged: what a device gets wrong is listed in `diagnostics`.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import suppress
from typing import Final, NamedTuple

from async_upnp_client._addresses import absolute_url, same_host
from async_upnp_client._diagnostics import Code, Findings, service_step
from async_upnp_client._headers import shown
from async_upnp_client._xml import local_name, parse_xml
from async_upnp_client.const import NS, DeviceIcon, DeviceInfo, Diagnostic, ServiceInfo
from async_upnp_client.exceptions import UpnpUrlError, UpnpXmlContentError, UpnpXmlParseError
from async_upnp_client.limits import DEFAULT_LIMITS, Limits
from async_upnp_client.url_policy import DEFAULT_URL_POLICY, UrlPolicy

NAMESPACE: Final = f"{{{NS['device']}}}"
DEVICE: Final = NAMESPACE + "device"

# Versions of the architecture that descriptions may announce.
SPEC_VERSIONS: Final = frozenset({"1.0", "1.1", "2.0"})

# What a description has to say of each device (UDA 2.0 §2.3).
REQUIRED: Final = ("deviceType", "friendlyName", "manufacturer", "modelName", "UDN")

# What leads nowhere but to the host that it is relative to.
PATH: Final = re.compile(r"/(?![/\\])")


class DeviceDocument(NamedTuple):
    """A device as described, with the services and the devices in it.

    URLs in the services are as the device wrote them, relative to `base_url`; see `resolved_service`.
    `diagnostics` tells what is wrong with the device, in the first one also with the description;
    `service_diagnostics` what is wrong with each of `services`. Their `where` is relative to the device or
    service.
    """

    info: DeviceInfo
    services: tuple[ServiceInfo, ...]
    embedded: tuple["DeviceDocument", ...]
    base_url: str
    diagnostics: tuple[Diagnostic, ...] = ()
    service_diagnostics: tuple[tuple[Diagnostic, ...], ...] = ()


def parse_document(text: str, namespace: str, findings: Findings) -> ET.Element:
    """Parse a description, in which the standard's elements are in the standard's namespace.

    Not strict, those in the root's namespace or in none are put there: some devices declare no namespace at
    all (Chromecast, Linksys WRT120N), or their own (Belkin) (S-007). Vendors' elements stay in theirs.

    Raises UpnpXmlParseError, UpnpXmlContentError.
    """
    try:
        root = parse_xml(without_indentation(text), limits=findings.limits)
    except UpnpXmlParseError as err:
        # as it came: to be mended, or for the position of the error
        root = parse_xml(text, strict=findings.strict, limits=findings.limits)
        findings.note(Code.XML_REPAIRED, "", f"not well-formed, and was mended: {shown(err)}")
    start = f"{{{namespace}}}"
    if not findings.strict and (text.count("xmlns") != 1 or not root.tag.startswith(start)):
        own = qualifier(root.tag)
        if own != start:
            own_text = shown(own.strip("{}:")) or "none"
            findings.note(Code.WRONG_NAMESPACE, "", f"the namespace is {own_text} instead of {namespace}")
        for element in root.iter():
            if qualifier(element.tag) in {"", own}:
                element.tag = start + local_name(element.tag)
    check_spec_version(root, start, findings)
    return root


def check_spec_version(root: ET.Element, start: str, findings: Findings) -> None:
    """Note a version of the architecture that there is not; all are read alike, also without (S-011)."""
    version = root.find(start + "specVersion")
    if version is not None:
        announced = f"{stripped(version, start + 'major')}.{stripped(version, start + 'minor')}"
        if announced not in SPEC_VERSIONS:
            findings.note(Code.SPEC_VERSION_ODD, "", f"the specVersion is {shown(announced)}")


def qualifier(tag: str) -> str:
    """Return what comes before the local name of a tag."""
    return tag.removesuffix(local_name(tag))


def without_indentation(text: str) -> str:
    """Leave out line breaks after tags, and what indents the next line.

    They are half of the memory that a parsed description takes. Values are stripped anyway (S-010).
    """
    if "<![CDATA[" in text:
        return text
    return ">".join(map(str.lstrip, text.replace("\r\n", "\n").split(">\n")))


def listed(element: ET.Element, list_tag: str, tag: str) -> list[ET.Element]:
    """Return what is in a list, which may be missing (S-023)."""
    # a path with both tags would be walked by Python code
    found = element.find(list_tag)
    return [] if found is None else found.findall(tag)


def stripped(element: ET.Element, tag: str) -> str | None:
    """Return the stripped text of the first child with a tag (S-010): "" if empty, None if there is none."""
    text = element.findtext(tag)
    return text if text is None else text.strip()


def parse_device_document(
    text: str,
    url: str,
    *,
    strict: bool,
    url_policy: UrlPolicy = DEFAULT_URL_POLICY,
    limits: Limits = DEFAULT_LIMITS,
    found_at: str | None = None,
) -> DeviceDocument:
    """Read a device description that was fetched from `url` (UDA 2.0 §2.3).

    After a redirect on that host `found_at` says where it was, which is what its URLs are relative to.

    Strict: elements are in the standard's namespace, and an icon whose size is no number is an error, as are
    devices beyond the limits; URLs of icons and pages are kept. Not strict, those that the URL policy refuses
    are left out.

    Raises UpnpXmlParseError for what is no XML, UpnpXmlContentError for what describes no device.
    """
    findings = Findings(strict=strict, limits=limits)
    root = parse_document(text, NS["device"], findings)
    device = root.find(DEVICE)
    if device is None:
        raise UpnpXmlContentError(f"no device in the description at {shown(url)}")
    origin = found_at if found_at is not None and same_host(url, found_at) else url
    base = base_url(stripped(root, NAMESPACE + "URLBase"), origin, findings, url_policy)
    return DeviceReader(findings, url, base, url_policy).read(device, depth=1)


class DeviceReader:
    """Reads the devices of one description, and keeps count of them."""

    def __init__(self, findings: Findings, url: str, base: str, url_policy: UrlPolicy) -> None:
        self._findings = findings
        self._limits = findings.limits
        self._url_policy = url_policy
        self._url = url
        self._base = base
        self._devices = 0
        self._services = 0

    def read(self, device: ET.Element, depth: int) -> DeviceDocument:
        """Read one device and those in it (S-028)."""
        # what is wrong with the document is wrong with its first device
        part = f"device {self._devices}" if self._devices else ""
        self._devices += 1
        first_service = self._services
        info = self._device_info(device, part)
        services = tuple(self._service_infos(device, part))
        last_service = self._services
        embedded = tuple(self.read(inner, depth + 1) for inner in self._embedded(device, depth, part))
        return DeviceDocument(
            info=info,
            services=services,
            embedded=embedded,
            base_url=self._base,
            diagnostics=self._findings.of(part),
            service_diagnostics=tuple(
                [self._findings.of(service_part(number)) for number in range(first_service, last_service)]
            ),
        )

    def _device_info(self, device: ET.Element, part: str) -> DeviceInfo:
        """Read what a device says of itself; what it may not leave out is "" where it does."""

        def text(name: str) -> str | None:
            return stripped(device, NAMESPACE + name)

        for name in REQUIRED:
            if not text(name):
                self._findings.note(Code.ELEMENT_MISSING, name, f"the device has no {name}", part)
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
            udn=self._udn(text("UDN") or "", part),
            upc=text("UPC") or "",
            presentation_url=self._presentation_url(text("presentationURL") or "", part),
            url=self._url,
            icons=list(self._icons(device, part)),
            xml=device,
        )

    def _udn(self, udn: str, part: str) -> str:
        """Return a UDN with one `uuid:`, as SSDP knows it: ssdp-responder writes two, ESP-ADF none."""
        if udn and (udn[:5] != "uuid:" or udn[5:10].lower() == "uuid:"):
            self._findings.note(
                Code.UDN_MALFORMED, "UDN", f"UDN {shown(udn)} does not have one uuid: before it", part
            )
        while udn[:10].lower() == "uuid:uuid:":
            udn = udn[5:]
        return udn if not udn or udn[:5].lower() == "uuid:" else f"uuid:{udn}"

    def _page_url(self, text: str, code: Code, where: str, part: str) -> str:
        """Return the URL of an icon or a page, absolute; where it is refused and not kept, "".

        A browser that follows it is in the user's network, and may be logged in there.
        """
        absolute = absolute_url(self._base, text)
        try:
            return self._url_policy.check_page_url(self._url, absolute)
        except UpnpUrlError as err:
            self._findings.note(code, where, str(err), part)
            return absolute if self._findings.strict else ""

    def _presentation_url(self, text: str, part: str) -> str:
        """Return the URL of the presentation page, as it is written, or ""."""
        where = "presentationURL"
        return text if text and self._page_url(text, Code.PRESENTATION_URL_REFUSED, where, part) else ""

    def _icons(self, device: ET.Element, part: str) -> Iterator[DeviceIcon]:
        for number, icon in enumerate(listed(device, NAMESPACE + "iconList", NAMESPACE + "icon"), 1):
            where = f"icon {number}"
            url = stripped(icon, NAMESPACE + "url")
            if not url:
                self._findings.note(Code.ICON_WITHOUT_URL, where, "an icon without a URL is left out", part)
                continue
            url = self._page_url(url, Code.ICON_URL_REFUSED, where, part)
            if not url:
                continue
            yield DeviceIcon(
                mimetype=stripped(icon, NAMESPACE + "mimetype") or "",
                width=self._number(icon, "width", where, part),
                height=self._number(icon, "height", where, part),
                depth=self._number(icon, "depth", where, part),
                url=url,
            )

    def _number(self, icon: ET.Element, name: str, where: str, part: str) -> int:
        """Return a number of an icon, 0 where there is none (S-022)."""
        text = stripped(icon, NAMESPACE + name)
        if text is None:
            return 0
        try:
            return int(text)
        except ValueError:
            error = UpnpXmlContentError(f"{name} of an icon is {shown(text)}")
            self._findings.fault(error, Code.ICON_NUMBER_UNREADABLE, f"{where}/{name}", part)
            return 0

    def _service_infos(self, device: ET.Element, part: str) -> Iterator[ServiceInfo]:
        seen: set[str] = set()
        for service in listed(device, NAMESPACE + "serviceList", NAMESPACE + "service"):
            if self._services == self._limits.services:
                error = UpnpXmlContentError("description with too many services")
                self._findings.fault(error, Code.TOO_MANY_SERVICES, "", part)
                return
            info = ServiceInfo(
                service_id=stripped(service, NAMESPACE + "serviceId") or "",
                service_type=stripped(service, NAMESPACE + "serviceType") or "",
                control_url=stripped(service, NAMESPACE + "controlURL") or "",
                event_sub_url=stripped(service, NAMESPACE + "eventSubURL") or "",
                scpd_url=stripped(service, NAMESPACE + "SCPDURL") or "",
                xml=service,
            )
            self._check_service(info, seen, part)
            self._services += 1
            yield info

    def _check_service(self, info: ServiceInfo, seen: set[str], part: str) -> None:
        """Note what a service lacks, and what it has in common with those `seen` in its device."""
        note = self._findings.note
        own_part = service_part(self._services)
        for name, text in (("serviceId", info.service_id), ("serviceType", info.service_type)):
            if not text:
                note(Code.ELEMENT_MISSING, name, f"the service has no {name}", own_part)
        if not info.control_url:
            note(Code.CONTROL_URL_MISSING, "", "no controlURL: its actions cannot be called", own_part)
        where = service_step(info)
        if info.service_id and info.service_id in seen:
            message = f"several services have the id {shown(info.service_id)}"
            note(Code.SERVICE_ID_REPEATED, where, message, part)
        elif info.service_type and info.service_type in seen:
            message = f"several services have the type {shown(info.service_type)}: `services` has the last"
            note(Code.SERVICE_TYPE_REPEATED, where, message, part)
        seen.update((info.service_id, info.service_type))

    def _embedded(self, device: ET.Element, depth: int, part: str) -> Iterator[ET.Element]:
        for embedded in listed(device, NAMESPACE + "deviceList", DEVICE):
            if depth == self._limits.device_depth or self._devices == self._limits.embedded_devices:
                error = UpnpXmlContentError("description with too many or too deep devices")
                self._findings.fault(error, Code.TOO_MANY_DEVICES, "", part)
                return
            yield embedded


def service_part(number: int) -> str:
    """Return the part of the findings that is about a service, by its number in the description."""
    return f"service {number}"


def base_url(declared: str | None, url: str, findings: Findings, url_policy: UrlPolicy) -> str:
    """Return what relative URLs are relative to (UDA 1.0 §2.1; URLBase is deprecated since 1.1, and in use).

    A URLBase on another host than the description, be it by mistake or not, is as good as none (S-014).
    """
    if not declared or declared == url:
        return url
    # one that is relative itself would be taken for a path on the host
    if declared[:8].lower().startswith(("http://", "https://")):
        with suppress(UpnpUrlError):
            return url_policy.check_service_url(url, declared)
    message = f"URLBase {shown(declared)} is not on the host of the description, and not used"
    findings.note(Code.URL_BASE_UNUSED, "URLBase", message)
    return url


def resolved_service(
    service: ServiceInfo, url: str, base: str, url_policy: UrlPolicy = DEFAULT_URL_POLICY
) -> ServiceInfo:
    """Return a service whose URLs lead where they should when joined with `url`, that of the description.

    A URL that does so as the device wrote it is kept, and follows when the device moves; it is absolute where
    URLBase, or the zone of a link-local address, makes a difference. Empty ones stay empty (S-026, S-027).

    Raises UpnpUrlError for a URL to another host, or to none: following it would let a device send requests
    of its choice into the user's network (S-016).
    """
    scpd_url = resolved_url(service.scpd_url, url, base, url_policy)
    control_url = resolved_url(service.control_url, url, base, url_policy)
    event_sub_url = resolved_url(service.event_sub_url, url, base, url_policy)
    if (scpd_url, control_url, event_sub_url) == (
        service.scpd_url,
        service.control_url,
        service.event_sub_url,
    ):
        return service
    return service._replace(scpd_url=scpd_url, control_url=control_url, event_sub_url=event_sub_url)


def resolved_url(text: str, url: str, base: str, url_policy: UrlPolicy) -> str:
    """Return one URL of a service, see `resolved_service`."""
    if not text or (base == url and PATH.match(text)):
        return text
    absolute = absolute_url(base, text)
    wanted = url_policy.check_service_url(url, absolute)
    as_written = absolute if base == url else absolute_url(url, text)
    return text if as_written == wanted else wanted
