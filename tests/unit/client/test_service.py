import logging
from unittest.mock import AsyncMock, create_autospec

import pytest

from async_upnp_client.client.service import UpnpService
from async_upnp_client.client.state_variable import UpnpStateVariable
from async_upnp_client.exceptions import UpnpError
from tests.support import model
from tests.support.model import MemoryRequester, answer, variable


class Listener:
    """An on_event that keeps what it was told."""

    def __init__(self) -> None:
        self.told: list[tuple[UpnpService, list[str]]] = []

    def __call__(self, service, variables):
        self.told.append((service, [changed.name for changed in variables]))


def test_what_is_declared():
    volume, stop = variable("Volume"), model.action("Stop")
    service = model.service([volume], [stop])
    assert (service.service_type, service.service_id) == (model.SERVICE_TYPE, model.SERVICE_ID)
    assert service.xml is model.XML
    assert service.state_variables == {"Volume": volume}
    assert service.actions == {"Stop": stop}
    assert volume.service is stop.service is service
    assert service.on_event is None


def test_it_has_a_device_or_raises():
    service = model.service()
    assert str(service) == repr(service) == f"<UpnpService({model.SERVICE_ID}, unbound)>"
    for read in ("device", "control_url"):
        with pytest.raises(UpnpError, match="not bound"):
            getattr(service, read)
    device = model.device([service])
    assert service.device is device
    assert str(service) == f"<UpnpService({model.SERVICE_ID}, uuid:1)>"


@pytest.mark.parametrize(
    ("url", "absolute"),
    [
        ("/control", "http://192.0.2.1:8080/control"),
        ("control", "http://192.0.2.1:8080/dir/control"),
        ("?a=b", "http://192.0.2.1:8080/dir/description.xml?a=b"),
        ("http://192.0.2.1:99/control", "http://192.0.2.1:99/control"),
        (" /control\n", "http://192.0.2.1:8080/control"),
    ],
)
def test_urls_are_made_absolute(url, absolute):
    service = model.service(control_url=url, event_sub_url=url, scpd_url=url)
    model.device([service])
    assert (service.control_url, service.event_sub_url, service.scpd_url) == (absolute,) * 3


@pytest.mark.uda("S-027")
@pytest.mark.parametrize("url", ["", " ", "\n"])
def test_an_empty_url_is_none(url):
    service = model.service(control_url=url, event_sub_url=url, scpd_url=url)
    model.device([service])
    assert (service.control_url, service.event_sub_url, service.scpd_url) == ("", "", "")


def test_urls_follow_the_device():
    service = model.service()
    device = model.device([service])
    assert service.control_url == "http://192.0.2.1:8080/control"
    device.device_info = device.device_info._replace(url="http://192.0.2.2/d.xml")
    assert service.control_url == "http://192.0.2.2/control"


def test_state_variables_by_name():
    volume = variable("Volume")
    service = model.service([volume])
    assert service.has_state_variable("Volume")
    assert service.state_variable("Volume") is volume
    assert service.has_state_variable("{urn:x}Volume")
    assert service.state_variable("{urn:x}Volume") is volume
    for name in ("Mute", "{urn:x}Mute"):
        assert not service.has_state_variable(name)
        with pytest.raises(KeyError, match="Mute"):
            service.state_variable(name)


def test_actions_by_name():
    stop = model.action("Stop")
    service = model.service([], [stop])
    assert service.has_action("Stop")
    assert service.action("Stop") is stop
    assert not service.has_action("Play")
    with pytest.raises(KeyError):
        service.action("Play")


async def test_an_action_is_called_itself_or_by_name():
    level = variable("Level")
    get = model.action("Get", [("In", "in", level), ("Out", "out", level)])
    requester = MemoryRequester(answer("Get", "<Out>1</Out>"), answer("Get", "<Out>2</Out>"))
    service = model.service([level], [get], requester=requester)
    model.device([service])
    assert await service.async_call_action("Get", In=5) == {"Out": 1}
    assert await service.async_call_action(get, In=6) == {"Out": 2}
    with pytest.raises(KeyError):
        await service.async_call_action("Put")


# Events


def test_an_event_sets_variables_and_is_told_once():
    volume, mute = variable("Volume"), variable("Mute", "boolean")
    service = model.service([volume, mute])
    service.on_event = listener = Listener()
    service.notify_changed_state_variables({"{urn:e}Mute": "1", "Volume": "7", "X_Unknown": "y"})
    assert (volume.value, mute.value) == (7, True)
    assert listener.told == [(service, ["Mute", "Volume"])]


def test_an_event_needs_no_listener():
    volume = variable("Volume")
    model.service([volume]).notify_changed_state_variables({"Volume": "7"})
    assert volume.value == 7


@pytest.mark.uda("S-041")
@pytest.mark.parametrize("strict", [True, False])
def test_a_value_outside_range_or_list_is_delivered(strict):
    volume = variable("Volume", value_range={"max": "10"}, strict=strict)
    medium = variable("Medium", "string", allowed=["NONE"], strict=strict)
    service = model.service([volume, medium])
    service.on_event = listener = Listener()
    service.notify_changed_state_variables({"Volume": "11", "Medium": "NETWORK,NONE"})
    assert (volume.value, medium.value) == (11, "NETWORK,NONE")
    assert listener.told == [(service, ["Volume", "Medium"])]


@pytest.mark.uda("T-003")
def test_a_value_that_cannot_be_read_is_told_and_stops_no_other(caplog):
    volume, mute = variable("Volume"), variable("Mute", "boolean")
    volume.value = 5
    service = model.service([volume, mute])
    service.on_event = listener = Listener()
    with caplog.at_level(logging.DEBUG, "async_upnp_client"):
        service.notify_changed_state_variables({"Volume": "loud", "Mute": "0"})
    assert volume.value is None
    assert volume.value_unchecked is UpnpStateVariable.UPNP_VALUE_ERROR
    assert mute.value is False
    assert listener.told == [(service, ["Volume", "Mute"])]
    assert [record.levelno for record in caplog.records] == [logging.DEBUG]


def test_a_variable_that_fails_stops_no_other(caplog):
    class Broken(UpnpStateVariable[str]):
        def receive(self, upnp_value, now=None):
            raise RuntimeError(upnp_value)

    template = variable("Broken", "string")
    mute = variable("Mute", "boolean")
    service = model.service([Broken(template.info, template.schema), mute])
    service.on_event = listener = Listener()
    service.notify_changed_state_variables({"Broken": "x", "Mute": "1"})
    assert mute.value is True
    assert listener.told == [(service, ["Mute"])]
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


# Reinit


def test_reinit_keeps_what_goes_by_the_same_name():
    volume, gone = variable("Volume", value_range={"max": "10"}), variable("Gone")
    get, dropped = model.action("Get", [("Out", "out", volume)]), model.action("Dropped")
    requester = MemoryRequester()
    service = model.service([volume, gone], [get, dropped], requester=requester)
    device = model.device([service])
    service.on_event = listener = Listener()
    variables, actions = service.state_variables, service.actions
    volume.value = 5
    assert service.control_url == "http://192.0.2.1:8080/control"

    new_volume, added = variable("Volume", value_range={"max": "20"}), variable("Added")
    more = model.action("More", [("In", "in", new_volume)])
    service.reinit(
        model.service(
            [new_volume, added],
            [model.action("Get", [("Out", "out", new_volume), ("Added", "out", added)]), more],
            service_type="urn:schemas-upnp-org:service:RenderingControl:2",
            control_url="/other",
        )
    )
    assert service.control_url == "http://192.0.2.1:8080/other"
    assert service.service_type.endswith(":2")
    assert service.state_variables is variables
    assert variables == {"Volume": volume, "Added": added}
    assert (volume.value, volume.max_value) == (5, 20)
    assert service.actions is actions
    assert actions == {"Get": get, "More": more}
    assert [argument.related_state_variable for argument in get.arguments] == [volume, added]
    assert [argument.related_state_variable for argument in more.arguments] == [volume]
    assert {item.service for item in variables.values()} == {service}
    assert {item.service for item in actions.values()} == {service}
    assert (service.requester, service.device, service.on_event) == (requester, device, listener)


def test_reinit_with_a_service_whose_description_got_lost_keeps_what_was_known():
    service = model.service([model.variable("Volume", "ui2")], [model.action("Get")])
    lost = model.service(control_url="/elsewhere")
    document = service.document
    service.reinit(lost)
    assert list(service.state_variables) == ["Volume"]
    assert list(service.actions) == ["Get"]
    assert service.document is document
    assert service.service_info.control_url == "/elsewhere"


def test_reinit_with_itself_changes_nothing():
    volume = variable("Volume")
    get = model.action("Get", [("Out", "out", volume)])
    service = model.service([volume], [get])
    service.reinit(service)
    assert service.state_variables == {"Volume": volume}
    assert service.actions == {"Get": get}
    assert [argument.related_state_variable for argument in get.arguments] == [volume]


def test_everything_is_there_for_autospec():
    double = create_autospec(UpnpService, instance=True)
    assert isinstance(double.async_call_action, AsyncMock)
    for name in ("device", "service_type", "control_url", "has_action", "notify_changed_state_variables"):
        assert hasattr(double, name)
