from datetime import timedelta
from typing import Any

import pytest

from async_upnp_client._headers import CaseInsensitiveDict
from async_upnp_client._interfaces import Interface
from async_upnp_client.const import AddressTupleVXType, DeviceIcon
from async_upnp_client.exceptions import UpnpConnectionError, UpnpError
from async_upnp_client.profiles import profile
from async_upnp_client.profiles.profile import (
    RESUBSCRIBE_TOLERANCE,
    RESUBSCRIBE_TOLERANCE_SECS,
    SUBSCRIBE_TIMEOUT,
    find_device_of_type,
)
from tests.support import model
from tests.support.lamp import DIMMING, TYPES, Lamp, power, service, tree
from tests.support.model import MemoryRequester, answer

# --- What it is ---


def test_constants() -> None:
    assert timedelta(seconds=RESUBSCRIBE_TOLERANCE_SECS) == RESUBSCRIBE_TOLERANCE == timedelta(minutes=1)
    assert timedelta(minutes=9) == SUBSCRIBE_TIMEOUT


@pytest.mark.parametrize("lamp_type", TYPES)
def test_the_device_of_the_kind_is_found_where_it_is_embedded(lamp_type: str) -> None:
    root = tree(power(), lamp_type=lamp_type)
    lamp = Lamp(root, None)
    assert lamp.device is root
    assert lamp.profile_device is root.all_devices[1] is find_device_of_type(root, TYPES)
    assert (lamp.name, lamp.udn, lamp.device_type) == ("Lamp", "uuid:lamp", lamp_type)
    assert (lamp.manufacturer, lamp.model_name) == ("Maker", "Model")
    assert (lamp.model_description, lamp.model_number, lamp.serial_number) == (None, None, None)


def test_a_device_of_another_kind() -> None:
    with pytest.raises(UpnpError, match="Lamp:1"):
        Lamp(model.device(), None)
    assert not Lamp.is_profile_device(model.device())


@pytest.mark.parametrize(("services", "is_one"), [([power], True), ([], False)])
def test_a_lamp_has_its_services(services: list[Any], is_one: bool) -> None:
    assert Lamp.is_profile_device(tree(*(make() for make in services))) is is_one


@pytest.mark.parametrize(
    ("icons", "url"),
    [
        ([], None),
        ([("image/png", 48, 48, 24, "")], None),
        ([("image/png", 48, 48, 24, "a"), ("image/png", 120, 120, 8, "b")], "b"),
        ([("image/png", 48, 48, 8, "a"), ("image/gif", 48, 48, 24, "b")], "b"),
        (
            [("image/gif", 48, 48, 24, "a"), ("image/PNG", 48, 48, 24, "b"), ("image/jpeg", 48, 48, 24, "c")],
            "b",
        ),
        ([("image/webp", 48, 48, 24, "a"), ("image/gif", 48, 48, 24, "b")], "b"),
    ],
)
def test_the_best_icon(icons: list[Any], url: str | None) -> None:
    root = tree()
    lamp = root.all_devices[1]
    lamp.device_info = lamp.device_info._replace(icons=[DeviceIcon(*icon) for icon in icons])
    assert Lamp(root, None).icon == url


# --- Services ---


def test_the_newest_version_of_a_service_is_meant() -> None:
    services = {version: service(DIMMING.format(version)) for version in (2, 10, 1)}
    lamp = Lamp(tree(*services.values()), None)
    assert lamp._service("DIM") is services[10]
    assert lamp._action("DIM", "Get") is services[10].action("Get")
    assert lamp._state_variable("DIM", "Level") is services[10].state_variable("Level")
    assert lamp._interesting_service(services[2])
    assert not lamp._interesting_service(service("urn:x:service:Other:1"))


@pytest.mark.parametrize("alias", ["PWR", "none such"])
def test_what_is_missing_is_none(alias: str) -> None:
    lamp = Lamp(tree(service(DIMMING.format(1))), None)
    assert (lamp._service(alias), lamp._action(alias, "Get"), lamp._state_variable(alias, "L")) == (None,) * 3
    assert lamp._action("DIM", "Fly") is None
    assert lamp._state_variable("DIM", "Wings") is None


def polled(*answers: Any) -> tuple[Lamp, list[list[str]]]:
    """A lamp that answers to Get, and what its listener hears."""
    dimming = service(DIMMING.format(1), requester=MemoryRequester(*answers))
    lamp, heard = Lamp(tree(dimming), None), list[list[str]]()
    lamp.on_event = lambda _service, variables: heard.append([variable.name for variable in variables])
    return lamp, heard


def told(status: str, level: str) -> Any:
    """What Get answers."""
    return answer("Get", f"<S>{status}</S><L>{level}</L>", namespace=DIMMING.format(1))


async def test_polling_sets_what_has_changed() -> None:
    lamp, heard = polled(told("on", "5"), told("on", "6"), told("on", "6"), told("off", "99"))
    for _ in range(4):
        await lamp._async_poll_state_variables("DIM", ["Get", "none such"], In=1)
    assert heard == [["Status", "Level"], ["Level"], ["Status", "Level"]], "also what is out of range"
    await lamp._async_poll_state_variables("PWR", "Get", In=1)  # there is none


async def test_polling_leaves_out_what_is_refused() -> None:
    lamp, heard = polled(model.answer("Get", "", status=500), told("on", "5"))
    await lamp._async_poll_state_variables("DIM", ["Get", "Get"], In=1)
    assert heard == [["Status", "Level"]]


@pytest.mark.parametrize("error", [UpnpConnectionError("gone"), UpnpError("missing")])
async def test_polling_raises_what_is_no_refusal(error: UpnpError) -> None:
    lamp, _ = polled(error)
    with pytest.raises(type(error)):
        await lamp._async_poll_state_variables("DIM", "Get", In=1)
    with pytest.raises(UpnpError, match="In"):
        await lamp._async_poll_state_variables("DIM", "Get")


async def test_searching_asks_for_the_types_of_the_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, int]] = []

    async def search(async_callback: Any, *, timeout: int, search_target: str, source: Any) -> None:
        asked.append((search_target, timeout))
        assert source == ("127.0.0.1", 0)
        for st in (search_target, "ssdp:all"):
            await async_callback(CaseInsensitiveDict(st=st, usn=f"uuid:lamp::{st}"))

    monkeypatch.setattr(profile, "async_search", search)
    found = await Lamp.async_search(("127.0.0.1", 0), timeout=1)
    assert asked == [(device_type, 1) for device_type in TYPES]
    assert {headers["st"] for headers in found} == set(TYPES)


HOSTS: dict[AddressTupleVXType, str] = {
    ("192.0.2.1", 0): "192.0.2.7",
    ("198.51.100.1", 0): "198.51.100.7",
    ("fe80::1", 0, 0, 2): "[fe80::7]",
}
LAN = [Interface(f"lan{n}", n, source) for n, source in enumerate(HOSTS)]


@pytest.mark.parametrize(
    ("lost", "hosts"),
    [
        ((), {"192.0.2.7", "198.51.100.7"}),
        ((("192.0.2.1", 0),), {"198.51.100.7"}),
        ((("192.0.2.1", 0), ("198.51.100.1", 0)), {"[fe80::7]"}),
    ],
)
async def test_without_source_the_search_leaves_by_every_interface(
    monkeypatch: pytest.MonkeyPatch, lost: tuple[Any, ...], hosts: set[str]
) -> None:
    async def search(async_callback: Any, *, timeout: int, search_target: str, source: Any) -> None:
        assert timeout == 4
        if source in lost:
            raise OSError("no such device")
        for _ in range(2):  # heard twice
            location = f"http://{HOSTS[source]}/d.xml"
            await async_callback(
                CaseInsensitiveDict(st=search_target, usn=f"uuid:{search_target}", location=location)
            )

    monkeypatch.setattr(profile, "async_search", search)
    monkeypatch.setattr(profile, "usable_interfaces", lambda: LAN)
    found = sorted((headers["st"], headers["location"]) for headers in await Lamp.async_discover())
    assert found == sorted((st, f"http://{host}/d.xml") for host in hosts for st in TYPES)


async def test_a_search_that_no_interface_takes_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    async def search(_async_callback: Any, *, source: Any, **_options: Any) -> None:
        asked.append(source)
        raise OSError("network is unreachable")

    def unknown() -> list[Interface]:
        raise OSError("not told")

    monkeypatch.setattr(profile, "async_search", search)
    monkeypatch.setattr(profile, "usable_interfaces", unknown)
    with pytest.raises(OSError, match="unreachable"):
        await Lamp.async_search()
    assert asked == [None] * len(TYPES), "where interfaces are not known, the system chooses"
