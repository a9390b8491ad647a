"""UDA chapter 3 with real devices: actions called, typed results, refusals."""

import json
from xml.etree import ElementTree as ET

import pytest

from tests.interop.lab import Lab
from tests.interop.lines import complaint, only

pytestmark = pytest.mark.interop
CHANNEL = ("InstanceID=0", "Channel=Master")
RENDERING_CONTROL = "urn:schemas-upnp-org:service:RenderingControl:1"
SWITCH_POWER = "urn:schemas-upnp-org:service:SwitchPower:1"
BROWSE = (
    "BrowseFlag=BrowseDirectChildren",
    "Filter=*",
    "StartingIndex=0",
    "RequestedCount=0",
    "SortCriteria=",
)


def get_volume(lab: Lab, url: str) -> int:
    """Ask the renderer for its volume."""
    result = only(lab.run_client("call-action", url, "RC/GetVolume", *CHANNEL))
    volume = result["out_parameters"]["CurrentVolume"]
    assert isinstance(volume, int)
    return volume


@pytest.mark.parametrize("strict", [(), ("--strict",)], ids=["lenient", "strict"])
def test_volume_is_set_and_read_back(lab: Lab, strict: tuple[str, ...]) -> None:
    url = lab.renderer.url
    for volume in (33, 70):
        command = ("call-action", url, "RC/SetVolume", *CHANNEL, f"DesiredVolume={volume}")
        result = only(lab.run_client(*strict, *command))
        assert result["in_parameters"] == {"InstanceID": 0, "Channel": "Master", "DesiredVolume": volume}
        assert result["out_parameters"] == {}
        assert get_volume(lab, url) == volume


@pytest.mark.parametrize("name", ["RC", "RenderingControl", RENDERING_CONTROL])
def test_a_service_has_several_names(lab: Lab, name: str) -> None:
    result = only(lab.run_client("call-action", lab.renderer.url, f"{name}/GetMute", *CHANNEL))
    assert (result["service_type"], result["action"]) == (RENDERING_CONTROL, "GetMute")
    assert result["out_parameters"] == {"CurrentMute": False}


def test_the_renderer_is_not_controlled_over_ipv6(lab: Lab) -> None:
    # libupnp describes the device there, and then knows it by its IPv4 address alone.
    command = ("call-action", lab.ipv6_url(lab.renderer), "RC/GetVolume", *CHANNEL)
    assert "404" in complaint(lab.run_client(*command), 3)


@pytest.mark.parametrize("mode", ["strict", "lenient"])
def test_volume_is_set_and_read_back_by_the_library(lab: Lab, mode: str) -> None:
    volume = {"strict": 12, "lenient": 13}[mode]
    channel = {"InstanceID": 0, "Channel": "Master"}
    call = ("call", lab.renderer.url, mode, RENDERING_CONTROL)
    assert only(lab.run_library(*call, "SetVolume", json.dumps({**channel, "DesiredVolume": volume}))) == {}
    assert only(lab.run_library(*call, "GetVolume", json.dumps(channel))) == {"CurrentVolume": volume}


@pytest.mark.parametrize("ipv6", [False, True], ids=["ipv4", "ipv6"])
def test_the_light_is_switched(lab: Lab, ipv6: bool) -> None:
    url = lab.ipv6_url(lab.light) if ipv6 else lab.light.url
    for wanted in (True, False):
        lit = ("call-action", url, f"{SWITCH_POWER}/SetTarget", f"newTargetValue={int(wanted)}")
        assert only(lab.run_client(*lit))["in_parameters"] == {"newTargetValue": wanted}
        result = only(lab.run_client("call-action", url, f"{SWITCH_POWER}/GetStatus"))
        assert result["out_parameters"] == {"ResultStatus": wanted}


@pytest.mark.parametrize("strict", [(), ("--strict",)], ids=["lenient", "strict"])
def test_browse_returns_what_the_server_serves(lab: Lab, strict: tuple[str, ...]) -> None:
    result = only(lab.run_client(*strict, "call-action", lab.server.url, "CD/Browse", "ObjectID=0", *BROWSE))
    answer = result["out_parameters"]
    assert answer["NumberReturned"] == answer["TotalMatches"] == len(lab.server.tones)
    didl = ET.fromstring(answer["Result"])
    names = {"dc": "http://purl.org/dc/elements/1.1/", "didl": "urn:schemas-upnp-org:metadata-1-0/DIDL-Lite/"}
    assert {title.text for title in didl.iterfind("didl:item/dc:title", names)} == set(lab.server.tones)
    for resource in didl.iterfind("didl:item/didl:res", names):
        assert (resource.text or "").startswith(
            f"http://{lab.server.host.ipv4}:{lab.server.port}/MediaItems/"
        )


def test_the_device_refuses(lab: Lab) -> None:
    unknown = ("ObjectID=no-such-object", *BROWSE)
    line = complaint(lab.run_client("call-action", lab.server.url, "CD/Browse", *unknown), 4)
    assert "701" in line


# What does not fit is said without asking the device.
@pytest.mark.parametrize(
    ("call", "arguments", "said"),
    [
        ("RC/SetVolume", (*CHANNEL, "DesiredVolume=loud"), "DesiredVolume"),
        ("RC/SetVolume", CHANNEL, "DesiredVolume"),
        ("RC/SetVolume", (*CHANNEL, "DesiredVolume=1", "Colour=red"), "Colour"),
        ("RC/Shout", CHANNEL, "Shout"),
        ("XY/GetVolume", CHANNEL, "XY"),
    ],
)
def test_what_does_not_fit_is_named(lab: Lab, call: str, arguments: tuple[str, ...], said: str) -> None:
    assert said in complaint(lab.run_client("call-action", lab.renderer.url, call, *arguments), 1)


def test_strict_keeps_to_the_allowed_range(lab: Lab) -> None:
    call = ("call-action", lab.renderer.url, "RC/SetVolume", *CHANNEL, "DesiredVolume=101")
    assert "DesiredVolume" in complaint(lab.run_client("--strict", *call), 1)
