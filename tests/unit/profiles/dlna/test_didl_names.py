"""The vocabulary of DIDL-Lite: classes by their names, and elements that are in the wrong namespace."""

import pytest
from didl_lite import didl_lite

from async_upnp_client.profiles.dlna.didl_names import (
    CLASSES,
    KINDS,
    OBJECT_ATTRIBUTES,
    PLAIN,
    RESERVED,
    RESOURCE,
    RESOURCE_ATTRIBUTES,
    mistaken_name,
    nearest,
)


def test_every_class_of_the_library_is_known():
    assert didl_lite.type_by_upnp_class("object.item.audioItem.musicTrack") in KINDS
    for name, kind in CLASSES.items():
        assert didl_lite.type_by_upnp_class(name, strict=False) is kind


@pytest.mark.uda("A-027")
@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("object.item.audioItem.musicTrack", didl_lite.MusicTrack),
        ("OBJECT.ITEM.AUDIOITEM", didl_lite.AudioItem),
        ("object.container.album.musicAlbum.#DEFAULT", didl_lite.MusicAlbum),
        ("object.item.videoItem.x.y.z.a.b.c.d.e.f", didl_lite.VideoItem),
        ("object.item.audioItemX", didl_lite.Item),
        ("object.container.x-vendor", didl_lite.Container),
        ("object", None),
        ("item", None),
        ("", None),
        ("." * 100_000, None),
    ],
)
def test_the_nearest_class(name, kind):
    assert nearest(name) is kind


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        ("item", "item"),
        ("dc:title", "title"),
        ("upnp:class", "class"),
        ("{urn:undeclared:dc}title", "title"),
        ("{urn:schemas-upnp-org:metadata-1-0/DIDL-Lite}res", "res"),
        ("{http://purl.org/dc/elements/1.0/}date", "date"),
        ("DIDL-Lite", "DIDL-Lite"),
        ("sec:title", None),
        ("{urn:vendor}title", None),
        ("{urn:undeclared:song}albumid", None),
        ("nothing", None),
    ],
)
def test_names_in_the_wrong_namespace(tag, name):
    assert mistaken_name(tag) == name


def test_tables_are_of_use():
    assert OBJECT_ATTRIBUTES["parentID"] == "parent_id"
    assert OBJECT_ATTRIBUTES["childCount"] == "child_count"
    assert PLAIN["{urn:schemas-upnp-org:metadata-1-0/upnp/}albumArtURI"] == "album_art_uri"
    assert set(RESOURCE_ATTRIBUTES.values()) < set(RESOURCE)
    assert {"to_xml", "upnp_class", "__init__"} < RESERVED
