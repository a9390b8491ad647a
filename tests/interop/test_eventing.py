"""UDA chapter 4 with real devices: what changes is told, as it came and decoded; Ctrl-C says goodbye."""

import pytest

from tests.interop.lab import Lab
from tests.interop.lines import Result, complaint, only, results
from tests.interop.network import Program

pytestmark = pytest.mark.interop
EVENT_SECONDS = 20.0
CHANNEL = ("InstanceID=0", "Channel=Master")
SWITCH_POWER = "urn:schemas-upnp-org:service:SwitchPower:1"
INTERRUPTED = "upnp-client: interrupted\n"


def events(listener: Program) -> list[Result]:
    """Return the changed variables of each event so far."""
    return [line["state_variables"] for line in results(listener.printed())]


def wait_for_event(listener: Program, begin: int, **values: object) -> int:
    """Wait until an event after the first ones has these values, and return how many there are then."""
    wanted = values.items()
    listener.wait_for(
        lambda: any(wanted <= event.items() for event in events(listener)[begin:]), f"{values}", EVENT_SECONDS
    )
    return len(events(listener))


def set_volume(lab: Lab, volume: int) -> None:
    """Set the volume of the renderer."""
    only(lab.run_client("call-action", lab.renderer.url, "RC/SetVolume", *CHANNEL, f"DesiredVolume={volume}"))


def test_a_change_is_shown_as_it_came_and_decoded(lab: Lab) -> None:
    set_volume(lab, 50)
    listener = lab.start_client("subscribe", lab.renderer.url, "RC")
    begin = wait_for_event(listener, 0, Volume=50)  # the first event has the state of everything
    set_volume(lab, 41)
    wait_for_event(listener, begin, Volume=41)
    raw, decoded = events(listener)[begin : begin + 2]
    assert raw.keys() == {"LastChange"}
    assert 'val="41"' in raw["LastChange"]
    assert decoded["Volume"] == 41
    assert listener.interrupt() == 0
    assert listener.complained() == INTERRUPTED


def test_last_change_is_left_out_if_not_wanted(lab: Lab) -> None:
    set_volume(lab, 51)
    listener = lab.start_client("subscribe", lab.renderer.url, "RC", "--nolastchange")
    begin = wait_for_event(listener, 0, Volume=51)
    set_volume(lab, 42)
    wait_for_event(listener, begin, Volume=42)
    assert not any("LastChange" in event for event in events(listener))
    assert listener.interrupt() == 0


def test_ctrl_c_unsubscribes(lab: Lab) -> None:
    listener = lab.start_client("--debug-traffic", "subscribe", lab.renderer.url, "*")
    wait_for_event(listener, 0, Mute=False)
    assert listener.interrupt() == 0
    traffic = listener.complained()
    assert traffic.count("Sending UNSUBSCRIBE ") == 3, "one for each service of the renderer"
    assert "Traceback" not in traffic


def test_the_renderer_is_not_heard_over_ipv6(lab: Lab) -> None:
    # libupnp describes the device there, and then knows it by its IPv4 address alone.
    assert "500" in complaint(lab.run_client("subscribe", lab.ipv6_url(lab.renderer), "RC"), 4)


def switch(lab: Lab, lit: bool) -> None:
    """Switch the light."""
    only(
        lab.run_client(
            "call-action", lab.light.url, f"{SWITCH_POWER}/SetTarget", f"newTargetValue={int(lit)}"
        )
    )


@pytest.mark.parametrize("ipv6", [False, True], ids=["ipv4", "ipv6"])
def test_the_light_tells_that_it_was_switched(lab: Lab, ipv6: bool) -> None:
    url = lab.ipv6_url(lab.light) if ipv6 else lab.light.url
    listener = lab.start_client("--debug-traffic", "subscribe", url, SWITCH_POWER)
    listener.wait_for(lambda: "NOTIFY" in listener.complained(), "the first event", EVENT_SECONDS)
    for lit in (True, False):
        begin = len(events(listener))
        switch(lab, lit)
        wait_for_event(listener, begin, Status=lit)
    assert listener.interrupt() == 0


def test_a_device_that_never_sends_an_event_costs_nothing(lab: Lab) -> None:
    # minidlna accepts subscriptions and opens the connection for an event, which never comes.
    listener = lab.start_client("--debug-traffic", "subscribe", lab.server.url, "CD")
    listener.wait_for(lambda: "SID: " in listener.complained(), "the subscription", EVENT_SECONDS)
    assert listener.interrupt() == 0
    assert "Traceback" not in listener.complained()


def test_library_subscribes_renews_and_unsubscribes(lab: Lab) -> None:
    listener = lab.start_library("subscribe", lab.light.url, SWITCH_POWER, "Status", "True")
    listener.wait_for(lambda: "sid" in listener.output.read_text(), "the subscription", EVENT_SECONDS)
    switch(lab, True)
    listener.wait_for(lambda: "unsubscribed" in listener.output.read_text(), "the change", EVENT_SECONDS)
    told = results(listener.printed())
    assert {"event": {"Status": True}} in told
    subscribed, renewed = (line for line in told if "sid" in line)
    assert subscribed["sid"] == renewed["sid"] == told[-1]["unsubscribed"]
    assert renewed["seconds"] > 0
    assert (listener.wait_for_end(EVENT_SECONDS), listener.complained()) == (0, "")
