import pytest

from async_upnp_client.profiles.dlna import TrackMetadata
from async_upnp_client.profiles.dlna.metadata import text_or_none
from tests.support.renderer import didl

BASE = "http://192.0.2.1:80/device.xml"
CLASS = "<upnp:class>object.item.audioItem.musicTrack</upnp:class>"


def song(inside: str = "") -> str:
    return didl(f'<item id="1" parentID="0" restricted="1"><dc:title>T</dc:title>{CLASS}{inside}</item>')


@pytest.mark.uda("A-007")
@pytest.mark.parametrize(
    ("said", "text"),
    [(None, None), ("", None), ("  ", None), ("NOT_IMPLEMENTED", None), (3, None), ("a", "a")],
)
def test_what_says_nothing(said: object, text: str | None) -> None:
    assert text_or_none(said) == text
    assert (TrackMetadata.parse(said) is None) is (text is None)


def test_fields() -> None:
    metadata = TrackMetadata.parse(song("<upnp:artist>A</upnp:artist><upnp:album></upnp:album>"))
    assert metadata is not None
    assert metadata.field("title") == "T"
    assert metadata.field("artist") == "A"
    assert metadata.field("album") is None
    assert metadata.field("no_such_field") is None


@pytest.mark.uda("A-026")
def test_what_cannot_be_read_is_kept() -> None:
    metadata = TrackMetadata.parse("<DIDL-Lite><item")
    assert metadata is not None
    assert (metadata.raw, metadata.item, metadata.field("title")) == ("<DIDL-Lite><item", None, None)
    assert metadata.image_url(BASE) is None


@pytest.mark.parametrize(
    ("inside", "url"),
    [
        ("<upnp:albumArtURI> /a b.jpg </upnp:albumArtURI>", "http://192.0.2.1:80/a b.jpg"),
        ("<upnp:albumArtURI>http://x/a.jpg</upnp:albumArtURI>", "http://x/a.jpg"),
        ('<res protocolInfo="http-get:*:image/png:*">art.png</res>', "http://192.0.2.1:80/art.png"),
        ('<res protocolInfo="http-get:*:audio/mpeg:*">a.mp3</res>', None),
        ('<res protocolInfo="rtsp:*:image/png:*">a.png</res>', None),
        ("<res>a.png</res>", None),
        ("", None),
    ],
)
def test_pictures(inside: str, url: str | None) -> None:
    metadata = TrackMetadata.parse(song(inside))
    assert metadata is not None
    assert metadata.image_url(BASE) == url


def test_a_descriptor_has_no_picture() -> None:
    metadata = TrackMetadata.parse(didl('<desc id="d" nameSpace="urn:x">y</desc>'))
    assert metadata is not None
    assert (metadata.item, metadata.image_url(BASE)) == (None, None)
