import pytest

from async_upnp_client.exceptions import UpnpConnectionError
from async_upnp_client.profiles.dlna.connection_manager import protocol_infos
from tests.support.renderer import Renderer

MP3 = "http-get:*:audio/mpeg:DLNA.ORG_PN=MP3"
FLAC = "http-get:*:audio/flac:*"
LISTS = {"Source": "", "Sink": f"{MP3},{FLAC}"}


@pytest.mark.uda("A-016")
async def test_the_lists_are_asked_for() -> None:
    renderer = Renderer(GetProtocolInfo=LISTS)
    dmr = await renderer.async_profile()
    assert dmr.has_get_protocol_info
    assert (dmr.sink_protocol_info, dmr.accepts_mime_type("audio/mpeg")) == ([], None)
    assert await dmr.async_get_protocol_info() == {"source": [], "sink": [MP3, FLAC]}
    await dmr.async_update()
    assert dmr.sink_protocol_info == [MP3, FLAC]
    assert dmr.source_protocol_info == []
    assert dmr.accepts_mime_type("audio/MPEG")
    assert dmr.accepts_mime_type("video/mp4") is False
    assert [info.mime_type for info in dmr.sink_formats] == ["audio/mpeg", "audio/flac"]
    assert dmr.source_formats == []


async def test_they_are_asked_for_once() -> None:
    renderer = Renderer(GetProtocolInfo=LISTS)
    dmr = await renderer.async_profile()
    await dmr.async_update()
    await dmr.async_update()
    assert len(renderer.called("GetProtocolInfo")) == 1


async def test_what_was_not_answered_is_asked_again() -> None:
    renderer = Renderer(GetProtocolInfo=LISTS)
    dmr = await renderer.async_profile()
    renderer.is_gone = True
    with pytest.raises(UpnpConnectionError):
        await dmr.async_update()
    renderer.is_gone = False
    await dmr.async_update()
    assert dmr.sink_protocol_info == [MP3, FLAC]


async def test_a_device_without_the_action() -> None:
    dmr = await Renderer(without={"GetProtocolInfo"}).async_profile()
    assert not dmr.has_get_protocol_info
    assert await dmr.async_get_protocol_info() == {"source": [], "sink": []}
    await dmr.async_update()
    assert dmr.sink_protocol_info == []


@pytest.mark.uda("A-007")
async def test_a_list_that_is_not_implemented_is_not_known() -> None:
    dmr = await Renderer(
        GetProtocolInfo={"Source": "NOT_IMPLEMENTED", "Sink": "NOT_IMPLEMENTED"}
    ).async_profile()
    assert await dmr.async_get_protocol_info() == {"source": [], "sink": []}
    await dmr.async_update()
    assert (dmr.source_protocol_info, dmr.sink_protocol_info) == ([], [])
    assert dmr.accepts_mime_type("audio/mpeg") is None, "nor that it refuses everything"


async def test_what_it_says_of_a_type() -> None:
    sink = f"http-get:*:audio/mpeg:*,{MP3},short"
    renderer = Renderer(GetProtocolInfo={"Source": "", "Sink": sink})
    dmr = await renderer.async_profile()
    found = await dmr._async_sink_info_for_mime_type("Audio/mpeg;x=1")
    assert found is not None
    assert found.build() == f"{MP3},short", "a bare comma is a part of the item before"
    assert await dmr._async_sink_info_for_mime_type("audio/flac") is None


async def test_a_device_that_refuses_to_say() -> None:
    renderer = Renderer(GetProtocolInfo=501)
    dmr = await renderer.async_profile()
    assert await dmr._async_sink_info_for_mime_type("audio/flac") is None


@pytest.mark.uda("A-016")
def test_bare_commas() -> None:
    infos = protocol_infos(["http-get:*:video/mp4:DLNA.ORG_PS=1", "2", "rtsp:*:*:*"])
    assert [info.features.speeds for info in infos] == ["1,2", None]
    assert protocol_infos(["odd"])[0].protocol == "odd"
