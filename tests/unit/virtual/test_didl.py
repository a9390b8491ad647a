import pytest
from didl_lite import didl_lite

from async_upnp_client.virtual.didl import PropertyFilter, build_didl
from async_upnp_client.virtual.generated import generated_library
from async_upnp_client.virtual.library import ROOT, Entry, Library
from tests.unit.virtual.test_library import SONG, library

BASE = "http://h:1"


def written(entry: Entry, wanted: str) -> str:
    return build_didl([entry], PropertyFilter(wanted), library(), BASE)


def test_everything_can_be_read_again() -> None:
    made = generated_library()
    entries = list(made.below(ROOT))
    read = didl_lite.from_xml_string(build_didl(entries, PropertyFilter("*"), made, BASE), strict=True)
    assert len(read) == len(entries)
    for entry, found in zip(entries, read, strict=True):
        assert isinstance(found, didl_lite.DidlObject)
        assert (found.id, found.parent_id, found.title) == (entry.object_id, entry.parent_id, entry.title)
        assert found.upnp_class == entry.upnp_class
        assert [res.uri for res in found.res] == [BASE + one.url_path for one in entry.resources]
        assert [res.size for res in found.res] == [str(len(one.content)) for one in entry.resources]
    track = read[2]
    assert track.creator == "The Oscillators"
    assert track.album_art_uri == f"{BASE}/media/music/1.png"


@pytest.mark.uda("A-021")
@pytest.mark.parametrize(
    ("wanted", "there", "missing"),
    [
        ("", ["dc:title", "upnp:class", 'restricted="1"'], ["<res", "upnp:artist"]),
        ("*", ["<res", "upnp:artist role=", "size="], []),
        ("res", ["<res protocolInfo="], ["size=", "duration="]),
        ("res@size", ["<res protocolInfo=", "size="], ["duration="]),
        ("upnp:artist", ["<upnp:artist>A"], ["role=", "<res"]),
        ("dc:date, upnp:artist@role,no:such", ["<upnp:artist role="], ["<res"]),
    ],
)
def test_the_filter(wanted: str, there: list[str], missing: list[str]) -> None:
    text = written(SONG, wanted)
    assert all(part in text for part in there), text
    assert not any(part in text for part in missing), text


@pytest.mark.parametrize(
    ("wanted", "is_there"), [("*", True), ("@childCount", True), ("container@childCount", True), ("", False)]
)
def test_how_many_children_there_are(wanted: str, is_there: bool) -> None:
    made = library()
    folder = made.get("f")
    assert folder is not None
    assert ('childCount="1"' in build_didl([folder], PropertyFilter(wanted), made, BASE)) == is_there


def test_titles_are_escaped() -> None:
    text = build_didl([Entry('<&">', ROOT, "R&B <live>", "object.item")], PropertyFilter(""), Library(), BASE)
    (found,) = didl_lite.from_xml_string(text, strict=True)
    assert isinstance(found, didl_lite.DidlObject)
    assert (found.id, found.title) == ('<&">', "R&B <live>")
