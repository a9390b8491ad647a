from unittest.mock import AsyncMock, create_autospec

import pytest

from async_upnp_client.client.device import UpnpDevice
from async_upnp_client.const import HttpRequest, HttpResponse
from async_upnp_client.exceptions import (
    UpnpCommunicationError,
    UpnpConnectionError,
    UpnpError,
    UpnpResponseError,
)
from tests.support import model
from tests.support.model import MemoryRequester, variable

ROOT, INNER, DEEP = "urn:x:device:Root:1", "urn:x:device:Inner:1", "urn:x:device:Deep:1"


def service(name: str, service_id: str | None = None):
    return model.service(
        service_type=f"urn:x:service:{name}:1", service_id=service_id or f"urn:x:serviceId:{name}"
    )


def tree():
    """Root(A) with Inner(B, C) with Deep(A), and another device beside Inner."""
    deep = model.device([service("A")], device_type=DEEP, udn="uuid:Deep")
    inner = model.device([service("B"), service("C")], [deep], device_type=INNER, udn="uuid:Inner")
    other = model.device([], device_type="urn:x:device:Other:1", udn="uuid:INNER")
    root = model.device([service("A")], [inner, other], device_type=ROOT, udn="uuid:Root")
    return root, inner, deep, other


def test_what_is_declared():
    device = model.device(friendly_name="Kitchen")
    assert device.name == device.friendly_name == "Kitchen"
    assert device.manufacturer == "Maker"
    assert device.model_name == "Model"
    assert (device.udn, device.device_type, device.device_url) == (
        "uuid:1",
        model.DEVICE_TYPE,
        model.DEVICE_URL,
    )
    for name in (
        "manufacturer_url",
        "model_description",
        "model_number",
        "model_url",
        "serial_number",
        "upc",
    ):
        assert getattr(device, name) is None
    assert device.presentation_url is None
    assert device.icons == []
    assert device.xml is model.XML
    assert str(device) == "<UpnpDevice(uuid:1)>"
    assert device.available is True
    assert len(device.ssdp_headers) == 0


def test_users_may_set_attributes_of_their_own():
    device = model.device()
    device.available = False
    device.mine = 1  # type: ignore[attr-defined]  # what is held
    assert device.mine == 1  # type: ignore[attr-defined]  # what is held


def test_the_tree_is_bound():
    root, inner, deep, _ = tree()
    assert root.parent_device is None
    assert deep.parent_device is inner
    assert deep.root_device is inner.root_device is root.root_device is root
    assert root.service("urn:x:service:A:1").device is root
    with pytest.raises(UpnpError, match="already bound"):
        model.device([], [inner])
    with pytest.raises(UpnpError, match="already bound"):
        inner.parent_device = root


def test_the_tree_is_walked_depth_first():
    root, inner, deep, other = tree()
    assert root.all_devices == [root, inner, deep, other]
    assert [found.service_type for found in root.all_services] == [
        "urn:x:service:A:1",
        "urn:x:service:B:1",
        "urn:x:service:C:1",
        "urn:x:service:A:1",
    ]


def test_finding_in_the_tree():
    root, inner, deep, _ = tree()
    assert root.find_device(ROOT) is root
    assert root.find_device(DEEP) is deep
    assert root.find_device("urn:x:device:Deep:2") is None
    assert root.find_service("urn:x:service:C:1") is inner.services["urn:x:service:C:1"]
    assert root.find_service("urn:x:service:A:1") is root.services["urn:x:service:A:1"]
    assert inner.find_service("urn:x:service:A:1") is deep.services["urn:x:service:A:1"]
    assert root.find_service("urn:x:service:D:1") is None


def test_own_services():
    root, inner, _, _ = tree()
    assert inner.has_service("urn:x:service:B:1")
    assert not root.has_service("urn:x:service:B:1")
    assert inner.service_id("urn:x:serviceId:C") is inner.service("urn:x:service:C:1")
    assert root.service_id("urn:x:serviceId:C") is None
    with pytest.raises(KeyError):
        root.service("urn:x:service:B:1")


def test_embedded_devices_of_one_type_are_all_there():
    zones = [model.device([service("A")], device_type=INNER, udn=f"uuid:{number}") for number in range(3)]
    root = model.device([], zones, device_type=ROOT)
    assert root.all_devices == [root, *zones]
    assert root.own_devices == zones
    assert len(root.all_services) == 3
    assert root.embedded_devices == {INNER: zones[2]}
    assert root.find_device(INNER) is zones[2]


# Ping


@pytest.mark.parametrize("status", [200, 204, 400, 403, 405])
async def test_a_device_that_answers_is_there(status):
    requester = MemoryRequester(HttpResponse(status, {}, ""))
    device = model.device(requester=requester)
    await device.async_ping()
    assert requester.requests == [HttpRequest("GET", model.DEVICE_URL, {}, None)]


@pytest.mark.parametrize("status", [404, 410, 500, 503])
async def test_a_device_without_its_description_is_not(status):
    device = model.device(requester=MemoryRequester(HttpResponse(status, {"A": "b"}, "")))
    with pytest.raises(UpnpResponseError) as caught:
        await device.async_ping()
    assert isinstance(caught.value, UpnpCommunicationError)
    assert (caught.value.status, caught.value.headers) == (status, {"A": "b"})


async def test_a_ping_goes_through_the_hook_and_passes_errors_on():
    requester = MemoryRequester(UpnpConnectionError("x"))
    device = model.device(requester=requester)
    device.on_pre_receive_device_spec = lambda request: HttpRequest("HEAD", request.url, {"X": "y"}, None)
    with pytest.raises(UpnpConnectionError):
        await device.async_ping()
    assert requester.requests == [HttpRequest("HEAD", model.DEVICE_URL, {"X": "y"}, None)]


# Reinit


def test_reinit_needs_the_same_type():
    device = model.device(device_type=ROOT, friendly_name="Old")
    with pytest.raises(UpnpError, match="device_type"):
        device.reinit(model.device(device_type=INNER, friendly_name="New"))
    assert device.friendly_name == "Old"


def test_reinit_keeps_the_objects_that_are_described_still():
    root, inner, deep, _ = tree()
    old_services = root.all_services
    services, embedded = root.services, root.embedded_devices

    new_root, new_inner, _, _ = tree()
    new_root.device_info = new_root.device_info._replace(url="http://192.0.2.9/d.xml", friendly_name="New")
    new_inner.device_info = new_inner.device_info._replace(url="http://192.0.2.9/d.xml")
    root.reinit(new_root)

    assert root.friendly_name == "New"
    assert root.all_devices[1:3] == [inner, deep]
    assert root.all_services == old_services
    assert root.services is services
    assert root.embedded_devices is embedded
    assert root.service("urn:x:service:A:1").control_url == "http://192.0.2.9/control"
    assert inner.service("urn:x:service:B:1").control_url == "http://192.0.2.9/control"


def test_reinit_drops_what_is_gone_and_takes_what_is_new():
    root, _, _, other = tree()
    added = model.device([service("D")], device_type="urn:x:device:Added:1", udn="uuid:Added")
    new_service = service("E")
    root.reinit(
        model.device(
            [new_service], [added, model.device([], device_type=other.device_type)], device_type=ROOT
        )
    )
    assert root.services == {"urn:x:service:E:1": new_service}
    assert new_service.device is root
    assert root.own_devices == [added, other]
    assert root.embedded_devices == {added.device_type: added, other.device_type: other}
    assert added.parent_device is root
    assert added.root_device is root
    assert root.find_device(INNER) is None


@pytest.mark.parametrize(
    ("old", "new", "pairs"),
    [
        ([("A", "1")], [("A", "1")], [0]),
        ([("A", "1")], [("A", "2")], [0]),  # another serviceId
        ([("A", "1")], [("B", "1")], [0]),  # another type
        ([("A", "1")], [("B", "2")], [None]),
        ([("A", "1"), ("A", "2")], [("A", "2"), ("A", "1")], [1, 0]),
        ([("A", "1"), ("A", "2")], [("A", "3"), ("A", "1")], [1, 0]),
        ([("A", "")], [("B", "")], [None]),
        ([("A", "")], [("A", "")], [0]),
    ],
)
def test_services_are_matched_by_id_and_type(old, new, pairs):
    def built(pair):
        kind, service_id = pair
        return model.service(service_type=kind, service_id=service_id)

    known = [built(pair) for pair in old]
    device = model.device(known)
    device.reinit(model.device([built(pair) for pair in new]))
    assert [known.index(one) if one in known else None for one in device.own_services] == pairs
    assert [(one.service_type, one.service_id) for one in device.own_services] == new


def test_embedded_devices_are_matched_by_udn_before_type():
    first = model.device([], device_type=INNER, udn="uuid:A")
    second = model.device([], device_type=INNER, udn="uuid:B")
    root = model.device([], [first, second])
    root.reinit(
        model.device(
            [],
            [
                model.device([], device_type=INNER, udn="uuid:new", friendly_name="1"),
                model.device([], device_type=INNER, udn="UUID:a", friendly_name="2"),
            ],
        )
    )
    assert root.own_devices == [second, first]
    assert (first.friendly_name, second.friendly_name) == ("2", "1")


def test_reinit_keeps_listeners_hooks_and_values():
    volume = variable("Volume")
    old = model.service([volume])
    device = model.device([old])
    old.on_event = told = lambda _service, _variables: None
    volume.value = 5
    device.ssdp_headers["BOOTID.UPNP.ORG"] = "1"
    device.available = False
    device.reinit(model.device([model.service([variable("Volume")])]))
    assert device.service(model.SERVICE_TYPE) is old
    assert old.on_event is told
    assert old.state_variable("Volume") is volume
    assert volume.value == 5
    assert device.ssdp_headers["bootid.upnp.org"] == "1"
    assert device.available is False


def test_followers_hear_of_a_new_description():
    root, *_ = tree()
    heard = []

    def follower():
        heard.append(root.name)
        root.followers.discard(follower)

    root.followers.add(follower)
    for name in ("first", "second"):
        root.reinit(model.device([], device_type=ROOT, friendly_name=name))
    assert heard == ["first"]


def test_reinit_with_itself_changes_nothing():
    root, inner, _, other = tree()
    root.reinit(root)
    assert root.own_devices == [inner, other]
    assert inner.parent_device is root


def test_everything_is_there_for_autospec():
    double = create_autospec(UpnpDevice, instance=True)
    assert isinstance(double.async_ping, AsyncMock)
    for name in (
        "name",
        "udn",
        "all_services",
        "root_device",
        "parent_device",
        "service_id",
        "reinit",
        "icons",
    ):
        assert hasattr(double, name)
