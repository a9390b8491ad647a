from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from async_upnp_client.virtual.library import ROOT, Entry, Property
from async_upnp_client.virtual.search_criteria import CriteriaError, compare, parse_criteria
from tests.unit.virtual.test_library import FOLDER, SONG

KNOWN = ("@id", "@refID", "dc:title", "upnp:class", "upnp:artist", "upnp:album", "res@size", "res@duration")
QUOTED = Entry("q", ROOT, 'Say "a\\b"', "object.item.videoItem", (Property("upnp:album", "10"),))
ENTRIES = (FOLDER, SONG, QUOTED)


def found(criteria: str) -> str:
    holds = parse_criteria(criteria, KNOWN)
    return "".join(entry.object_id for entry in ENTRIES if holds(entry))


@pytest.mark.parametrize(
    ("criteria", "ids"),
    [
        ("*", "fsq"),
        (" * ", "fsq"),
        ('dc:title = "song"', "s"),
        ('dc:title="Song"', "s"),
        ('dc:title != "Song"', "fq"),
        ('dc:title contains "O"', "fs"),
        ('dc:title doesNotContain "o"', "q"),
        ('dc:title startsWith "fo"', "f"),
        ('upnp:class derivedfrom "object.item"', "sq"),
        ('upnp:class derivedFrom "object.item.audioItem"', "s"),
        ('upnp:class derivedfrom "object.it"', ""),
        ("upnp:artist exists true", "s"),
        ("upnp:artist exists false", "fq"),
        ("@refID exists false", "fsq"),
        ('upnp:artist = "B"', "s"),
        ('upnp:artist != "B"', ""),
        ('upnp:artist doesNotContain "C"', "s"),
        ('res@size > "3"', "s"),
        ('res@size > "10"', ""),
        ('upnp:album >= "9"', "q"),
        ('upnp:album <= "10" and upnp:album < "11"', "q"),
        ('dc:title contains "\\"a\\\\b\\""', "q"),
        ('@id = "f" or @id = "s" and dc:title = "x"', "f"),
        ('(@id = "f" or @id = "s") and dc:title contains "s"', "s"),
        ('( ( @id = "q" ) )', "q"),
        ('@id\t=\n"q"\r\nOR\v@id = "s"', "sq"),
    ],
)
def test_criteria(criteria: str, ids: str) -> None:
    assert found(criteria) == ids


@pytest.mark.parametrize(
    "criteria",
    [
        "",
        "dc:title",
        "dc:title =",
        "dc:title = Song",
        'dc:title = "Song',
        'dc:title like "Song"',
        'dc:colour = "red"',
        'dc:title = "a" and',
        '(dc:title = "a"',
        'dc:title = "a")',
        'dc:title = "a" dc:title = "b"',
        "dc:title exists maybe",
        "((" * 100,
        "* or *",
        '"a" = "b"',
    ],
)
def test_what_cannot_be_understood(criteria: str) -> None:
    with pytest.raises(CriteriaError):
        parse_criteria(criteria, KNOWN)


@given(
    st.lists(st.sampled_from([*KNOWN, "=", "(", ")", "and", "or", "exists", "true", '"a"', "contains", "*"]))
)
def test_every_text_is_understood_or_refused(words: list[str]) -> None:
    try:
        holds = parse_criteria(" ".join(words), KNOWN)
    except CriteriaError:
        return
    assert all(isinstance(holds(entry), bool) for entry in ENTRIES)


@given(st.text(alphabet=' "\\()=<>!*@:abc\n'))
def test_no_text_breaks_it(text: str) -> None:
    with suppress(CriteriaError):
        parse_criteria(text, KNOWN)


def test_numbers_are_compared_as_numbers() -> None:
    assert compare("9", "10") == -1
    assert compare("9a", "10") == 1
    assert compare("A", "a") == 0
