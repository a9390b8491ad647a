"""Properties of DIDL-Lite: what is written is read back, as the library reads it; any text is taken."""

from typing import Any

from didl_lite import didl_lite
from didl_lite.utils import didl_property_key
from hypothesis import given
from hypothesis import strategies as st

from async_upnp_client._slices import finished
from async_upnp_client.exceptions import UpnpContentError
from async_upnp_client.limits import Limits
from async_upnp_client.profiles.dlna.didl import (
    parse_didl,
    read_didl,
    read_didl_sliced,
    read_parts,
    read_whole,
)
from async_upnp_client.profiles.dlna.didl_names import KINDS, PROPERTIES, RESOURCE_ATTRIBUTES, STRUCTURE
from async_upnp_client.profiles.dlna.didl_reader import Reader
from async_upnp_client.profiles.dlna.didl_writer import build_didl
from tests.unit.profiles.dlna.test_didl import HEAD, ITEM, its_class, known

TEXTS = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), min_size=1, max_size=20
).filter(lambda text: text == text.strip())
ATTRIBUTES = TEXTS | st.just(" a\tb\nc ")
RESOURCES = st.builds(
    didl_lite.Resource,
    uri=st.none() | TEXTS,
    protocol_info=st.none() | ATTRIBUTES,
    **{key: st.none() | ATTRIBUTES for name, key in RESOURCE_ATTRIBUTES.items() if name != "protocolInfo"},
)
DESCRIPTORS = st.builds(
    didl_lite.Descriptor,
    id=ATTRIBUTES,
    name_space=ATTRIBUTES,
    type=st.none() | ATTRIBUTES,
    text=st.none() | TEXTS,
)


@st.composite
def objects(draw: st.DrawFn, kinds: Any = KINDS) -> didl_lite.DidlObject:
    """Make an object of any class, with some of its properties."""
    kind = draw(st.sampled_from(kinds))
    names = [
        didl_property_key(name)
        for _, name, _ in kind.didl_properties_defs
        if name in PROPERTIES and name not in STRUCTURE
    ]
    values = draw(st.dictionaries(st.sampled_from(names), TEXTS, max_size=5))
    values.update(id=draw(ATTRIBUTES), parent_id=draw(ATTRIBUTES), restricted="1", title=draw(TEXTS))
    made: didl_lite.DidlObject = kind(
        res=draw(st.lists(RESOURCES, max_size=2)),
        strict=False,
        **values,
    )
    return made


@given(
    st.tuples(st.lists(objects(), max_size=3), st.lists(DESCRIPTORS, max_size=2)).map(
        lambda two: two[0] + two[1]
    )
)
def test_what_is_written_is_read_back(made):
    text = build_didl(*made)
    found = read_didl(text)
    assert known(found) == known(didl_lite.from_xml_string(text, strict=False))
    assert build_didl(*found) == text
    assert [its_class(thing) for thing in found] == [type(thing) for thing in made]
    for thing, original in zip(found, made, strict=True):
        expected = {
            name: known(value) for name, value in vars(original).items() if name not in {"xml_el", "res"}
        }
        assert {name: known(value) for name, value in vars(thing).items() if name in expected} == expected


PIECES = st.sampled_from(
    [
        HEAD,
        ITEM,
        "</DIDL-Lite>",
        "<item>",
        '<item id="1" parentID="0">',
        "</item>",
        "<container>",
        "</container>",
        "<dc:title>",
        "</dc:title>",
        "<upnp:class>object.item.x</upnp:class>",
        "<class>",
        "</class>",
        '<res protocolInfo="a">',
        "<res/>",
        "</res>",
        '<desc id="a">',
        "</desc>",
        "<song:x>",
        "</song:x>",
        "&",
        "&lt;",
        "&amp;",
        "\0",
        "x",
    ]
)


@given(st.text() | st.lists(PIECES).map("".join))
def test_any_text_is_read_or_told(text):
    codes: list[str] = []
    found = parse_didl(text, note=lambda code, _where, _message: codes.append(code.text))
    assert all(isinstance(thing, didl_lite.DidlObject | didl_lite.Descriptor) for thing in found)
    build_didl(*found)
    again: list[str] = []
    try:
        same = finished(read_didl_sliced(text, note=lambda code, _where, _message: again.append(code.text)))
    except UpnpContentError:
        assert "didl-unreadable" in codes
    else:
        assert known(same) == known(found)
        assert again == codes


def told_and_read(text: str, length: int | None) -> tuple[set[str], Any]:
    """Read in parts of some length, or as a whole; return what was told, and what is known of the objects."""
    reader: Reader | None
    if length is None:
        reader = finished(read_whole(text, Limits()))
    else:
        reader = finished(read_parts(text, Limits(), length))
    if reader is None:
        return set(), None
    return {code.text for code in reader.wrong}, known(reader.found + reader.descriptors)


@given(st.lists(PIECES).map("".join), st.integers(1, 300))
def test_parts_are_read_as_the_whole(content, length):
    text = f"{HEAD}{ITEM.format('')}{content}{ITEM.format(content)}</DIDL-Lite>"
    parts = told_and_read(text, length)
    if parts[1] is not None:
        assert parts == told_and_read(text, None)
