"""Mending: each deviation, one by one and together, and what is not touched."""

import sys
import time
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from async_upnp_client._slices import finished
from async_upnp_client._xml import parse, parse_xml, trimmed
from async_upnp_client._xml_repair import BEYOND_REPAIR, without_stray
from async_upnp_client.exceptions import UpnpContentError, UpnpXmlContentError, UpnpXmlParseError
from tests.unit.test_xml_properties import PIECES


def mended(text: str) -> ET.Element:
    """Return what a reader gets that is not strict, of a text that one that is strict refuses."""
    with pytest.raises(UpnpXmlParseError):
        parse_xml(text)
    return parse_xml(text, strict=False)


@pytest.mark.uda("C-031")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<a>b\0c\x1fd</a>", "bcd"),
        ("<a>b\ufffec</a>", "bc"),
        ("<a>b\ud83dc</a>", "bc"),
        ("<a>b&#0;c&#x1F;d&#65;&#x1F600;</a>", "bcdA😀"),
        ("<a>b&#xD800;c&#1114112;d&#99999999999999999999;e</a>", "bcde"),
        ("<a>b & c &d; &amp; &#38; &</a>", "b & c &d; & & &"),
        ("<a>&nbsp;&copy;</a>", "&nbsp;&copy;"),
        (
            "<a>& &amp;lt; &amp;amp;amp; &amp;#65; &amp;#0; &amp;nbsp;</a>",
            "& &lt; &amp;amp; &#65; &#0; &nbsp;",
        ),
        ("<a>&&#0;lt;&&#0;amp;&&lt;&#x;&#;</a>", "&lt;&amp;&<&#x;&#;"),
        ("<a>&<![CDATA[&<]]>&lt;<![CDATA[]]>& <<![CDATA[<&amp;]]></a>", "&&<<& <<&amp;"),
        ("<a>1 < 2 <3</a>", "1 < 2 <3"),
        ("<a><![CDATA[x & y < z\0]]> & <![CDATA[&amp;]]></a>", "x & y < z & &amp;"),
    ],
)
def test_stray_characters(text, expected):
    assert mended(text).text == expected


def test_stray_characters_in_attributes():
    assert mended("<a b='x & y\x02'/>").get("b") == "x & y"


@pytest.mark.uda("S-009")
def test_undeclared_prefixes_are_declared():
    root = mended("<a xmlns='urn:a' xmlns:k='urn:k'><song:b sec:c='1' k:d='2'/><k:e/></a>")
    assert [part.tag for part in root] == ["{urn:undeclared:song}b", "{urn:k}e"]
    assert root[0].attrib == {"{urn:undeclared:sec}c": "1", "{urn:k}d": "2"}


def test_a_prefix_of_the_root_is_declared():
    assert (
        mended("<?xml version='1.0'?>\n<u:aResponse>\n<b/></u:aResponse>").tag
        == "{urn:undeclared:u}aResponse"
    )


def test_a_prefix_declared_out_of_sight_is_declared():
    assert mended("<a><u:b xmlns:u='urn:u'/><u:c/></a>")[1].tag == "{urn:undeclared:u}c"


@pytest.mark.uda("S-009")
@pytest.mark.parametrize(
    "trailer",
    ["x", "\0x", "<b/>", "<a/>", "\r\n\r\n<?xml version='1.0'?><a/>", "\n--boundary--\n", "\r\r\n\nx"],
)
def test_what_follows_the_root_is_cut(trailer):
    text = "<a>\r\n<b>\r</b>\n é</a>"
    assert ET.tostring(mended(text + trailer)) == ET.tostring(ET.fromstring(text))


@pytest.mark.parametrize(
    "text",
    [
        "<?xml version='1.0'?><?xml version='1.0'?><a/>",
        "<a/><?xml version='1.0'?>",
        "<!-- x --><?xml version='1.0'?><a/>",
        "<?xml encoding='utf-8'?><a/>",
    ],
)
def test_xml_declarations_that_are_wrong_are_dropped(text):
    assert mended(text).tag == "a"


def test_several_deviations_at_once():
    root = mended("<?xml version='1.0'?><?xml version='1.0'?><a><x:b>c & d\0</x:b></a>\nrest & rest")
    assert root[0].tag == "{urn:undeclared:x}b"
    assert root[0].text == "c & d"


@pytest.mark.parametrize(
    ("text", "tag"),
    [("<u:a xmlns:u=''/>", "u:a"), ("<a xmlns:xml='urn:x'/>", "a"), ("<u:a xmlns:xmlns='x'/>", "u:a")],
)
def test_namespaces_that_cannot_be_mended_are_ignored(text, tag):
    assert mended(text).tag == tag


def test_the_error_is_the_first_one():
    with pytest.raises(UpnpXmlParseError) as strict:
        parse_xml("<a> & </b>")
    with pytest.raises(UpnpXmlParseError) as tolerant:
        parse_xml("<a> & </b>", strict=False)
    assert str(tolerant.value) == str(strict.value)
    assert tolerant.value.position == strict.value.position


def test_mending_does_not_let_entities_in():
    with pytest.raises(UpnpXmlContentError):
        parse_xml("<?xml version='1.0'?><?xml ?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", strict=False)


@pytest.mark.parametrize(
    "text",
    [
        "<a>" + "<![CDATA[" * 100_000,
        "<a>&" + "<?xml " * 150_000,
        "<a>" + "&#1" * 300_000,
        "<a>&" + "&#" + "1" * 1_000_000,
        "<a>" + "<u:" * 300_000,
        "<a><u:b/>" + " u:b" * 250_000,
        "<a><u:b/>" + " " * 1_000_000,
        "<a><u:b/>" + "aaaa:" * 200_000,
        "<a><u:b/>" + " aaaa" * 200_000,
        "<a " + "x" * 1_000_000,
        "<a" + "".join(f" u:b{number}=''" for number in range(30_000)) + ">",
        "<a"
        + "".join(f" xmlns:p{number}='x'" for number in range(12_000))
        + "><u:b/>"
        + "<p9999:c/>" * 10_000,
        "<?xml " + "encoding " * 100_000,
    ],
    ids=range(13),
)
def test_mending_takes_linear_time(text):
    # a megabyte of any of these takes well under a second, and would take minutes in quadratic time
    start = time.process_time()
    with pytest.raises(UpnpContentError):
        parse_xml(text, strict=False)
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    ("stray", "escaped"),
    [
        ("&", "&amp;"),
        ("& ", "&amp; "),
        ("&nbsp;", "&amp;nbsp;"),
        ("&#65;&", "&#65;&amp;"),
        ("<<", "&lt;&lt;"),
        ("< ", "&lt; "),
        ("<&", "&lt;&amp;"),
    ],
)
def test_half_a_mebibyte_of_strays_is_mended_in_bulk(stray, escaped):
    # a function called for each would cost more than reading them in the end does
    count = (1 << 19) // len(f"{stray}1 quantity")
    calls = 0

    def count_calls(_frame, event, _argument):
        nonlocal calls
        calls += event == "call"

    sys.setprofile(count_calls)
    try:
        text = finished(without_stray(f"<a>{f'{stray}1 quantity' * count}</a>", ET.ParseError()))
    finally:
        sys.setprofile(None)
    assert text == f"<a>{f'{escaped}1 quantity' * count}</a>"
    assert calls < 1000


@pytest.mark.parametrize("strays", ["&", "& ", "&#0;", "<", "< ", "<1"])
def test_what_is_little_else_than_strays_is_not_mended(strays):
    # it would take longer than others may wait for their turn
    text = f"<a>{strays * (1 << 18)}</a>"
    assert finished(without_stray(text, ET.ParseError())) is text
    with pytest.raises(UpnpXmlParseError):
        parse_xml(text, strict=False)


@given(st.lists(PIECES).map("".join))
def test_what_is_beyond_repair_is_not_mended_by_the_last_resort(content):
    text = trimmed(f"<a>{content}")
    try:
        parse(text, namespaces=True)
    except UpnpXmlContentError:
        return
    except ET.ParseError as err:
        if err.code in BEYOND_REPAIR:
            with pytest.raises((ET.ParseError, UpnpXmlContentError)):
                parse(finished(without_stray(text, err)), namespaces=False)


def test_a_prefix_is_not_taken_for_declared_as_a_longer_one_is():
    root = parse_xml("<a xmlns:song='x'><so:b/><song:c/></a>", strict=False)
    assert [part.tag for part in root] == ["{urn:undeclared:so}b", "{x}c"]
