"""Texts read without a tree: what they are, and that all else is left to `parse_xml`."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from async_upnp_client._slices import finished
from async_upnp_client._xml import DisableXmlNamespaces, local_name, parse_xml
from async_upnp_client._xml_flat import (
    places_in,
    read_by_expat,
    read_flat,
    read_flat_sliced,
    read_known,
)
from async_upnp_client._xml_known import (
    ESCAPED_LENGTH,
    KNOWN_LENGTH,
    MARKUP_LENGTH,
    MARKUPS_REMEMBERED,
)
from async_upnp_client._xml_sliced import SLICE_LENGTH
from async_upnp_client.exceptions import UpnpXmlContentError, UpnpXmlParseError
from async_upnp_client.limits import Limits
from tests.unit.test_xml_properties import PIECES


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ("<a/>", ["a"], [[]]),
        ("<a><b>1</b><c/></a>", [None], [[("b", "1"), ("c", "")]]),
        ("<a><b>1</b></a>", [None, None], [[]]),
        ("<a> <b> <c> 1 </c> </b> <b><d>2</d></b> </a>", [None, "b"], [[("c", " 1 ")], [("d", "2")]]),
        ('<x:a xmlns:x="urn:y"><x:b>1</x:b></x:a>', ["urn:y}a"], [[("b", "1")]]),
        ("<a><b>&lt;<![CDATA[&]]><!-- no -->&#33;</b></a>", ["a"], [[("b", "<&!")]]),
        ("<?xml version='1.0' encoding='latin-1'?><a><b>é</b></a>", ["a"], [[("b", "é")]]),
        ("\ufeff<a><b-c>1</b-c></a>\n", ["a"], [[("b-c", "1")]]),
        # another shape
        ("<a><b><c/></b></a>", ["a"], None),
        ("<b/>", ["a"], None),
        ('<a xmlns="urn:x"/>', ["a"], None),
        ("<a><c/></a>", ["a", "b"], None),
        # for others to judge
        ("<!DOCTYPE a><a/>", ["a"], None),
        ("<a><b>&x;</b></a>", ["a"], None),
        ("<a><x:b/></a>", ["a"], None),
        ("<a><b>", ["a"], None),
        ("<a/>\0", ["a"], None),
        ("<a>\ud800</a>", ["a"], None),
        ("", ["a"], None),
    ],
)
def test_texts(text, path, expected):
    assert read_flat(text, *path) == expected
    assert finished(read_flat_sliced(text, *path)) == expected


def test_long_texts_are_read_in_slices():
    long = "é &lt; " * SLICE_LENGTH
    work = read_flat_sliced(f"<a><b>{long}</b><c>1</c></a>", "a")
    assert len(list(work)) >= 7
    assert finished(read_flat_sliced(f"<a><b>{long}</b><c>1</c></a>", "a")) == [
        [("b", "é < " * SLICE_LENGTH), ("c", "1")]
    ]


def test_limits_are_for_others_to_keep():
    text = "<a><b/><b/></a>"
    assert read_flat(text, None, limits=Limits(xml_elements=3)) is None
    assert read_flat(text, None, limits=Limits(xml_depth=1)) is None
    assert finished(read_flat_sliced(text, None, limits=Limits(xml_elements=3))) is None


def test_without_namespaces_is_another_way():
    with DisableXmlNamespaces():
        assert read_flat("<a/>", None) is None


@given(st.lists(PIECES).map("".join), st.integers(1, 3))
def test_what_is_read_is_what_the_tree_has(text, levels):
    found = read_flat(text, *[None] * levels)
    try:
        parents = [parse_xml(text)]
    except (UpnpXmlParseError, UpnpXmlContentError):
        assert found is None
        return
    if found is None:
        return
    for _ in range(levels - 1):
        parents = [part for parent in parents for part in parent]
    assert found == [[(local_name(part.tag), part.text or "") for part in parent] for parent in parents]
    assert not any(len(part) for parent in parents for part in parent)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<a><b>1</b><c/><d></d></a>", [("b", "1"), ("c", ""), ("d", "")]),
        ("<?xml version='1.0'?>\n<a>\n <b>1</b>\n <c> 2\t</c>\n</a>\n", [("b", "1"), ("c", " 2\t")]),
        ("<a>\r\n<b>1\r2\r\n3</b>\r</a>\r\n", [("b", "1\n2\n3")]),
        ("<a><b>&lt;i&gt;&amp;quot; &quot;&apos;</b></a>", [("b", "<i>&quot; \"'")]),
        ("<a><b>é😀 \x7f</b></a>", [("b", "é😀 \x7f")]),
        ("<a><b c='>'>1</b></a>", [("b", "1")]),
        ("<x:a xmlns:x='urn:x' y='1'><x:b z='&amp;'>1</x:b></x:a>", [("b", "1")]),
    ],
)
def test_texts_are_put_into_markup_that_is_known(text, expected):
    assert read_known(text, (None,)) == [expected]
    assert read_by_expat(text, (None,)) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "<a><b>]]></b></a>",
        "<a><b>1>2</b></a>",
        "<a><b>1></b></a>",
        "<a><b>></b></a>",
        "<a><b c='>1</b>'>2</b></a>",
        "<a><!-- <b>1</b> --><b>2</b></a>",
        "<a><![CDATA[<b>1</b>]]><b>2</b></a>",
        "<a><b>1<!-- --></b></a>",
        "<a><?c <b>1</b>?><b>2</b></a>",
        "<a><b>&#49;</b></a>",
        "<a><b>&x;</b></a>",
        "<a><b>1</b>&x;</a>",
        "<a><b>&amplt;</b></a>",
        "<a><b>&&lt;amp;</b></a>",
        "<a><b>& </b></a>",
        "<a><b>\0</b></a>",
        "<a>\0<b>1</b></a>",
        "<a><b>\x0b</b></a>",
        "<a><b>\ud800</b></a>",
        "<a><b>\ufffe</b></a>",
        "<a><b>\uffff</b></a>",
        "<a><b>1</c></a>",
        "<a><b>1</c</b></a>",
        "<a><b</a>",
        "<a></b</a>",
        "<a><b c='</d>'>1</b></a>",
        "<a><b>1</b>",
        "<a><b>1</b></a><a/>",
        "<a><b c='1' c='1'>1</b></a>",
        f"<a><b>{'1' * KNOWN_LENGTH}</b></a>",
        f"<a><b>{'&amp;' * ESCAPED_LENGTH}</b></a>",
        f"<a><b>1</b>{'<c/>' * MARKUP_LENGTH}</a>",
    ],
)
def test_what_is_not_plain_is_left_to_expat(text):
    for _ in range(2):
        assert read_known(text, (None,)) is None
        assert read_flat(text, None) == read_by_expat(text, (None,))


def test_markup_is_remembered_by_where_it_is_looked_into():
    text = "<a><b><c>1</c></b></a>"
    assert [read_flat(text, *path) for path in ([None], ["a", "b"], ["a", "x"])] == [
        None,
        [[("c", "1")]],
        None,
    ]


def test_what_is_remembered_is_bounded():
    for number in range(2 * MARKUPS_REMEMBERED):
        assert read_flat(f"<a><b{number}>1</b{number}></a>", None) == [[(f"b{number}", "1")]]
    assert places_in.cache_info().currsize == MARKUPS_REMEMBERED


@given(st.lists(PIECES).map("".join), st.lists(PIECES).map("".join), st.integers(1, 3))
def test_markup_that_is_known_gives_what_expat_gives(text, other, levels):
    path = (None,) * levels
    for document in (text, f"<a>{text}</a>", f"<a><b>{text}</b></a>", f"<a><b>{other}</b><c>{text}</c></a>"):
        assert read_known(document, path) in (None, read_by_expat(document, path))
