import pytest

from async_upnp_client.exceptions import UpnpXmlContentError, UpnpXmlParseError
from async_upnp_client.profiles.ohmedia.lists import (
    Entry,
    Pin,
    Source,
    parse_entries,
    parse_pins,
    parse_sources,
)

SOURCES = """<SourceList><Source><Name>Playlist</Name><Type>Playlist</Type><Visible>true</Visible>
<SystemName>Internal</SystemName></Source><Source><Name>HDMI &amp; co</Name><Type>Hdmi</Type>
<Visible>0</Visible></Source></SourceList>"""
TRACKS = """<TrackList><Entry><Id>7</Id><Uri>http://x/7.flac</Uri><Metadata>&lt;DIDL-Lite/&gt;</Metadata>
</Entry><Entry><Id>none</Id></Entry><Entry><Id>8</Id></Entry>
<Entry><Id>99999999999</Id></Entry></TrackList>"""


@pytest.mark.uda("O-005")
def test_sources() -> None:
    assert parse_sources(SOURCES) == [
        Source(0, "Playlist", "Playlist", "Internal", is_visible=True),
        Source(1, "HDMI & co", "Hdmi", None, is_visible=False),
    ]


@pytest.mark.parametrize("text", ["", "no", "<Sources/>", "<SourceList"])
def test_sources_that_are_none(text: str) -> None:
    with pytest.raises((UpnpXmlContentError, UpnpXmlParseError)):
        parse_sources(text)


@pytest.mark.uda("O-003", "O-005")
def test_entries() -> None:
    assert parse_entries(TRACKS) == [Entry(7, "http://x/7.flac", "<DIDL-Lite/>"), Entry(8, "", "")]
    assert parse_entries("<ChannelList/>") == parse_entries(" ") == []


def test_entries_that_are_none() -> None:
    with pytest.raises(UpnpXmlParseError):
        parse_entries("<TrackList")


PINS = """[{"id": 9, "mode": "tidal", "type": "album", "uri": "tidal:9", "title": "Ä", "description": "d",
"artworkUri": "http://x/9.png", "shuffle": true}, {"id": 10, "mode": null, "shuffle": "yes", "more": [1]},
{"id": "11"}, {"id": true}, 12, {}]"""


@pytest.mark.uda("O-003")
def test_pins() -> None:
    assert parse_pins(PINS) == [
        Pin(9, "tidal", "album", "tidal:9", "Ä", "d", "http://x/9.png", shuffle=True),
        Pin(10, "", "", "", "", "", "", shuffle=False),
    ]
    assert parse_pins("") == parse_pins("[]") == []


@pytest.mark.parametrize("text", ["{}", "[1", "null", "7", "[" * 100_000])
def test_pins_that_are_none(text: str) -> None:
    with pytest.raises(ValueError, match="list of pins"):
        parse_pins(text)
