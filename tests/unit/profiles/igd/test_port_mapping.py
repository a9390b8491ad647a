import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

import pytest

from async_upnp_client.exceptions import UpnpActionError, UpnpConnectionError, UpnpError
from async_upnp_client.profiles.igd.device import IgdDevice
from async_upnp_client.profiles.igd.port_mapping import MOST_PORTS, PortMapping
from tests.support.gateway import Gateway, mapping
from tests.support.virtual_time import pass_time, run

OURS = "192.0.2.10"
KEY = ("", "8080", "TCP")
Scenario = Callable[[Gateway, IgdDevice], Coroutine[Any, Any, None]]


def play(gateway: Gateway, scenario: Scenario) -> None:
    """Run a scenario with a gateway in virtual time; at the end nothing of ours is left there."""

    async def main() -> None:
        await scenario(gateway, await gateway.async_igd())
        left = [entry for entry in gateway.mappings.values() if entry["NewInternalClient"] == OURS]
        assert not left

    run(main())


def opening(igd: IgdDevice, port: int = 8080, **options: Any) -> PortMapping:
    """A mapping to a host of ours."""
    return igd.port_mapping(port, internal_client=OURS, **options)


def test_it_is_open_inside_the_block_and_closed_after_it() -> None:
    async def scenario(gateway: Gateway, igd: IgdDevice) -> None:
        async with opening(igd, description="mine", lease=timedelta(minutes=10)) as mapped:
            assert mapped.is_open
            assert (mapped.external_port, mapped.external_address) == (8080, "198.51.100.7")
            assert mapped.granted == timedelta(minutes=10)
            entry = gateway.mappings[KEY]
            assert entry["NewLeaseDuration"] == "600"
            assert entry["NewPortMappingDescription"] == "mine"
        assert not mapped.is_open

    play(Gateway(), scenario)


def test_it_leads_to_this_machine_by_default() -> None:
    async def main() -> None:
        gateway = Gateway()
        # an address of documentation networks is routed like any other, and nothing is sent to it
        igd = await gateway.async_igd(host="http://127.0.0.1:5000")
        async with igd.port_mapping(8080) as mapped:
            assert str(mapped.internal_client) == "127.0.0.1"

    run(main())


@pytest.mark.uda("G-005")
def test_it_is_renewed_at_half_of_its_lease() -> None:
    async def scenario(gateway: Gateway, igd: IgdDevice) -> None:
        async with opening(igd, lease=timedelta(hours=1)):
            await pass_time(60)
            assert len(gateway.called("AddPortMapping")) == 1
            await pass_time(29 * 60 + 1)
            assert len(gateway.called("AddPortMapping")) == 2
            await pass_time(3600)
            assert len(gateway.called("AddPortMapping")) == 4
            assert {call["NewLeaseDuration"] for call in gateway.called("AddPortMapping")} == {"3600"}

    play(Gateway(), scenario)


def test_a_shorter_lease_than_asked_for_is_what_counts() -> None:
    async def scenario(gateway: Gateway, igd: IgdDevice) -> None:
        said = dict(mapping(8080, OURS, lease=120)[KEY])
        gateway.answers["GetSpecificPortMappingEntry"] = lambda _: said
        async with opening(igd) as mapped:
            assert mapped.granted == timedelta(minutes=2)
            await pass_time(61)
            assert len(gateway.called("AddPortMapping")) == 2

    play(Gateway(), scenario)


def test_a_lease_of_a_second_does_not_flood_the_gateway() -> None:
    async def scenario(gateway: Gateway, igd: IgdDevice) -> None:
        async with opening(igd, lease=timedelta(milliseconds=1)):
            await pass_time(60)
        assert len(gateway.called("AddPortMapping")) <= 61

    play(Gateway(), scenario)


@pytest.mark.uda("G-005")
@pytest.mark.parametrize("code", [725, 402])
def test_a_gateway_without_leases_gives_one_without_end(code: int) -> None:
    async def scenario(gateway: Gateway, igd: IgdDevice) -> None:
        gateway.lease_refusal = code
        async with opening(igd) as mapped:
            assert mapped.granted is None
            leases = [call["NewLeaseDuration"] for call in gateway.called("AddPortMapping")]
            assert leases == ["3600", "0"]
            await pass_time(24 * 3600)
            assert len(gateway.called("AddPortMapping")) == 2, "there is nothing to renew"

    play(Gateway(), scenario)


@pytest.mark.uda("G-006")
def test_no_lease_is_a_week_in_version_2() -> None:
    async def scenario(gateway: Gateway, igd: IgdDevice) -> None:
        async with opening(igd, lease=timedelta()) as mapped:
            assert mapped.granted == timedelta(days=7)
            await pass_time(3.5 * 86400 + 60)
            assert len(gateway.called("AddPortMapping")) == 2

    play(Gateway(version=2), scenario)


# --- Conflicts ---


@pytest.mark.uda("G-004", "G-005")
def test_our_own_mapping_is_replaced_where_the_gateway_calls_it_a_conflict() -> None:
    async def scenario(gateway: Gateway, igd: IgdDevice) -> None:
        gateway.mappings.update(mapping(8080, OURS, description="left over"))
        gateway.conflict_for_same_client = True
        async with opening(igd) as mapped:
            assert gateway.mappings[KEY]["NewPortMappingDescription"] == "async-upnp-client"
            await pass_time(31 * 60)
            assert mapped.error is None

    play(Gateway(), scenario)


@pytest.mark.parametrize("entry", [mapping(8080), mapping(8080, OURS, internal_port=22, description="ssh")])
def test_a_mapping_of_another_is_left_alone(entry: dict[tuple[str, ...], dict[str, str]]) -> None:
    async def main() -> None:
        gateway = Gateway()
        gateway.mappings.update(entry)
        gateway.conflict_for_same_client = True
        igd = await gateway.async_igd()
        with pytest.raises(UpnpActionError, match="718"):
            async with opening(igd):
                pass
        assert gateway.mappings == entry
        assert gateway.called("DeletePortMapping") == []

    run(main())


@pytest.mark.uda("G-005")
@pytest.mark.parametrize("version", [1, 2])
def test_the_next_free_port_is_taken_on_request(version: int) -> None:
    async def scenario(gateway: Gateway, igd: IgdDevice) -> None:
        gateway.mappings.update(mapping(8080) | mapping(8081))
        async with opening(igd, any_port=True) as mapped:
            assert mapped.external_port == 8082
            assert gateway.mappings["", "8082", "TCP"]["NewInternalPort"] == "8080"
            await pass_time(3600)
            assert mapped.external_port == 8082, "once it is chosen it stays"
        assert len(gateway.mappings) == 2
        assert ("AddAnyPortMapping" in gateway.names) == (version == 2)

    play(Gateway(version=version), scenario)


@pytest.mark.uda("G-011")
def test_a_gateway_that_declares_to_choose_and_does_not_is_asked_port_by_port() -> None:
    async def scenario(gateway: Gateway, igd: IgdDevice) -> None:
        gateway.mappings.update(mapping(8080))
        gateway.refuse["AddAnyPortMapping"] = 401
        async with opening(igd, any_port=True) as mapped:
            assert mapped.external_port == 8081

    play(Gateway(version=2), scenario)


@pytest.mark.uda("G-011")
def test_a_port_that_the_gateway_chose_without_saying_so_is_found() -> None:
    async def scenario(gateway: Gateway, igd: IgdDevice) -> None:
        def choose(arguments: dict[str, str]) -> dict[str, str]:
            gateway.mappings["", "8085", "TCP"] = {**arguments, "NewExternalPort": "8085"}
            return {"NewOtherPort": "8085"}  # what it does not declare, as miniupnpd does

        gateway.mappings.update(mapping(8080))
        gateway.answers["AddAnyPortMapping"] = choose
        async with opening(igd, any_port=True) as mapped:
            assert mapped.external_port == 8085
        assert gateway.mappings == mapping(8080)

    async def main(non_strict: bool) -> None:
        gateway = Gateway(version=2)
        await scenario(gateway, await gateway.async_igd(non_strict=non_strict))

    run(main(non_strict=True))
    run(main(non_strict=False))


def test_trying_ports_comes_to_an_end() -> None:
    async def main() -> None:
        gateway = Gateway()
        gateway.refuse["AddPortMapping"] = 729
        igd = await gateway.async_igd()
        with pytest.raises(UpnpActionError, match="729"):
            await opening(igd, 65530, any_port=True).async_start()
        ports = [int(call["NewExternalPort"]) for call in gateway.called("AddPortMapping")]
        assert len(set(ports)) == MOST_PORTS
        assert ports[5:8] == [65535, 1024, 1025]

    run(main())


@pytest.mark.uda("G-005")
def test_equal_ports_where_the_gateway_has_no_others() -> None:
    async def scenario(gateway: Gateway, igd: IgdDevice) -> None:
        gateway.same_ports_only = True
        async with opening(igd, external_port=9999, any_port=True) as mapped:
            assert mapped.external_port == 8080
        with pytest.raises(UpnpActionError, match="724"):
            await opening(igd, external_port=9999).async_start()

    play(Gateway(), scenario)


@pytest.mark.uda("G-005")
@pytest.mark.parametrize(("code", "asked", "got"), [(727, 8080, 0), (716, 0, 8080)])
def test_the_only_external_port_that_a_gateway_has(code: int, asked: int, got: int) -> None:
    async def scenario(gateway: Gateway, igd: IgdDevice) -> None:
        gateway.port_refusal = (asked, code)
        with pytest.raises(UpnpActionError, match=str(code)):
            await opening(igd, external_port=asked).async_start()
        async with opening(igd, external_port=asked, any_port=True) as mapped:
            assert mapped.external_port == got

    play(Gateway(), scenario)


@pytest.mark.uda("G-017")
@pytest.mark.parametrize("code", [501, 606, 726, 728])
def test_a_refusal_is_told_with_its_code(code: int) -> None:
    async def main() -> None:
        gateway = Gateway()
        gateway.refuse["AddPortMapping"] = code
        igd = await gateway.async_igd()
        with pytest.raises(UpnpActionError, match=str(code)) as caught:
            await opening(igd).async_start()
        assert caught.value.error_code == code

    run(main())


# --- What goes wrong meanwhile ---


def test_it_is_opened_anew_after_the_gateway_has_restarted() -> None:
    async def scenario(gateway: Gateway, igd: IgdDevice) -> None:
        async with opening(igd) as mapped:
            gateway.mappings.clear()
            await pass_time(61)
            assert KEY in gateway.mappings
            gateway.mappings.clear()
            await mapped.async_renew()
            assert KEY in gateway.mappings

    play(Gateway(), scenario)


def test_a_mapping_without_end_is_opened_anew_too() -> None:
    async def scenario(gateway: Gateway, igd: IgdDevice) -> None:
        async with opening(igd):
            gateway.mappings.clear()
            await pass_time(61)
            assert KEY in gateway.mappings

    gateway = Gateway()
    gateway.lease_refusal = 725
    play(gateway, scenario)


def test_while_the_gateway_is_gone_it_is_tried_ever_later_and_told() -> None:
    async def scenario(gateway: Gateway, igd: IgdDevice) -> None:
        told: list[bool] = []
        async with opening(igd, on_change=lambda mapped: told.append(mapped.is_open)) as mapped:
            gateway.is_gone = True
            await pass_time(3600)
            assert isinstance(mapped.error, UpnpConnectionError)
            assert not mapped.is_open
            assert told == [False]
            asked = len(gateway.requests)
            assert asked < 100
            gateway.is_gone = False
            gateway.mappings.clear()
            await pass_time(61)
            assert mapped.error is None
            assert told == [False, True]
            assert KEY in gateway.mappings

    play(Gateway(), scenario)


def test_a_new_external_address_is_told() -> None:
    async def scenario(gateway: Gateway, igd: IgdDevice) -> None:
        told: list[str | None] = []
        async with opening(igd, on_change=lambda mapped: told.append(mapped.external_address)):
            gateway.wans[0].address = "198.51.100.8"
            await pass_time(31 * 60)
        assert told == ["198.51.100.8"]

    play(Gateway(), scenario)


def test_another_that_took_the_port_meanwhile_keeps_it() -> None:
    async def main() -> None:
        gateway = Gateway()
        igd = await gateway.async_igd()
        async with opening(igd) as mapped:
            gateway.mappings.update(mapping(8080))
            await pass_time(61)
            assert isinstance(mapped.error, UpnpActionError)
        assert gateway.mappings == mapping(8080)

    run(main())


def test_with_any_port_it_moves_where_another_took_the_port() -> None:
    async def scenario(gateway: Gateway, igd: IgdDevice) -> None:
        async with opening(igd, any_port=True) as mapped:
            gateway.mappings.update(mapping(8080))
            await pass_time(61)
            assert mapped.external_port == 8081
        assert gateway.mappings == mapping(8080)

    play(Gateway(), scenario)


def test_a_listener_that_fails_does_not_end_it() -> None:
    def fail(_: PortMapping) -> None:
        raise ValueError("no")

    async def scenario(gateway: Gateway, igd: IgdDevice) -> None:
        async with opening(igd, on_change=fail):
            gateway.is_gone = True
            await pass_time(120)
            gateway.is_gone = False
            await pass_time(120)
            assert KEY in gateway.mappings

    play(Gateway(), scenario)


@pytest.mark.parametrize("code", [401, 501, 602])
def test_a_gateway_that_cannot_tell_what_is_there(code: int) -> None:
    async def scenario(gateway: Gateway, igd: IgdDevice) -> None:
        gateway.refuse["GetSpecificPortMappingEntry"] = code
        async with opening(igd) as mapped:
            await pass_time(61 * 60)
            assert mapped.error is None
            assert len(gateway.called("AddPortMapping")) == 3

    play(Gateway(), scenario)


# --- The end ---


def test_it_is_closed_when_it_is_cancelled() -> None:
    async def scenario(gateway: Gateway, igd: IgdDevice) -> None:
        opened = asyncio.Event()

        async def program() -> None:
            async with opening(igd):
                opened.set()
                await pass_time(3600)

        task = asyncio.create_task(program())
        await opened.wait()
        assert KEY in gateway.mappings
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    play(Gateway(), scenario)


@pytest.mark.parametrize("version", [1, 2])
def test_it_is_closed_when_it_is_cancelled_while_it_is_opened(version: int) -> None:
    async def scenario(gateway: Gateway, igd: IgdDevice) -> None:
        gateway.late = asyncio.Event()
        task = asyncio.create_task(opening(igd, any_port=True).async_start())
        await gateway.late.wait()
        assert KEY in gateway.mappings
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    play(Gateway(version=version), scenario)


def test_stopping_is_safe_at_any_time() -> None:
    async def scenario(gateway: Gateway, igd: IgdDevice) -> None:
        mapped = opening(igd)
        await mapped.async_stop()
        with pytest.raises(UpnpError, match="not open"):
            await mapped.async_renew()
        await mapped.async_start()
        await mapped.async_start()
        await mapped.async_stop()
        await mapped.async_stop()
        with pytest.raises(UpnpError, match="not open"):
            await mapped.async_renew()
        assert len(gateway.called("AddPortMapping")) == len(gateway.called("DeletePortMapping")) == 1

    play(Gateway(), scenario)


def test_a_gateway_that_is_gone_does_not_hold_up_the_end(caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        gateway = Gateway()
        igd = await gateway.async_igd()
        begin = asyncio.get_running_loop().time()
        async with opening(igd):
            gateway.delay = 3600.0
        assert asyncio.get_running_loop().time() - begin < 15

    run(main())
    assert "could not be closed" in caplog.text


def test_what_is_gone_at_the_end_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario(gateway: Gateway, igd: IgdDevice) -> None:
        async with opening(igd):
            gateway.mappings.clear()

    play(Gateway(), scenario)
    assert caplog.text == ""
