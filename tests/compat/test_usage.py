"""What dependents do with 0.49.0, done as they do it: by public names, and those that their tests reach for.

All of it holds for 0.49.0 as well.
"""

import asyncio
import inspect
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Self
from unittest.mock import AsyncMock, Mock, create_autospec, patch
from xml.etree import ElementTree as ET

import pytest
from aiohttp import ClientConnectorError, ClientSession, web
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from async_upnp_client import aiohttp as upnp_aiohttp
from async_upnp_client import ssdp
from async_upnp_client.advertisement import SsdpAdvertisementListener
from async_upnp_client.aiohttp import AiohttpNotifyServer, AiohttpRequester, AiohttpSessionRequester
from async_upnp_client.client import UpnpAction, UpnpDevice, UpnpRequester, UpnpService, UpnpStateVariable
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.const import (
    AddressTupleVXType,
    DeviceIcon,
    DeviceInfo,
    HttpRequest,
    HttpResponse,
    NotificationSubType,
    SsdpSource,
)
from async_upnp_client.description_cache import DescriptionCache
from async_upnp_client.event_handler import UpnpEventHandler, UpnpEventHandlerRegister, UpnpNotifyServer
from async_upnp_client.exceptions import UpnpConnectionError, UpnpError, UpnpXmlParseError
from async_upnp_client.search import SsdpSearchListener, async_search
from async_upnp_client.ssdp_listener import SsdpDevice, SsdpDeviceTracker, SsdpListener
from async_upnp_client.utils import CaseInsensitiveDict, async_get_local_ip

HOST = "http://192.0.2.1:8080"
LOCATION = f"{HOST}/description.xml"
CALLBACK_URL = "http://192.0.2.2:8090/notify"
UDN = "uuid:11111111-2222-3333-4444-555555555555"
RENDERER = "urn:schemas-upnp-org:device:MediaRenderer:1"
SWITCH = "urn:schemas-upnp-org:service:SwitchPower:1"

DESCRIPTION = f"""<?xml version="1.0"?>
<root xmlns="urn:schemas-upnp-org:device-1-0"><specVersion><major>1</major><minor>0</minor></specVersion>
<device><deviceType>{RENDERER}</deviceType><friendlyName>Kitchen</friendlyName><manufacturer>Maker</manufacturer>
<modelName>Model</modelName><UDN>{UDN}</UDN><serviceList><service><serviceType>{SWITCH}</serviceType>
<serviceId>urn:upnp-org:serviceId:SwitchPower</serviceId><controlURL>/control</controlURL>
<eventSubURL>/event</eventSubURL><SCPDURL>/scpd.xml</SCPDURL></service></serviceList></device></root>"""
SCPD = """<?xml version="1.0"?>
<scpd xmlns="urn:schemas-upnp-org:service-1-0"><specVersion><major>1</major><minor>0</minor></specVersion>
<actionList><action><name>GetStatus</name><argumentList><argument><name>Result</name><direction>out</direction>
<relatedStateVariable>Status</relatedStateVariable></argument></argumentList></action></actionList>
<serviceStateTable><stateVariable sendEvents="yes"><name>Status</name><dataType>boolean</dataType>
</stateVariable></serviceStateTable></scpd>"""
RESULT = f"""<?xml version="1.0"?>
<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>
<u:GetStatusResponse xmlns:u="{SWITCH}"><Result>1</Result></u:GetStatusResponse></s:Body></s:Envelope>"""
EVENT = """<?xml version="1.0"?>
<e:propertyset xmlns:e="urn:schemas-upnp-org:event-1-0"><e:property><Status>1</Status></e:property>
</e:propertyset>"""


# --- Doubles as dependents write them: none of them calls `super().__init__`


class Requester(UpnpRequester):
    """Answers from a map, with plain dicts for headers, and raises what is in its queue first."""

    def __init__(self, response_map: Mapping[tuple[str, str], HttpResponse]) -> None:
        self.response_map = dict(response_map)
        self.exceptions: deque[Exception | None] = deque()

    async def async_http_request(self, http_request: HttpRequest) -> HttpResponse:
        await asyncio.sleep(0)
        if self.exceptions and (exception := self.exceptions.popleft()):
            raise exception
        return self.response_map[http_request.method, http_request.url]


class Subscribers(UpnpNotifyServer):
    """Has a callback URL, and an event handler of its own."""

    def __init__(self, requester: UpnpRequester, source: AddressTupleVXType = ("192.0.2.2", 0)) -> None:
        self._requester = requester
        self._source = source
        self._callback_url = CALLBACK_URL
        self.event_handler = UpnpEventHandler(self, requester)

    @property
    def callback_url(self) -> str:
        return self._callback_url

    async def async_start_server(self) -> None:
        pass

    async def async_stop_server(self) -> None:
        await self.event_handler.async_unsubscribe_all()


def requester() -> Requester:
    granted = HttpResponse(200, {"sid": "uuid:dummy", "timeout": "Second-300"}, "")
    return Requester(
        {
            ("GET", LOCATION): HttpResponse(200, {}, DESCRIPTION),
            ("GET", f"{HOST}/scpd.xml"): HttpResponse(200, {}, SCPD),
            ("POST", f"{HOST}/control"): HttpResponse(200, {}, RESULT),
            ("SUBSCRIBE", f"{HOST}/event"): granted,
            ("UNSUBSCRIBE", f"{HOST}/event"): HttpResponse(200, {}, ""),
        }
    )


async def device_of(some: UpnpRequester) -> UpnpDevice:
    return await UpnpFactory(some, non_strict=True).async_create_device(LOCATION)


# --- Doubles made of our classes


@pytest.mark.parametrize(
    "kind",
    [
        UpnpDevice,
        UpnpService,
        UpnpAction,
        UpnpStateVariable,
        UpnpFactory,
        UpnpEventHandler,
        UpnpEventHandlerRegister,
        AiohttpNotifyServer,
        AiohttpRequester,
        AiohttpSessionRequester,
        SsdpListener,
        SsdpDevice,
        SsdpDeviceTracker,
        SsdpAdvertisementListener,
        DescriptionCache,
    ],
)
def test_doubles_have_coroutine_functions(kind: type) -> None:
    for double in (
        create_autospec(kind, instance=True),
        create_autospec(kind, spec_set=True),
        Mock(spec=kind),
    ):
        for name in dir(kind):
            if name.startswith("async_") and callable(getattr(kind, name)):
                assert inspect.iscoroutinefunction(getattr(kind, name)), name
                assert isinstance(getattr(double, name), AsyncMock) or inspect.iscoroutinefunction(
                    getattr(double, name)
                ), name


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (UpnpDevice, "all_devices all_services device_type device_url friendly_name has_service icons"),
        (UpnpDevice, "manufacturer model_description model_name model_number name parent_device udn upc"),
        (UpnpDevice, "presentation_url root_device serial_number service service_id find_service"),
        (UpnpService, "action control_url device event_sub_url has_action has_state_variable scpd_url"),
        (UpnpService, "service_id service_type state_variable notify_changed_state_variables"),
        (UpnpStateVariable, "name value upnp_value data_type default_value min_value max_value updated_at"),
        (UpnpEventHandler, "callback_url handle_notify sid_for_service service_for_sid"),
        (AiohttpNotifyServer, "callback_url listen_host listen_port listen_ip"),
        (SsdpDevice, "location locations combined_headers all_combined_headers"),
        (SsdpDeviceTracker, "see_search see_advertisement unsee_advertisement get_device purge_devices"),
        (CaseInsensitiveDict, "get_lower as_dict as_lower_dict"),
    ],
)
def test_doubles_have_what_is_read(kind: type, names: str) -> None:
    missing = [name for name in names.split() if not hasattr(create_autospec(kind), name)]
    assert not missing


def test_the_search_listener_is_not_awaited() -> None:
    for name in ("async_search", "async_stop"):
        assert not inspect.iscoroutinefunction(getattr(SsdpSearchListener, name))
    assert inspect.iscoroutinefunction(SsdpListener.async_search)


# --- Shapes of arguments


def test_records_take_their_fields_by_position_and_by_name() -> None:
    by_name = HttpRequest(method="NOTIFY", url=CALLBACK_URL, headers={"NT": "a"}, body="b")
    assert by_name == HttpRequest("NOTIFY", CALLBACK_URL, {"NT": "a"}, "b")
    assert by_name.timeout is None
    assert HttpResponse(200, {}, "a") == HttpResponse(status_code=200, headers={}, body="a")

    icon = DeviceIcon(mimetype="image/png", width=48, height=48, depth=24, url="/icon.png")
    info = DeviceInfo(
        device_type=RENDERER,
        friendly_name="a",
        manufacturer="b",
        manufacturer_url=None,
        model_description=None,
        model_name="c",
        model_number=None,
        model_url=None,
        serial_number=None,
        udn=UDN,
        upc=None,
        presentation_url=None,
        url="/device.xml",
        icons=[icon],
        xml=ET.Element("server_device"),
    )
    changed = info._replace(friendly_name="d", icons=[icon._replace(url="http://192.0.2.1/icon.png")])
    assert (changed.friendly_name, changed.udn) == ("d", UDN)
    assert changed.icons[0].url == "http://192.0.2.1/icon.png"


def test_enumerations_are_text() -> None:
    assert {"ssdp:byebye": "a"}[NotificationSubType.SSDP_BYEBYE] == "a"
    assert SsdpSource("advertisement_alive") is SsdpSource.ADVERTISEMENT_ALIVE
    assert str(SsdpSource.SEARCH) == f"{SsdpSource.SEARCH}" == "SsdpSource.SEARCH"


async def test_requesters_take_their_arguments_as_home_assistant_and_hassfeld_give_them() -> None:
    async with ClientSession() as session:
        for made in (
            AiohttpSessionRequester(session, True, 10),
            AiohttpSessionRequester(session, with_sleep=True, timeout=20),
            AiohttpSessionRequester(timeout=3, http_headers=None, session=session),
            AiohttpRequester(),
            AiohttpRequester(timeout=3, http_headers={"User-Agent": "a"}),
        ):
            assert isinstance(made, UpnpRequester)


async def test_notify_servers_take_their_arguments_as_home_assistant_gives_them() -> None:
    loop = asyncio.get_running_loop()
    server = AiohttpNotifyServer(
        requester=requester(), source=("192.0.2.2", 8090), callback_url=None, loop=loop
    )
    assert server.callback_url == "http://192.0.2.2:8090/notify"
    assert server._loop is loop
    server = AiohttpNotifyServer(requester=requester(), source=("192.0.2.2", 0))
    assert isinstance(server.event_handler, UpnpEventHandler)


async def test_listeners_take_a_callback_of_either_kind() -> None:
    async def heard(device: SsdpDevice, kind: str, source: SsdpSource) -> None:
        del device, kind, source

    tracker = SsdpDeviceTracker()
    loop = asyncio.get_running_loop()
    assert SsdpListener(heard, loop=loop).async_callback is heard
    listener = SsdpListener(
        callback=print, source=("192.0.2.2", 0), target=("239.255.255.250", 1900), device_tracker=tracker
    )
    assert listener.source == ("192.0.2.2", 0)
    assert listener.devices is tracker.devices
    for none in (SsdpListener, SsdpSearchListener, SsdpAdvertisementListener):
        with pytest.raises(AssertionError):
            none()


async def test_a_search_takes_its_callback_by_position_and_by_name() -> None:
    async def heard(headers: CaseInsensitiveDict) -> None:
        del headers

    target = ("127.0.0.1", 9)
    await asyncio.gather(
        async_search(heard, timeout=0, target=target),
        async_search(async_callback=heard, search_target="a", source=None, timeout=0, target=target),
    )


async def test_the_local_address_is_asked_for_with_and_without_a_loop() -> None:
    family, address = await async_get_local_ip("http://127.0.0.1:80/")
    assert address == "127.0.0.1"
    again = await async_get_local_ip("http://127.0.0.1:80/", asyncio.get_running_loop())
    assert again == (family, address)


def test_addresses_as_home_assistant_asks_for_them() -> None:
    source, target = ssdp.determine_source_target(("192.0.2.2", 0))
    assert (source, target) == (("192.0.2.2", 0), ("239.255.255.250", ssdp.SSDP_PORT))
    assert ssdp.is_ipv4_address(source)
    assert ssdp.fix_ipv6_address_scope_id(("fe80::1%3", 0, 0, 0)) == ("fe80::1", 0, 0, 3)


# --- Requesters and notify servers of their own


async def test_a_device_behind_a_requester_of_their_own() -> None:
    some = requester()
    device = await device_of(some)
    assert device.requester is some
    assert device.service_id("nonsense") is None
    service = device.service(SWITCH)
    assert await service.async_call_action("GetStatus") == {"Result": True}
    some.exceptions.append(UpnpConnectionError("gone"))
    with pytest.raises(UpnpConnectionError):
        await service.action("GetStatus").async_call()


async def test_events_through_a_notify_server_of_their_own() -> None:
    some = requester()
    server = Subscribers(some)
    service = (await device_of(some)).service(SWITCH)
    events: list[tuple[UpnpService, list[str]]] = []
    service.on_event = lambda service, changed: events.append((service, [v.name for v in changed]))

    sid, granted = await server.event_handler.async_subscribe(service, timeout=timedelta(seconds=1800))
    assert (sid, granted) == ("uuid:dummy", timedelta(seconds=300))
    assert server.event_handler.sid_for_service(service) == sid

    # as a handler of aiohttp hands it on: its own headers, and a URL that is no text
    headers = CIMultiDict({"nt": "upnp:event", "nts": "upnp:propchange", "Sid": sid, "Seq": "0"})
    status = await server.event_handler.handle_notify(
        HttpRequest(
            method="NOTIFY",
            url=URL(CALLBACK_URL),  # type: ignore[arg-type]  # what music-assistant passes
            headers=CIMultiDictProxy(headers),
            body=EVENT,
        )
    )
    assert status == 200
    assert web.Response(status=status).status == 200
    assert events == [(service, ["Status"])]
    assert service.state_variable("Status").value is True

    assert await server.event_handler.async_resubscribe(sid, timeout=timedelta(seconds=1800)) == (
        sid,
        granted,
    )
    assert await server.event_handler.async_unsubscribe(sid) == sid
    await server.async_stop_server()


async def test_an_event_that_comes_before_its_subscription_is_replayed() -> None:
    some = requester()
    server = Subscribers(some)
    service = (await device_of(some)).service(SWITCH)
    headers = {"NT": "upnp:event", "NTS": "upnp:propchange", "SID": "uuid:dummy"}
    status = await server.event_handler.handle_notify(HttpRequest("NOTIFY", CALLBACK_URL, headers, EVENT))
    assert status is HTTPStatus.OK
    await server.event_handler.async_subscribe(service)
    assert service.state_variable("Status").value is True


async def test_another_notify_server_is_put_into_a_handler() -> None:
    handler = Subscribers(requester()).event_handler
    handler._notify_server = Mock(callback_url="http://192.0.2.9:1/notify")
    assert handler.callback_url == "http://192.0.2.9:1/notify"


async def test_a_register_of_notify_servers_asks_for_a_patched_local_address() -> None:
    some = requester()
    device = await device_of(some)
    register = UpnpEventHandlerRegister(some, Subscribers)
    with patch("async_upnp_client.event_handler.get_local_ip", return_value="192.0.2.3") as local_ip:
        handler = await register.async_add_device(device)
        assert register.has_event_handler_for_device(device)
        assert await register.async_remove_device(device) is handler
    assert local_ip.call_args.args == (LOCATION,)
    assert isinstance(handler, UpnpEventHandler)


# --- aiohttp replaced from outside


class Session:
    """Stands for `aiohttp.ClientSession`: called without arguments, a context manager, has `request`."""

    def __init__(self, answer: Callable[[str, str], Any]) -> None:
        self.answer = answer
        self.requests: list[tuple[str, str]] = []

    def __call__(self) -> Self:
        return self

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        pass

    def request(self, method: str, url: str, **_kwargs: Any) -> Any:
        self.requests.append((method, str(url)))
        return self.answer(method, url)


class Answer:
    """Stands for the response of a request, which is a context manager too."""

    status = 200
    headers = CIMultiDictProxy(CIMultiDict({"SID": "uuid:1"}))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        pass

    async def read(self) -> bytes:
        return b"body"

    async def text(self) -> str:
        return "body"


async def test_a_replaced_client_session_is_asked() -> None:
    session = Session(lambda _method, _url: Answer())
    with patch("async_upnp_client.aiohttp.ClientSession", session):
        response = await AiohttpRequester().async_http_request(HttpRequest("GET", LOCATION, {}, None))
    assert session.requests == [("GET", LOCATION)]
    assert (response.status_code, response.headers["sid"], response.body) == (200, "uuid:1", "body")


async def test_a_patched_request_of_client_sessions_is_asked() -> None:
    error = ClientConnectorError(Mock(), OSError(111, "refused"))
    with (
        patch("async_upnp_client.aiohttp.aiohttp.ClientSession.request", side_effect=error) as request,
        pytest.raises(UpnpConnectionError),
    ):
        await AiohttpRequester().async_http_request(HttpRequest("GET", LOCATION, {}, None))
    assert request.call_args.args[:2] == ("GET", LOCATION)


async def test_private_names_of_requesters() -> None:
    request = HttpRequest("GET", LOCATION, {}, None)
    assert AiohttpRequester()._timeout_for(request).total == 5
    slow = HttpRequest("GET", LOCATION, {}, None, timeout=30.0)
    async with ClientSession() as session:
        assert AiohttpSessionRequester(session, timeout=7)._timeout_for(request).total == 7
        assert AiohttpSessionRequester(session, timeout=7)._timeout_for(slow).total == 30
    assert upnp_aiohttp._fixed_host_header(LOCATION) == {}
    assert upnp_aiohttp._fixed_host_header("http://[fe80::1%3]:8080/") == {"Host": "[fe80::1]:8080"}


# --- SSDP put in from outside


def heard(source: str, **more: Any) -> CaseInsensitiveDict:
    """Return headers as Home Assistant's tests make them."""
    headers: dict[str, Any] = {
        "location": LOCATION,
        "st": RENDERER,
        "nt": RENDERER,
        "nts": "ssdp:alive",
        "usn": f"{UDN}::{RENDERER}",
        "cache-control": "max-age=1800",
    }
    headers["_udn"] = ssdp.udn_from_headers(headers)
    return CaseInsensitiveDict({**headers, **more}, _timestamp=datetime.now(), _source=source)


def test_the_udn_of_headers() -> None:
    assert ssdp.udn_from_headers(CaseInsensitiveDict({"USN": f"{UDN}::{RENDERER}"})) == UDN
    assert ssdp.udn_from_headers({"usn": "nonsense"}) is None


async def test_packets_put_into_a_listener() -> None:
    callback = Mock()
    with patch("async_upnp_client.ssdp_listener.SsdpListener.async_start"):
        listener = SsdpListener(callback=callback)
        await listener.async_start()

    listener._on_search(heard("search"))
    listener._on_alive(heard("advertisement"))
    listener._on_update(heard("advertisement", nts="ssdp:update"))
    device = listener.devices[UDN]
    assert (device.udn, device.location, list(device.locations)) == (UDN, LOCATION, [LOCATION])
    combined = device.combined_headers(RENDERER)
    assert combined["location"] == LOCATION
    assert combined.get_lower("nts") == "ssdp:update"
    assert combined.as_dict()["_udn"] == UDN
    assert list(device.all_combined_headers) == [RENDERER]
    assert listener._device_tracker.get_device(heard("search")) is device
    # a byebye for the root device is one of the whole device
    listener._on_byebye(heard("advertisement", nts="ssdp:byebye", nt="upnp:rootdevice"))
    assert listener.devices == {}

    assert [(call.args[1], call.args[2]) for call in callback.call_args_list] == [
        (RENDERER, SsdpSource.SEARCH_CHANGED),  # an alive then is no news
        (RENDERER, SsdpSource.ADVERTISEMENT_UPDATE),
        ("upnp:rootdevice", SsdpSource.ADVERTISEMENT_BYEBYE),
    ]


async def test_packets_put_into_the_listeners_of_a_listener() -> None:
    async_callback = AsyncMock()
    listener = SsdpListener(async_callback=async_callback)
    listener._advertisement_listener = SsdpAdvertisementListener(
        on_alive=listener._on_alive, on_update=listener._on_update, on_byebye=listener._on_byebye
    )
    listener._search_listener = SsdpSearchListener(callback=listener._on_search)
    listener._advertisement_listener.loop = listener.loop = asyncio.get_running_loop()

    listener._search_listener._on_data("HTTP/1.1 200 OK", heard("search", nts=""))
    await asyncio.sleep(0)
    async_callback.assert_awaited_once()
    listener._advertisement_listener._on_data(
        "NOTIFY * HTTP/1.1", heard("advertisement", location=f"{HOST}/new.xml")
    )
    await asyncio.sleep(0)
    assert async_callback.await_count == 2
    assert async_callback.await_args is not None
    assert async_callback.await_args.args[2] is SsdpSource.ADVERTISEMENT_ALIVE


# --- Descriptions


async def test_descriptions_are_peeked_at() -> None:
    cache = DescriptionCache(requester())
    assert cache.peek_description_dict(None) == (True, None)
    assert cache.peek_description_dict(LOCATION) == (False, None)
    description = await cache.async_get_description_dict(LOCATION)
    assert description is not None
    assert (description["UDN"], description["friendlyName"]) == (UDN, "Kitchen")
    assert cache.peek_description_dict(LOCATION) == (True, description)


@pytest.mark.parametrize(
    ("name", "error"),
    [("DET.fromstring", ET.ParseError), ("DET.fromstring", ValueError), ("etree_to_dict", RecursionError)],
)
async def test_a_description_whose_replaced_reader_fails_is_none(name: str, error: type[Exception]) -> None:
    cache = DescriptionCache(requester())
    with patch(f"async_upnp_client.description_cache.{name}", side_effect=error) as reader:
        assert await cache.async_get_description_dict(LOCATION) is None
    reader.assert_called_once()
    assert cache.peek_description_dict(LOCATION) == (True, None)


async def test_a_description_whose_replaced_conversion_fails_is_not_waited_for() -> None:
    cache = DescriptionCache(requester())
    with (
        patch("async_upnp_client.description_cache._description_xml_to_dict", side_effect=TypeError),
        pytest.raises(TypeError),
    ):
        await cache.async_get_description_dict(LOCATION)
    assert cache.peek_description_dict(LOCATION) == (True, None)


async def test_a_broken_description_is_the_error_that_music_assistant_catches() -> None:
    some = requester()
    some.response_map["GET", LOCATION] = HttpResponse(200, {}, "<root>")
    with pytest.raises(ET.ParseError) as caught:
        await UpnpFactory(some).async_create_device(LOCATION)
    assert isinstance(caught.value, UpnpXmlParseError)
    assert isinstance(caught.value, UpnpError)
    assert caught.value.position[0] == 1
