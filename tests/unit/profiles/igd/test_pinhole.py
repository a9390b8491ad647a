import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

import pytest

from async_upnp_client.exceptions import UpnpActionError, UpnpError
from async_upnp_client.profiles.igd.device import IgdDevice
from async_upnp_client.profiles.igd.pinhole import LastingPinhole
from tests.support.gateway import Gateway
from tests.support.virtual_time import pass_time, run

OURS = "::1"  # the one address of ours that every machine has
HOST = "http://[2001:db8::1]:5000"


def play(
    gateway: Gateway, scenario: Callable[[Gateway, IgdDevice], Coroutine[Any, Any, None]], host: str = HOST
) -> None:
    """Run a scenario with a gateway in virtual time; at the end nothing is left open."""

    async def main() -> None:
        await scenario(gateway, await gateway.async_igd(host=host))
        assert gateway.pinholes == {}

    run(main())


def opening(igd: IgdDevice, **options: Any) -> LastingPinhole:
    """A pinhole for a port of ours."""
    return igd.pinhole(8080, internal_client=OURS, **options)


@pytest.mark.uda("G-016")
def test_it_is_open_inside_the_block_and_all_is_asked_from_its_address() -> None:
    async def scenario(gateway: Gateway, igd: IgdDevice) -> None:
        async with opening(igd, protocol="UDP") as pinhole:
            assert (pinhole.is_open, pinhole.pinhole_id, pinhole.granted) == (True, 1, timedelta(hours=1))
            said = {k: v for k, v in gateway.pinholes[1].items() if k in ("InternalClient", "Protocol")}
            assert said == {"InternalClient": "::1", "Protocol": "17"}
            await pass_time(31 * 60)
        assert {"AddPinhole", "UpdatePinhole", "GetPinholePackets", "DeletePinhole"} == set(gateway.names)
        assert {request.source for request in gateway.requests} == {"::1"}

    play(Gateway(), scenario)


@pytest.mark.uda("G-015")
def test_it_is_renewed_at_half_of_its_lease() -> None:
    async def scenario(gateway: Gateway, igd: IgdDevice) -> None:
        async with opening(igd, lease=timedelta(days=1)):
            await pass_time(12 * 3600 + 60)
            updates = gateway.called("UpdatePinhole")
            assert updates == [{"UniqueID": "1", "NewLeaseTime": "86400"}]

    play(Gateway(), scenario)


@pytest.mark.parametrize("lease", [timedelta(), timedelta(days=1, seconds=1)])
@pytest.mark.uda("G-015")
def test_a_lease_is_from_a_second_to_a_day(lease: timedelta) -> None:
    async def scenario(_: Gateway, igd: IgdDevice) -> None:
        with pytest.raises(ValueError, match="from a second to a day"):
            opening(igd, lease=lease)

    play(Gateway(), scenario)


@pytest.mark.parametrize("code", [401, 704])
def test_what_cannot_be_renewed_is_opened_anew(code: int) -> None:
    async def scenario(gateway: Gateway, igd: IgdDevice) -> None:
        gateway.refuse["UpdatePinhole"] = code
        async with opening(igd) as pinhole:
            await pass_time(31 * 60)
            assert len(gateway.called("AddPinhole")) == 2
            assert pinhole.pinhole_id == 1

    play(Gateway(), scenario)


def test_it_is_opened_anew_after_the_gateway_has_restarted() -> None:
    async def scenario(gateway: Gateway, igd: IgdDevice) -> None:
        told: list[int | None] = []
        async with opening(igd, on_change=lambda pinhole: told.append(pinhole.pinhole_id)):
            gateway.pinholes = {5: {**gateway.pinholes[1], "InternalPort": "1"}}
            await pass_time(61)
            assert gateway.pinholes.pop(5)
            assert told == [6]

    play(Gateway(), scenario)


def test_an_error_meanwhile_is_told_and_tried_again() -> None:
    async def scenario(gateway: Gateway, igd: IgdDevice) -> None:
        async with opening(igd) as pinhole:
            gateway.refuse["UpdatePinhole"] = 501
            await pass_time(31 * 60)
            assert isinstance(pinhole.error, UpnpActionError)
            del gateway.refuse["UpdatePinhole"]
            await pass_time(61)
            assert pinhole.error is None

    play(Gateway(), scenario)


@pytest.mark.uda("G-017")
@pytest.mark.parametrize("code", [606, 701, 702, 703])
def test_a_refusal_is_told_with_its_code(code: int) -> None:
    async def scenario(gateway: Gateway, igd: IgdDevice) -> None:
        gateway.refuse["AddPinhole"] = code
        with pytest.raises(UpnpActionError, match=str(code)):
            await opening(igd).async_start()
        assert gateway.names == ["AddPinhole"]

    play(Gateway(), scenario)


def test_a_gateway_without_firewall() -> None:
    async def scenario(_: Gateway, igd: IgdDevice) -> None:
        with pytest.raises(UpnpError, match="no IPv6 firewall"):
            await opening(igd).async_start()

    play(Gateway(firewall=False), scenario)


@pytest.mark.uda("G-016")
def test_a_gateway_that_is_known_by_ipv4_only() -> None:
    async def scenario(_: Gateway, igd: IgdDevice) -> None:
        with pytest.raises(UpnpError, match="no IPv6 location"):
            await opening(igd).async_start()

    play(Gateway(), scenario, host="http://192.0.2.1:5000")


def test_it_is_closed_when_it_is_cancelled_while_it_is_opened() -> None:
    async def scenario(gateway: Gateway, igd: IgdDevice) -> None:
        gateway.late = asyncio.Event()
        task = asyncio.create_task(opening(igd).async_start())
        await gateway.late.wait()
        assert len(gateway.pinholes) == 1
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    play(Gateway(), scenario)


def test_what_is_gone_at_the_end_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario(gateway: Gateway, igd: IgdDevice) -> None:
        async with opening(igd):
            gateway.pinholes.clear()

    play(Gateway(), scenario)
    assert caplog.text == ""
