import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from async_upnp_client.exceptions import UpnpConnectionError, UpnpError
from async_upnp_client.profiles._services import newest_first
from tests.support.renderer import Renderer


def test_the_newest_version_comes_first() -> None:
    types = frozenset({"urn:x:service:A:1", "urn:x:service:A:10", "urn:x:service:A:2"})
    assert [one.rpartition(":")[2] for one in newest_first(types)] == ["10", "2", "1"]


async def test_polls_go_side_by_side_and_are_told_once() -> None:
    together = asyncio.Barrier(2)

    class Slow(Renderer):
        async def async_http_request(self, http_request: Any) -> Any:
            if "Get" in http_request.headers.get("SOAPAction", ""):
                await together.wait()
            return await super().async_http_request(http_request)

    renderer = Slow(
        GetTransportInfo={"CurrentTransportState": "PLAYING"}, GetTransportSettings={"PlayMode": "NORMAL"}
    )
    dmr = await renderer.async_profile()
    events: list[list[str]] = []
    dmr.on_event = lambda _service, variables: events.append([one.name for one in variables])
    names = ("GetTransportInfo", "GetTransportSettings", "NoSuchAction")
    await dmr._async_poll_state_variables("AVT", names, InstanceID=0)
    assert events == [["TransportState", "CurrentPlayMode"]]
    await dmr._async_poll_state_variables("XYZ", "GetTransportInfo")


async def test_answers_are_heard_of_also_if_nothing_has_changed() -> None:
    heard: list[tuple[str, str, Mapping[str, Any]]] = []
    renderer = Renderer(GetTransportInfo={"CurrentTransportState": "PLAYING"})
    dmr = await renderer.async_profile()
    dmr._on_answer = lambda *answer: heard.append(answer)  # type: ignore[method-assign]
    for _ in range(2):
        await dmr._async_poll_state_variables("AVT", "GetTransportInfo", InstanceID=0)
    assert heard == [("AVT", "GetTransportInfo", {"CurrentTransportState": "PLAYING"})] * 2


async def test_what_is_refused_is_left_out_and_what_is_gone_is_not() -> None:
    renderer = Renderer(GetTransportInfo=501, GetTransportSettings={"PlayMode": "SHUFFLE"})
    dmr = await renderer.async_profile()
    names = ("GetTransportInfo", "GetTransportSettings")
    await dmr._async_poll_state_variables("AVT", names, InstanceID=0)
    assert dmr.play_mode == "SHUFFLE"
    with pytest.raises(UpnpError, match="InstanceID"):
        await dmr._async_poll_state_variables("AVT", names)
    renderer.is_gone = True
    with pytest.raises(UpnpConnectionError):
        await dmr._async_poll_state_variables("AVT", names, InstanceID=0)


async def test_a_listener_that_fails_ends_no_poll(caplog: pytest.LogCaptureFixture) -> None:
    dmr = await Renderer(GetTransportInfo={"CurrentTransportState": "PLAYING"}).async_profile()

    def fail(*_event: object) -> None:
        raise ZeroDivisionError

    dmr.on_event = fail
    await dmr._async_poll_state_variables("AVT", "GetTransportInfo", InstanceID=0)
    assert dmr.transport_state == "PLAYING"
    assert "on_event failed" in caplog.text
