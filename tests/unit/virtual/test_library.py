from dataclasses import replace

import pytest

from async_upnp_client.virtual.library import ROOT, Entry, Library, Property, Resource, is_derived

WAV = Resource("a b.wav", "audio/wav", b"RIFF", {"duration": "0:00:01"})
PNG = Resource("a.png", "image/png", lambda: b"PNG", profile="PNG_TN")
FOLDER = Entry("f", ROOT, "Folder", "object.container")
SONG = Entry(
    "s",
    "f",
    "Song",
    "object.item.audioItem.musicTrack",
    (Property("upnp:artist", "A", {"role": "Performer"}), Property("upnp:artist", "B")),
    (WAV, PNG),
)


def library() -> Library:
    made = Library()
    made.add(FOLDER)
    made.add(SONG)
    return made


def test_a_resource_says_what_it_is() -> None:
    assert WAV.url_path == "/media/a%20b.wav"
    assert WAV.all_attributes == {
        "protocolInfo": "http-get:*:audio/wav:DLNA.ORG_OP=01;DLNA.ORG_FLAGS=01700000000000000000000000000000",
        "size": "4",
        "duration": "0:00:01",
    }
    assert PNG.content == b"PNG"
    assert PNG.features == "DLNA.ORG_PN=PNG_TN;DLNA.ORG_OP=01;DLNA.ORG_FLAGS=00D00000000000000000000000000000"


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("@id", ["s"]),
        ("@parentID", ["f"]),
        ("@refID", []),
        ("dc:title", ["Song"]),
        ("upnp:class", ["object.item.audioItem.musicTrack"]),
        ("upnp:artist", ["A", "B"]),
        ("upnp:artist@role", ["Performer"]),
        ("upnp:album", []),
        ("res", ["/media/a%20b.wav", "/media/a.png"]),
        ("res@size", ["4", "3"]),
        ("res@duration", ["0:00:01"]),
    ],
)
def test_properties_by_name(name: str, values: list[str]) -> None:
    assert SONG.values(name) == values


def test_classes_are_derived_by_their_parts() -> None:
    assert is_derived("object.item.audioItem", "object.item")
    assert is_derived("object.item", "object.item")
    assert not is_derived("object.itemized", "object.item")


def test_the_tree() -> None:
    made = library()
    assert made.children(ROOT) == [FOLDER]
    assert list(made.below(ROOT)) == [FOLDER, SONG]
    assert (made.count("f"), made.count("s")) == (1, 0)
    assert made.get("nothing") is None
    assert made.resource("a.png") is PNG
    assert made.resources == [WAV, PNG]


@pytest.mark.parametrize(
    "entry", [replace(SONG, parent_id="none"), SONG, replace(SONG, object_id="t", parent_id="s")]
)
def test_what_has_no_place_is_refused(entry: Entry) -> None:
    with pytest.raises(ValueError, match="cannot be added"):
        library().add(entry)


def test_changes_are_counted_and_told() -> None:
    made = library()
    told: list[str] = []
    made.on_change = told.append
    assert (made.update_id, made.container_update_id("f")) == (2, 1)
    made.rename("s", "Tune")
    assert (made.update_id, made.container_update_id("f"), made.container_update_id(ROOT)) == (3, 2, 1)
    made.remove("f")
    assert told == ["f", "f", ROOT]
    assert made.children(ROOT) == []
    assert made.resource("a.png") is None
    for change in (lambda: made.remove("f"), lambda: made.rename("f", "F")):
        with pytest.raises(KeyError):
            change()


def test_what_only_stands_for_another_does_not_take_its_bytes_away() -> None:
    made = library()
    made.add(replace(SONG, object_id="r", parent_id=ROOT, ref_id="s"))
    made.remove("r")
    assert made.resource("a.png") is PNG
