from collections.abc import Callable
from ipaddress import IPv4Address

import pytest

from async_upnp_client._diagnostics import Code
from async_upnp_client.exceptions import UpnpActionError
from async_upnp_client.limits import Limits
from tests.support.gateway import Gateway, RefusalError, mapping

MANY = mapping(80) | mapping(81, protocol="UDP") | mapping(80, host="203.0.113.5")


async def async_ports(gateway: Gateway) -> list[int]:
    """List the external ports."""
    return [entry.external_port for entry in await (await gateway.async_igd()).async_get_port_mappings()]


@pytest.mark.uda("G-009", "G-012")
@pytest.mark.parametrize("version", [1, 2])
async def test_all_are_listed(version: int) -> None:
    gateway = Gateway(version=version)
    gateway.mappings.update(MANY)
    listed = await (await gateway.async_igd()).async_get_port_mappings()
    keys = {(entry.remote_host, entry.external_port, entry.protocol) for entry in listed}
    assert keys == {(None, 80, "TCP"), (None, 81, "UDP"), (IPv4Address("203.0.113.5"), 80, "TCP")}
    assert ("GetListOfPortMappings" in gateway.names) == (version == 2)
    assert ("GetGenericPortMappingEntry" in gateway.names) == (version == 1)


@pytest.mark.parametrize("version", [1, 2])
async def test_an_empty_list(version: int) -> None:
    assert await async_ports(Gateway(version=version)) == []


@pytest.mark.uda("G-012")
async def test_the_whole_range_is_asked_for_from_1_on() -> None:
    gateway = Gateway(version=2)
    await async_ports(gateway)
    assert gateway.calls[0][1] == {
        "NewStartPort": "1",
        "NewEndPort": "65535",
        "NewProtocol": "TCP",
        "NewManage": "1",
        "NewNumberOfPorts": "0",
    }


async def test_who_may_not_see_all_sees_his_own() -> None:
    gateway = Gateway(version=2)
    gateway.mappings.update(mapping(80))
    document = gateway._listing

    def answer(arguments: dict[str, str]) -> dict[str, str]:
        if arguments["NewManage"] == "1":
            raise RefusalError(606)
        return {"NewPortListing": document(gateway.wans[0], arguments["NewProtocol"])}

    gateway.answers["GetListOfPortMappings"] = answer
    assert await async_ports(gateway) == [80]


@pytest.mark.parametrize("text", ["", "no document", "<p:PortMappingList"])
@pytest.mark.uda("G-012")
async def test_a_document_that_is_none_is_no_hindrance(text: str) -> None:
    gateway = Gateway(version=2)
    gateway.mappings.update(mapping(80))
    gateway.answers["GetListOfPortMappings"] = lambda _: {"NewPortListing": text}
    assert await async_ports(gateway) == [80]


@pytest.mark.parametrize("code", [401, 501, 602, 606])
async def test_a_document_that_is_refused_is_no_hindrance(code: int) -> None:
    gateway = Gateway(version=2)
    gateway.mappings.update(mapping(80))
    gateway.refuse["GetListOfPortMappings"] = code
    assert await async_ports(gateway) == [80]


def ends_with(gateway: Gateway, code: int) -> Callable[[dict[str, str]], dict[str, str]]:
    """Answer with the entries, and then with an error code."""

    def answer(arguments: dict[str, str]) -> dict[str, str]:
        entries, index = list(gateway.mappings.values()), int(arguments["NewPortMappingIndex"])
        if index >= len(entries):
            raise RefusalError(code)
        return entries[index]

    return answer


@pytest.mark.uda("G-009")
@pytest.mark.parametrize("code", [713, 714, 730, 402, 501, 606])
async def test_how_the_list_ends(code: int) -> None:
    gateway = Gateway()
    gateway.mappings.update(mapping(80))
    gateway.answers["GetGenericPortMappingEntry"] = ends_with(gateway, code)
    assert await async_ports(gateway) == [80]


@pytest.mark.parametrize("code", [401, 602, 606])
async def test_a_list_that_is_refused_is_not_empty(code: int) -> None:
    gateway = Gateway()
    gateway.refuse["GetGenericPortMappingEntry"] = code
    with pytest.raises(UpnpActionError, match=str(code)):
        await async_ports(gateway)


@pytest.mark.uda("G-009")
async def test_a_list_that_repeats_its_last_entry_for_ever() -> None:
    gateway = Gateway()
    gateway.mappings.update(MANY)
    entries = list(MANY.values())
    gateway.answers["GetGenericPortMappingEntry"] = lambda arguments: entries[
        min(int(arguments["NewPortMappingIndex"]), 2)
    ]
    assert len(await async_ports(gateway)) == 3
    assert len(gateway.calls) == 4


async def test_a_list_without_end_is_ended() -> None:
    gateway = Gateway()

    def answer(arguments: dict[str, str]) -> dict[str, str]:
        return next(iter(mapping(int(arguments["NewPortMappingIndex"]) + 1).values()))

    gateway.answers["GetGenericPortMappingEntry"] = answer
    igd = await gateway.async_igd(call_gap=0.0, limits=Limits(port_mappings=20))
    assert len(await igd.async_get_port_mappings()) == 20


@pytest.mark.parametrize("version", [1, 2])
async def test_an_entry_that_cannot_be_read_is_told_and_left_out(version: int) -> None:
    gateway = Gateway(version=version)
    gateway.mappings.update(mapping(80) | mapping(81, "laptop") | mapping(82))
    igd = await gateway.async_igd()
    assert [entry.external_port for entry in await igd.async_get_port_mappings()] == [80, 82]
    texts = [
        found.message for found in igd.device.all_diagnostics if found.code == Code.VALUE_UNREADABLE.text
    ]
    assert any("cannot be read" in text or "laptop" in text for text in texts)


async def test_a_list_of_nothing_readable_comes_to_an_end() -> None:
    gateway = Gateway()
    gateway.answers["GetGenericPortMappingEntry"] = lambda _: {}
    assert await async_ports(gateway) == []
    assert len(gateway.calls) == 16


async def test_a_gateway_without_the_actions() -> None:
    gateway = Gateway()
    gateway.wans[0].actions = {}
    assert await async_ports(gateway) == []
