"""`describe`: the whole device as one result."""

import json

import pytest

from async_upnp_client.cli.arguments import parse_arguments
from async_upnp_client.cli.description import async_device, device_record
from async_upnp_client.cli.exit_codes import CommandError, ExitCode
from async_upnp_client.cli.output import plain
from async_upnp_client.exceptions import UpnpConnectionError, UpnpXmlContentError
from tests.support.descriptions import (
    DEVICE_URL,
    Action,
    Device,
    Service,
    Variable,
    device_description,
    service_description,
)
from tests.support.replies import ReplyTable

SERVICE = Service("urn:x:service:T:1", "urn:x:serviceId:T", "/s.xml", "/c", "")
VARIABLES = [
    Variable("Level", "ui2", "yes", default="5", minimum="0", maximum="100", step="5"),
    Variable("Channel", "string", allowed=["Master", "LF"]),
    Variable("Odd", "ui4", default="none"),
]
ACTIONS = [Action("Get", [("In", "Channel")], [("Out", "Level")])]


def described(url, *argv, replies):
    return async_device(parse_arguments(["describe", url, *argv]), ReplyTable(replies))


async def test_everything_that_people_need_to_call_and_subscribe():
    description = device_description(
        Device(
            udn="uuid:1",
            services=[SERVICE],
            icons=[{"mimetype": "image/png", "width": "8", "height": "8", "depth": "24", "url": "/i.png"}],
            devices=[Device("urn:x:device:E:1", udn="uuid:2")],
        )
    )
    replies = {
        ("GET", DEVICE_URL): description,
        ("GET", "http://192.0.2.1:80/s.xml"): service_description(VARIABLES, ACTIONS),
    }
    record = device_record(await described(DEVICE_URL, replies=replies))

    assert json.loads(json.dumps(plain(record))) == record
    assert (record["device_url"], record["udn"], record["friendly_name"]) == (
        DEVICE_URL,
        "uuid:1",
        "Test device",
    )
    assert record["icons"][0]["url"] == "http://192.0.2.1:80/i.png"
    assert [embedded["udn"] for embedded in record["embedded_devices"]] == ["uuid:2"]
    level = {"data_type": "ui2", "default": 5, "minimum": 0, "maximum": 100, "step": 5}
    channel = {"data_type": "string", "allowed_values": ["LF", "Master"]}
    assert record["services"] == [
        {
            "service_id": "urn:x:serviceId:T",
            "service_type": "urn:x:service:T:1",
            "scpd_url": "http://192.0.2.1:80/s.xml",
            "control_url": "http://192.0.2.1:80/c",
            "event_sub_url": "",
            "actions": {
                "Get": {
                    "in": {"In": {"related_state_variable": "Channel", **channel}},
                    "out": {"Out": {"related_state_variable": "Level", **level}},
                }
            },
            "state_variables": {
                "Level": {"send_events": True, **level},
                "Channel": {"send_events": False, **channel},
                "Odd": {"send_events": False, "data_type": "ui4"},
            },
        }
    ]


@pytest.mark.parametrize(
    "url", ["", "d.xml", "192.0.2.1:80/d.xml", "http:///d.xml", "ftp://192.0.2.1/", "http://[::1/"]
)
async def test_what_is_no_url_is_a_sentence(url):
    with pytest.raises(CommandError) as error:
        await described(url, replies={})
    assert str(error.value) == f"{url!r} is not the URL of a description (http://...)"
    assert error.value.exit_code is ExitCode.UNREACHABLE


async def test_a_device_that_is_not_there_is_an_error_of_the_library():
    with pytest.raises(UpnpConnectionError):
        await described(DEVICE_URL, replies={})


async def test_strict_is_passed_on():
    replies = {("GET", DEVICE_URL): device_description(Device(services=[Service(scpd_url="")]))}
    assert len((await described(DEVICE_URL, replies=replies)).all_services) == 1
    with pytest.raises(UpnpXmlContentError):
        await described(DEVICE_URL, "--strict", replies=replies)
