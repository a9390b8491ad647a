"""What befalls every call of a virtual gateway."""

import asyncio

import pytest

from async_upnp_client.exceptions import UpnpActionError
from async_upnp_client.server.action import called_by
from tests.support.virtual_gateway import Gateway
from tests.support.virtual_time import pass_time, run


async def test_calls_are_noted_with_who_called():
    gateway = Gateway()
    with called_by("10.0.0.5"):
        await gateway.async_call("Layer3Forwarding", "GetDefaultConnectionService")
    assert list(gateway.virtual.calls) == [("GetDefaultConnectionService", {}, "10.0.0.5")]


async def test_an_action_is_refused():
    gateway = Gateway()
    gateway.faults.refuse["GetExternalIPAddress"] = 501
    with pytest.raises(UpnpActionError) as refused:
        await gateway.async_call("WANIPConnection", "GetExternalIPAddress")
    assert refused.value.error_code == 501
    await gateway.async_call("WANIPConnection", "GetStatusInfo")


def test_an_action_takes_its_time():
    async def slow():
        gateway = Gateway()
        gateway.faults.seconds = 30
        started = asyncio.get_running_loop().time()
        await gateway.async_call("WANIPConnection", "GetStatusInfo")
        return asyncio.get_running_loop().time() - started

    assert run(slow()) == 30


def test_an_action_is_carried_out_and_not_answered():
    async def lost():
        gateway = Gateway()
        gateway.faults.lose_answer.add("AddPortMapping")
        call = asyncio.ensure_future(
            gateway.async_call(
                "WANIPConnection", "AddPortMapping", "", 8080, "TCP", 80, "10.0.0.5", True, "", 60
            )
        )
        await pass_time(3600)
        assert not call.done()
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)
        return gateway.virtual.calls[0].arguments["NewExternalPort"]

    assert run(lost()) == 8080
