"""What holds for any text: what is written is read back; the rest makes no error but ours."""

import codecs
import xml.etree.ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from async_upnp_client._xml import decode_text, escape, etree_to_dict, parse_xml
from async_upnp_client.exceptions import UpnpXmlContentError, UpnpXmlParseError

NAMES = st.sampled_from(["a", "b", "deviceType", "u:a", "x-y.z", "é"])
# white space other than LF is changed by every XML parser
CARRIED = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff") | st.just("\n")
PIECES = st.sampled_from(
    [
        "<a>",
        "</a>",
        "<u:b c='d'>",
        "</u:b>",
        "<c/>",
        "&",
        "&amp;",
        "&#0;",
        "&x;",
        "<!DOCTYPE a>",
        "<!DOCTYPE a [",
        "]>",
        "<!ENTITY b 'c'>",
        "<?xml version='1.0'?>",
        "<![CDATA[",
        "]]>",
        "<!--",
        "-->",
        "\0",
        "\ud800",
        "\r\n",
        " ",
        "<",
        "x",
    ]
)


@given(st.text(CARRIED))
def test_escaped_text_is_read_back(text):
    assert (parse_xml(f"<a>{escape(text)}</a>").text or "") == text


@given(st.text())
def test_any_text_can_be_escaped(text):
    parse_xml(f"<a>{escape(text)}</a>")


@given(st.text() | st.lists(PIECES).map("".join), st.booleans())
def test_any_text_is_read_or_refused(text, strict):
    try:
        root = parse_xml(text, strict=strict)
    except (UpnpXmlParseError, UpnpXmlContentError):
        return
    assert len(etree_to_dict(root)) == 1


@given(st.text() | st.lists(PIECES).map("".join))
def test_what_is_read_strictly_is_read_the_same_otherwise(text):
    try:
        root = parse_xml(text)
    except (UpnpXmlParseError, UpnpXmlContentError):
        return
    assert ET.tostring(parse_xml(text, strict=False)) == ET.tostring(root)


@given(st.text(CARRIED), st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]))
def test_text_is_decoded_as_it_was_encoded(text, encoding):
    text = "<a>" + text
    assert decode_text(text.encode(encoding)) == text


@given(st.binary(), st.none() | st.text() | st.sampled_from(["utf-8", "idna", "zip", "cp037"]))
def test_any_bytes_are_decoded(data, charset):
    assert isinstance(decode_text(data, lambda: charset), str)
    assert isinstance(decode_text(codecs.BOM_UTF16_LE + data, lambda: charset), str)


@given(
    st.recursive(
        st.text(CARRIED), lambda inner: st.dictionaries(NAMES.filter(str.isidentifier), inner, min_size=1)
    )
)
def test_a_tree_of_dicts_is_read_back(value):
    def build(name, content):
        element = ET.Element(name)
        if isinstance(content, str):
            element.text = content
        else:
            element.extend(build(*item) for item in content.items())
        return element

    def plain(content):
        return (
            content.strip()
            if isinstance(content, str)
            else {key: plain(part) for key, part in content.items()}
        )

    assert etree_to_dict(build("root", value)) == {"root": plain(value)}
