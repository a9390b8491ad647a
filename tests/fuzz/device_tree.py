"""Whatever descriptions a device has, `UpnpFactory` makes a device of them or raises a documented error.

Not strict, only a document that describes no device is an error. Nothing is fetched from another host.
"""

from async_upnp_client.client.device import UpnpDevice
from async_upnp_client.client.requester import UpnpRequester
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.const import HttpRequest, HttpResponse
from async_upnp_client.exceptions import UpnpError, UpnpXmlContentError, UpnpXmlParseError
from tests.fuzz.diagnostics import check_diagnostics
from tests.fuzz.logs import watched_logs
from tests.fuzz.still_loop import run
from tests.fuzz.text import document_of
from tests.fuzz.urls import is_on_same_host

# A case is a device document, then service documents in the order in which they are fetched; the last serves
# for all further ones.
SEPARATOR = b"\n====\n"
URL = "http://192.168.1.20:8080/dir/description.xml"
LARGEST = 1 << 16


class Answers(UpnpRequester):
    """Answers requests with the texts of a case, one after the other."""

    def __init__(self, texts: list[str]) -> None:
        """Begin with the first."""
        self._texts = texts

    async def async_http_request(self, http_request: HttpRequest) -> HttpResponse:
        """Give the next text."""
        assert http_request.method == "GET"
        assert is_on_same_host(URL, http_request.url), http_request.url
        text = self._texts.pop(0) if len(self._texts) > 1 else self._texts[0]
        return HttpResponse(200, {}, text)


def check(data: bytes) -> None:
    """Check one device, strictly and not."""
    texts = [document_of(part) for part in data.split(SEPARATOR)]
    with watched_logs():
        strict, lenient = make(texts, non_strict=False), make(texts, non_strict=True)
        assert strict is None or lenient is not None, "made strictly, but not leniently"
        for device in (strict, lenient):
            if device is not None:
                check_device(device)


def make(texts: list[str], *, non_strict: bool) -> UpnpDevice | None:
    """Make a device, or fail with one of the errors named."""
    factory = UpnpFactory(Answers(texts.copy()), non_strict=non_strict)
    try:
        return run(factory.async_create_device(URL))
    except (UpnpXmlParseError, UpnpXmlContentError):
        return None
    except UpnpError:
        if non_strict:
            raise
        return None


def check_device(device: UpnpDevice) -> None:
    """Ask a device for everything that it and its services know."""
    check_diagnostics(device.all_diagnostics)
    for part in device.all_devices:
        check_diagnostics(part.diagnostics)
        assert isinstance(part.name, str)
        assert isinstance(part.udn, str)
        assert isinstance(part.device_type, str)
        assert all(isinstance(icon.width, int) for icon in part.icons)
    for service in device.all_services:
        check_diagnostics(service.diagnostics)
        for url in (service.scpd_url, service.control_url, service.event_sub_url):
            assert not url or is_on_same_host(URL, url), url
        for variable in service.state_variables.values():
            assert variable.value is None
            assert variable.upnp_value == ""
            assert variable.service is service
        for action in service.actions.values():
            assert action.service is service
            for argument in (*action.in_arguments(), *action.out_arguments()):
                assert argument.related_state_variable.name
