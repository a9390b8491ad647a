from typing import Any

import pytest

from async_upnp_client.profiles.ohmedia.device import OhmDevice
from async_upnp_client.profiles.ohmedia.ids import encode_id_array
from async_upnp_client.profiles.ohmedia.lists import Entry, Pin
from async_upnp_client.profiles.ohmedia.names import ProductSourceType
from tests.support.openhome import async_player, service
from tests.support.soap_device import SoapDevice

TYPES = ("Playlist", "Radio", "Receiver", "Hdmi")
SOURCES = "".join(
    f"<Source><Name>{kind}!</Name><Type>{kind}</Type><SystemName>s</SystemName>"
    f"<Visible>{'true' if kind != 'Hdmi' else 'false'}</Visible></Source>"
    for kind in TYPES
)
SOURCE_XML = f"<SourceList>{SOURCES}</SourceList>"
PRODUCT = {
    "SourceIndex": ({}, {"Value": "ui4"}),
    "SourceXml": ({}, {"Value": "string"}),
    "Source": (
        {"Index": "ui4"},
        {"SystemName": "string", "Type": "string", "Name": "string", "Visible": "boolean"},
    ),
}
STEPS: dict[str, Any] = {name: ({}, {}) for name in ("Play", "Pause", "Stop")}
TRANSPORT = STEPS | {"TransportState": ({}, {"State": "string"})}


async def async_home(
    *, transport: bool = False, active: int = 0, source_xml: str = SOURCE_XML
) -> tuple[OhmDevice, SoapDevice]:
    """A player with four sources, one of them active."""
    product = service("Product", PRODUCT, {"SourceIndex": "ui4", "SourceXml": "string"})
    product.answers |= {"SourceIndex": {"Value": str(active)}, "SourceXml": {"Value": source_xml}}
    if active < len(TYPES):
        kind = TYPES[active]
        source = {"SystemName": "s", "Type": kind, "Name": f"{kind}!", "Visible": "1"}
        product.answers["Source"] = source
    services = [
        product,
        *(service(name, STEPS, {"TransportState": "string"}) for name in ("Playlist", "Radio", "Receiver")),
    ]
    if transport:
        services.append(service("Transport", TRANSPORT, {"TransportState": "string"}))
    player, device = await async_player(*services)
    for found in player.profile_device.all_services:
        name = found.service_id.rpartition(":")[2]
        values = {"SourceIndex": str(active), "SourceXml": source_xml.replace("&", "&amp;")}
        found.notify_changed_state_variables(
            values if name == "Product" else {"TransportState": f"of {name}"}
        )
    return player, device


# --- Sources ---


@pytest.mark.uda("O-005")
async def test_sources() -> None:
    player, _ = await async_home(active=1)
    assert await player.async_active_source_index() == 1
    assert (await player.async_active_source_name(), await player.async_active_source_type()) == (
        "Radio!",
        "Radio",
    )
    assert [source["Name"] for source in await player.async_visible_sources()] == [
        "Playlist!",
        "Radio!",
        "Receiver!",
    ]
    assert (await player.async_visible_sources())[1] == {
        "Index": 1,
        "Name": "Radio!",
        "Type": "Radio",
        "SystemName": "s",
    }
    assert player.has_source_type(ProductSourceType.HDMI) is True
    assert player.has_source_type(ProductSourceType.ANALOG) is False


@pytest.mark.parametrize("text", ["", "no list", "<SourceList"])
async def test_sources_that_cannot_be_read(text: str) -> None:
    player, _ = await async_home(source_xml=text)
    assert await player.async_visible_sources() == []
    assert player.has_source_type(ProductSourceType.RADIO) is None
    assert player.transport_state is None


async def test_what_a_source_does_not_say_is_none() -> None:
    player, device = await async_home()
    device.services[0].answers["Source"] = {}
    assert await player.async_active_source_name() is None
    device.services[0].answers["SourceIndex"] = {}
    assert await player.async_active_source_index() is None
    assert await player.async_active_source_type() is None


# --- Transport ---


@pytest.mark.parametrize(
    ("active", "state"), [(0, "of Playlist"), (1, "of Radio"), (2, "of Receiver"), (3, None), (9, None)]
)
async def test_the_state_is_that_of_the_active_source(active: int, state: str | None) -> None:
    player, _ = await async_home(active=active)
    assert player.transport_state == state


async def test_the_state_is_that_of_transport_where_there_is_one() -> None:
    player, _ = await async_home(transport=True)
    assert player.transport_state == "of Transport"


@pytest.mark.parametrize(
    ("active", "method", "action"),
    [
        (0, "async_play", "Play"),
        (1, "async_play", "Play"),
        (2, "async_play", "Play"),
        (0, "async_stop", "Stop"),
        (1, "async_stop", "Stop"),
        (2, "async_stop", "Stop"),
        (0, "async_pause", "Pause"),
        (1, "async_pause", "Pause"),
        (2, "async_pause", "Stop"),
    ],
)
async def test_the_active_source_is_meant(active: int, method: str, action: str) -> None:
    player, device = await async_home(active=active)
    asked: list[str] = []

    def note(service_id: str) -> dict[str, str]:
        asked.append(service_id)
        return {}

    for one in device.services[1:]:
        one.answers[action] = lambda _, one=one: note(one.service_id)  # type: ignore[misc]  # bound by its default
    await getattr(player, method)()
    assert asked == [f"urn:av-openhome-org:serviceId:{TYPES[active]}"]


@pytest.mark.parametrize("method", ["async_play", "async_stop", "async_pause"])
async def test_a_source_that_cannot_be_controlled(method: str, caplog: pytest.LogCaptureFixture) -> None:
    player, device = await async_home(active=3)
    await getattr(player, method)()
    assert "Hdmi" in caplog.text
    assert {name for name, _ in device.calls} == {"SourceIndex", "Source"}


@pytest.mark.parametrize(
    ("state", "method", "calls"),
    [
        ("Playing", "async_play", ["Play"]),
        ("Playing", "async_stop", ["Stop"]),
        ("Playing", "async_pause", ["Pause"]),
        ("Paused", "async_stop", ["Stop"]),
        ("Paused", "async_pause", []),
        ("Stopped", "async_stop", []),
        ("Stopped", "async_pause", []),
    ],
)
async def test_transport_is_asked_where_there_is_one(state: str, method: str, calls: list[str]) -> None:
    player, device = await async_home(transport=True)
    player.profile_device.all_services[-1].notify_changed_state_variables({"TransportState": state})
    await getattr(player, method)()
    assert [name for name, _ in device.calls] == calls


# --- Tracks, presets, pins ---


def array_of(name: str, ids: list[int], listed: str) -> Any:
    """A service with tracks or presets."""
    list_name = "TrackList" if name == "Playlist" else "ChannelList"
    found = service(
        name,
        {
            "IdArray": ({}, {"Token": "ui4", "Array": "string"}),
            "ReadList": ({"IdList": "string"}, {list_name: "string"}),
        },
    )
    found.answers = {
        "IdArray": {"Token": "1", "Array": encode_id_array(ids)},
        "ReadList": {list_name: f"<{list_name}>{listed}</{list_name}>"},
    }
    return found


@pytest.mark.uda("O-002", "O-003")
async def test_tracks() -> None:
    listed = "<Entry><Id>7</Id><Uri>http://x/7</Uri><Metadata>m</Metadata></Entry>"
    player, device = await async_player(array_of("Playlist", [5, 7], listed))
    assert await player.async_playlist_ids() == [5, 7]
    assert await player.async_playlist_last_id() == 7
    assert await player.async_playlist_tracks() == [Entry(7, "http://x/7", "m")]
    assert device.calls[-1] == ("ReadList", {"IdList": "5 7"})
    await player.async_playlist_tracks([7])
    assert device.calls[-1] == ("ReadList", {"IdList": "7"})
    assert player._decode_id_array("AAAAAQ==") == [1]


async def test_an_empty_playlist() -> None:
    player, _ = await async_player(array_of("Playlist", [], ""))
    assert await player.async_playlist_last_id() == 0
    assert await player.async_playlist_tracks() == []


@pytest.mark.uda("O-002", "O-003")
async def test_presets() -> None:
    listed = "<Entry><Id>3</Id><Metadata>m</Metadata></Entry>"
    player, device = await async_player(array_of("Radio", [0, 3], listed))
    assert await player.async_radio_ids() == [0, 3]
    assert await player.async_radio_presets() == [Entry(3, "", "m")]
    assert device.calls[-1] == ("ReadList", {"IdList": "3"})
    await player.async_radio_presets([3])


@pytest.mark.uda("O-003")
async def test_pins_are_read_by_their_ids() -> None:
    actions = {"GetIdArray": ({}, {"IdArray": "string"}), "ReadList": ({"Ids": "string"}, {"List": "string"})}
    pins = service("Pins", actions)
    pins.answers |= {
        "GetIdArray": {"IdArray": "[0,9,12]"},
        "ReadList": {"List": '[{"id": 9, "mode": "m", "type": "t", "uri": "u", "title": "T"}]'},
    }
    player, device = await async_player(pins)
    assert await player.async_pins() == [Pin(9, "m", "t", "u", "T", "", "", shuffle=False)]
    assert device.calls[-1] == ("ReadList", {"Ids": "[9, 12]"})
    await player.async_pins([12])
    assert device.calls[-1] == ("ReadList", {"Ids": "[12]"})


async def test_pins(caplog: pytest.LogCaptureFixture) -> None:
    texts = dict.fromkeys(("Mode", "Type", "Uri", "Title", "Description", "ArtworkUri"), "string")
    actions = {
        "SetDevice": ({"Index": "ui4"} | texts | {"Shuffle": "boolean"}, {}),
        "GetIdArray": ({}, {"IdArray": "string"}),
    }
    pins = service("Pins", actions)
    pins.answers["GetIdArray"] = {"IdArray": "[0,9]"}
    player, device = await async_player(pins)
    assert await player.async_pins_ids() == [0, 9]
    metadata = {
        "id": 2,
        "mode": "m",
        "type": "t",
        "uri": "u",
        "title": "T",
        "description": "d",
        "artworkUri": "a",
        "shuffle": False,
    }
    await player.async_pins_set_device_metadata(metadata)
    assert device.calls[-1][1] == {
        "Index": "2",
        "Mode": "m",
        "Type": "t",
        "Uri": "u",
        "Title": "T",
        "Description": "d",
        "ArtworkUri": "a",
        "Shuffle": "0",
    }
    del metadata["uri"], metadata["id"]
    await player.async_pins_set_device_metadata(metadata)
    assert "no id, uri" in caplog.text
    assert len(device.calls) == 2
