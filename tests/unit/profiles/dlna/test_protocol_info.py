import pytest
from hypothesis import given
from hypothesis import strategies as st

from async_upnp_client.profiles.dlna import DlnaFeatures, DlnaOrgCi, DlnaOrgFlags, ProtocolInfo

FLAGS = DlnaOrgFlags.STREAMING_TRANSFER_MODE | DlnaOrgFlags.BACKGROUND_TRANSFERT_MODE
FLAGS |= DlnaOrgFlags.CONNECTION_STALL | DlnaOrgFlags.DLNA_V15


@pytest.mark.uda("A-015")
@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("http-get:*:audio/mpeg:*", ("http-get", "*", "audio/mpeg", "*")),
        ("http-get:*:audio/L16;rate=44100:a:b:c", ("http-get", "*", "audio/L16;rate=44100", "a:b:c")),
        ("http-get", ("http-get", "*", "*", "*")),
        ("", ("*", "*", "*", "*")),
        (" http-get : * :: ", ("http-get", "*", "*", "*")),
    ],
)
def test_four_fields(text: str, fields: tuple[str, str, str, str]) -> None:
    info = ProtocolInfo.parse(text)
    assert (info.protocol, info.network, info.content_format, info.additional_info) == fields
    assert ProtocolInfo.parse(info.build()) == info


@pytest.mark.uda("A-015")
@pytest.mark.parametrize(
    ("listed", "mime_type", "accepts"),
    [
        ("http-get:*:audio/mpeg:*", "audio/mpeg", True),
        ("http-get:*:audio/mpeg:*", "Audio/MPEG; charset=x", True),
        ("http-get:*:audio/L16;rate=44100:*", "audio/l16;rate=48000", True),
        ("http-get:*:audio/*:*", "audio/flac", True),
        ("http-get:*:*:*", "video/mp4", True),
        ("http-get:*:audio/mpeg:*", "audio/flac", False),
        ("http-get:*:audio/*:*", "video/mp4", False),
    ],
)
def test_accepted_types(listed: str, mime_type: str, accepts: bool) -> None:
    assert ProtocolInfo.parse(listed).accepts_mime_type(mime_type) is accepts
    other = ProtocolInfo("HTTP-GET", "*", mime_type)
    assert ProtocolInfo.parse(listed).accepts(other) is accepts


def test_another_protocol_is_not_accepted() -> None:
    assert not ProtocolInfo.parse("rtsp-rtp-udp:*:audio/mpeg:*").accepts(
        ProtocolInfo.parse("http-get:*:audio/mpeg:*")
    )


def test_parameters_of_the_format() -> None:
    info = ProtocolInfo.parse('http-get:*:audio/L16;Rate=44100; channels="2":*')
    assert info.parameters == {"rate": "44100", "channels": "2"}


@pytest.mark.uda("A-030", "A-031")
@pytest.mark.parametrize(
    ("text", "features"),
    [
        (
            "DLNA.ORG_PN=MP3;DLNA.ORG_OP=01;DLNA.ORG_CI=0;DLNA.ORG_FLAGS=01700000000000000000000000000000",
            DlnaFeatures("MP3", 0x01, None, DlnaOrgCi.NONE, FLAGS),
        ),
        (
            "DLNA.ORG_OP=11;DLNA.ORG_PS=1/2,2;DLNA.ORG_CI=1",
            DlnaFeatures(None, 0x11, "1/2,2", DlnaOrgCi.TRANSCODED),
        ),
        ("*", DlnaFeatures()),
    ],
)
def test_features_both_ways(text: str, features: DlnaFeatures) -> None:
    assert DlnaFeatures.parse(text) == features
    assert features.build() == text


@pytest.mark.uda("A-030", "A-031")
@pytest.mark.parametrize(
    ("text", "features"),
    [
        ("dlna.org_flags=01700000; DLNA.ORG_pn = MP3", DlnaFeatures("MP3", flags=FLAGS)),
        ("DLNA.ORG_OP=1", DlnaFeatures()),
        ("DLNA.ORG_OP=2x", DlnaFeatures()),
        ("DLNA.ORG_FLAGS=xyz;DLNA.ORG_CI=7;DLNA.ORG_PN=", DlnaFeatures()),
        ("DLNA.ORG_FLAGS=+1700000", DlnaFeatures()),
        ("", DlnaFeatures()),
    ],
)
def test_features_that_devices_write(text: str, features: DlnaFeatures) -> None:
    assert DlnaFeatures.parse(text) == features


def test_how_one_can_seek() -> None:
    assert DlnaFeatures(operations=0x11).has_ranges
    assert DlnaFeatures(operations=0x11).has_time_seek
    assert not DlnaFeatures(operations=0x10).has_ranges
    assert not DlnaFeatures().has_time_seek


@given(st.text())
def test_every_text_is_read(text: str) -> None:
    info = ProtocolInfo.parse(text)
    assert ProtocolInfo.parse(info.build()) == info
    features = info.features
    assert DlnaFeatures.parse(features.build()) == features
