from collections.abc import Mapping
from datetime import timedelta

import pytest

from async_upnp_client.client.requester import UpnpRequester
from async_upnp_client.const import HttpRequest, HttpResponse
from async_upnp_client.exceptions import UpnpConnectionError, UpnpError
from async_upnp_client.profiles.dlna.didl import read_didl
from async_upnp_client.profiles.dlna.media import (
    Media,
    async_fetch_headers,
    class_of,
    guess_mime_type,
    same_types,
    size_of,
)

URL = "http://192.0.2.9/a%20b.mp3?x=1&y=2"


class MediaServer(UpnpRequester):
    """A server of media: statuses by method, `GET0` for a range."""

    def __init__(self, **statuses: int | None) -> None:
        self.statuses = statuses
        self.asked: list[HttpRequest] = []

    async def async_http_request(self, http_request: HttpRequest) -> HttpResponse:
        """Answer, or fail where the status is None."""
        self.asked.append(http_request)
        method = http_request.method + ("0" if "Range" in http_request.headers else "")
        status = self.statuses.get(method, 200)
        if status is None:
            raise UpnpConnectionError("closed")
        return HttpResponse(status, {"content-type": f"audio/{method.lower()}"}, "")


@pytest.mark.parametrize(
    ("statuses", "asked", "content_type"),
    [
        ({}, 1, "audio/head"),
        ({"HEAD": 404}, 1, None),
        ({"HEAD": 405}, 2, "audio/get0"),
        ({"HEAD": None}, 2, "audio/get0"),
        ({"HEAD": 501, "GET0": 416}, 3, "audio/get"),
        ({"HEAD": 501, "GET0": 416, "GET": 500}, 3, None),
        ({"HEAD": None, "GET0": None, "GET": None}, 3, None),
    ],
)
async def test_headers_are_asked_for(
    statuses: Mapping[str, int], asked: int, content_type: str | None
) -> None:
    server = MediaServer(**statuses)
    headers = await async_fetch_headers(server, URL, {"GetContentFeatures.dlna.org": "1"})
    assert len(server.asked) == asked
    assert (None if headers is None else headers["Content-Type"]) == content_type
    assert all(request.max_size for request in server.asked), "media is never fetched"
    assert all(request.headers["GetContentFeatures.dlna.org"] == "1" for request in server.asked)


@pytest.mark.parametrize(
    ("headers", "size"),
    [
        ({"Content-Length": "12"}, 12),
        ({"Content-Length": "1", "Content-Range": "bytes 0-0/345"}, 345),
        ({"Content-Range": "bytes 0-0/*"}, None),
        ({"Content-Length": "0"}, None),
        ({"Content-Length": "9" * 5000}, None),
        ({"Content-Length": "x"}, None),
        ({}, None),
    ],
)
def test_sizes(headers: Mapping[str, str], size: int | None) -> None:
    assert size_of(headers) == size


@pytest.mark.parametrize(
    ("url", "mime_type"), [(URL, "audio/mpeg"), ("http://h/x", None), ("http://[bad/x.mp3", None)]
)
def test_guesses(url: str, mime_type: str | None) -> None:
    assert guess_mime_type(url) == mime_type


@pytest.mark.parametrize(
    ("mime_type", "upnp_class"),
    [
        ("Audio/mpeg", "object.item.audioItem"),
        ("video/mp4", "object.item.videoItem"),
        ("application/dash+xml", "object.item.videoItem"),
        ("text/plain", None),
    ],
)
def test_classes(mime_type: str, upnp_class: str | None) -> None:
    assert class_of(mime_type) == upnp_class


def test_names_of_a_type() -> None:
    assert "audio/x-flac" in same_types("Audio/FLAC; x=1")
    assert same_types("audio/odd") == {"audio/odd"}


@pytest.mark.uda("A-012", "A-026", "A-028")
def test_everything_is_told() -> None:
    media = Media(
        URL,
        "A & B",
        "audio/mpeg",
        "DLNA.ORG_PN=MP3;DLNA.ORG_OP=01",
        "object.item.audioItem.musicTrack",
        123,
        {"artist": "<C>", "duration": timedelta(minutes=3, seconds=5), "no_such_name": 1, "album": None},
    )
    text = media.build()
    assert 'xmlns:dc="http://purl.org/dc/elements/1.1/"' in text
    (item,) = read_didl(text)
    assert (item.id, item.parent_id, item.restricted) == ("0", "-1", "false")
    assert (item.title, item.artist, item.album) == ("A & B", "<C>", None)
    (resource,) = item.res
    assert resource.uri == URL
    assert resource.protocol_info == "http-get:*:audio/mpeg:DLNA.ORG_PN=MP3;DLNA.ORG_OP=01"
    assert (resource.size, resource.duration) == ("123", "0:03:05")
    assert "no_such_name" not in text


def test_what_no_renderer_can_object_to() -> None:
    media = Media(URL, "T", "audio/mpeg", "DLNA.ORG_PN=MP3", "object.item.audioItem", 5, {"artist": "A"})
    (item,) = read_didl(media.minimal().build())
    assert (item.upnp_class, item.title) == ("object.item", "T")
    assert item.res[0].protocol_info == "http-get:*:audio/mpeg:*"
    assert item.res[0].size is None


@pytest.mark.parametrize(
    ("upnp_class", "properties", "becomes"),
    [
        ("object.item.audioItem", {"artist": "A"}, "object.item.audioItem.musicTrack"),
        ("object.item.audioItem", {"genre": "G", "odd": "x"}, "object.item.audioItem"),
        ("object.item.videoItem", {"series_title": "S"}, "object.item.videoItem.movie"),
        ("object.item", {"artist": "A"}, "object.item"),
    ],
)
def test_there_is_room_for_what_is_told(upnp_class: str, properties: Mapping[str, str], becomes: str) -> None:
    media = Media(URL, "T", upnp_class=upnp_class, properties=properties)
    assert media.with_room().upnp_class == becomes


def test_an_unknown_class() -> None:
    with pytest.raises(UpnpError, match=r"object\.odd"):
        Media(URL, "T", upnp_class="object.odd").build()
