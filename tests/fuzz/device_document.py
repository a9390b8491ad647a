"""Any device document is read or refused with one of the two XML errors; lenient reads whatever strict does.

What was read is bounded, and the URLs of a service that is used lead to the host of the description.
"""

from async_upnp_client._addresses import absolute_url
from async_upnp_client._protocol.description import (
    DeviceDocument,
    parse_device_document,
    resolved_service,
)
from async_upnp_client.exceptions import UpnpError, UpnpXmlContentError, UpnpXmlParseError
from async_upnp_client.limits import DEFAULT_LIMITS
from tests.fuzz.diagnostics import check_diagnostics
from tests.fuzz.text import document_of
from tests.fuzz.urls import is_on_same_host

URLS = ("http://192.168.1.20:8080/dir/description.xml", "http://[fe80::20%3]:8080/d.xml")
LARGEST = 1 << 16


def check(data: bytes) -> None:
    """Check one document, as from an IPv4 and as from a link-local IPv6 host."""
    text = document_of(data)
    url = URLS[len(data) % 2]
    strict = read(text, url, strict=True)
    lenient = read(text, url, strict=False)
    assert strict is None or lenient is not None, "read strictly, but not leniently"
    for document in (strict, lenient):
        if document is not None:
            devices = check_device(document, url, depth=1)
            assert len(devices) <= DEFAULT_LIMITS.embedded_devices
            assert sum(len(device.services) for device in devices) <= DEFAULT_LIMITS.services


def read(text: str, url: str, *, strict: bool) -> DeviceDocument | None:
    """Read, or refuse with one of the errors named."""
    try:
        return parse_device_document(text, url, strict=strict)
    except (UpnpXmlParseError, UpnpXmlContentError):
        return None


def check_device(document: DeviceDocument, url: str, depth: int) -> list[DeviceDocument]:
    """Check one device, and those in it; return them all."""
    assert depth <= DEFAULT_LIMITS.device_depth
    for diagnostics in (document.diagnostics, *document.service_diagnostics):
        check_diagnostics(diagnostics)
    info = document.info
    assert info.url == url
    assert info.udn[:10].lower() != "uuid:uuid:"
    assert is_on_same_host(url, document.base_url)
    for text in (info.device_type, info.friendly_name, info.manufacturer, info.model_name, info.udn):
        assert text == text.strip()
    for icon in info.icons:
        assert icon.url
        assert all(isinstance(number, int) for number in (icon.width, icon.height, icon.depth))
    for service in document.services:
        try:
            resolved = resolved_service(service, url, document.base_url)
        except UpnpError:
            continue
        for service_url in (resolved.scpd_url, resolved.control_url, resolved.event_sub_url):
            assert not service_url or is_on_same_host(url, absolute_url(url, service_url)), service_url
    return [document, *(inner for part in document.embedded for inner in check_device(part, url, depth + 1))]
