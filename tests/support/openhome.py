"""OpenHome players in memory, and the questions that are asked about each of their services."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from async_upnp_client.exceptions import UpnpError
from async_upnp_client.profiles.ohmedia.device import OhmDevice
from tests.support.soap_device import SoapDevice, SoapService

SOURCE = "urn:av-openhome-org:device:Source:1"
VERSIONS = {"Update": 4}


@dataclass(frozen=True)
class Call:
    """A method with its arguments, the action that it calls, what it sends, whether it tells something."""

    method: str
    arguments: tuple[Any, ...]
    action: str
    sent: Mapping[str, str]
    tells: bool


def service(
    name: str,
    actions: Mapping[str, Any],
    variables: Mapping[str, str] | None = None,
    *,
    version: int | None = None,
) -> SoapService:
    """A service of a player."""
    domain = "linn-co-uk" if name == "Update" else "av-openhome-org"
    number = VERSIONS.get(name, 1) if version is None else version
    kind = f"urn:{domain}:service:{name}:{number}"
    return SoapService(kind, f"urn:{domain}:serviceId:{name}", actions, variables or {})


async def async_player(*services: SoapService) -> tuple[OhmDevice, SoapDevice]:
    """A player with services, and the device behind it."""
    device = SoapDevice(SOURCE, services)
    return OhmDevice(await device.async_device(), None), device


def declared(calls: Sequence[Call]) -> dict[str, Any]:
    """The actions that some methods call, with the types of what is sent."""

    def kind(text: str) -> str:
        return "boolean" if text == "1" else "ui4" if text.isdecimal() else "string"

    return {
        call.action: (
            {name: kind(text) for name, text in call.sent.items()},
            {"Told": "string"} if call.tells else {},
        )
        for call in calls
    }


async def async_check_call(name: str, calls: Sequence[Call], call: Call) -> None:
    """Call a method: its action gets what it is to get, and what that tells comes back as it is."""
    player, device = await async_player(service(name, declared(calls)))
    device.services[0].answers[call.action] = {"Told": "something"} if call.tells else {}
    result = await getattr(player, call.method)(*call.arguments)
    assert result == ({"Told": "something"} if call.tells else None)
    assert device.calls == [(call.action, dict(call.sent))]

    without, _ = await async_player(service(name, {}))
    with pytest.raises(UpnpError, match=f"no action {name}/{call.action}"):
        await getattr(without, call.method)(*call.arguments)
    bare, _ = await async_player()
    with pytest.raises(UpnpError, match=f"no service {name}"):
        await getattr(bare, call.method)(*call.arguments)


async def async_check_properties(name: str, properties: Mapping[str, str]) -> None:
    """Each property has what an event told of its variable, and None before and where there is none."""
    player, _ = await async_player(service(name, {}, dict.fromkeys(properties.values(), "string")))
    bare, _ = await async_player()
    assert {getattr(player, name) for name in properties} <= {None}
    assert {getattr(bare, name) for name in properties} <= {None}
    player.profile_device.all_services[0].notify_changed_state_variables(
        {variable: f"of {variable}" for variable in properties.values()}
    )
    assert {name: getattr(player, name) for name in properties} == {
        name: f"of {variable}" for name, variable in properties.items()
    }


async def async_check_has(name: str, calls: Sequence[Call], has: Mapping[str, str]) -> None:
    """Each property tells whether the player has its action."""
    actions = declared(calls)
    for wanted, action in has.items():
        player, _ = await async_player(service(name, {action: actions[action]}))
        assert [name for name in has if getattr(player, name)] == [wanted]
    bare, _ = await async_player()
    assert not any(getattr(bare, name) for name in has)
