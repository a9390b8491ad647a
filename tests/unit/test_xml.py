"""The door to XML: what is read, what is refused, and how text is decoded and written."""

import sys
import xml.etree.ElementTree as ET

import pytest

from async_upnp_client._xml import (
    LONGEST_MENDED,
    DisableXmlNamespaces,
    child,
    child_text,
    children,
    decode_text,
    escape,
    etree_to_dict,
    local_name,
    parse_xml,
)
from async_upnp_client.exceptions import UpnpError, UpnpXmlContentError, UpnpXmlParseError
from async_upnp_client.limits import DEFAULT_LIMITS

BOTH = pytest.mark.parametrize("strict", [True, False], ids=["strict", "non_strict"])


def written(element: ET.Element) -> str:
    return ET.tostring(element, encoding="unicode")


@BOTH
@pytest.mark.uda("S-009")
@pytest.mark.parametrize(
    "text",
    [
        "<a>b</a>",
        "\ufeff<?xml version='1.0'?><a>b</a>",
        "\ufeff\r\n<?xml version='1.0'?>\r\n<a>b</a>",
        "\r\n\r\n<?xml version='1.0'?><a>b</a>",
        "ï»¿<?xml version='1.0'?><a>b</a>",
        "HTTP/1.1 200 OK\r\n\r\n<a>b</a>",
        "<a>b</a>\0",
        "<a>b</a>\r\n \0\0\n",
        "<?xml version='1.0' encoding='utf-16'?><a>b</a>",
        "<?xml version='1.0' encoding='no-such-thing'?><a>b</a>",
        "<!-- made by hand --><a>b</a>",
        "<?xml version='1.0'?><!DOCTYPE a><a>b</a>",
    ],
)
def test_what_surrounds_a_document_does_no_harm(text, strict):
    assert written(parse_xml(text, strict=strict)) == "<a>b</a>"


@BOTH
@pytest.mark.parametrize("text", ["", " ", "\0", "status=ok", "<a", "<a></b>", "<a b=1/>", "<", "<a>" * 3])
def test_malformed_text_is_a_parse_error(text, strict):
    with pytest.raises(UpnpXmlParseError) as caught:
        parse_xml(text, strict=strict)
    assert isinstance(caught.value, ET.ParseError)
    assert caught.value.code > 0
    assert caught.value.position[0] >= 1


@pytest.mark.parametrize(
    "text",
    [
        "<a>x & y</a>",
        "<u:a/>",
        "<a>\x01</a>",
        "<a>\ud800</a>",
        "<a/><b/>",
        "<a>&nbsp;</a>",
        "<?xml version='1.0'?><?xml version='1.0'?><a/>",
    ],
)
def test_strict_mends_nothing(text):
    with pytest.raises(UpnpXmlParseError):
        parse_xml(text)


@BOTH
@pytest.mark.uda("S-006")
@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        '<?xml version="1.0"?>\n<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        '<!DOCTYPE a [<!ENTITY % b SYSTEM "http://192.0.2.1/x">]><a/>',
        '<!DOCTYPE a SYSTEM "http://192.0.2.1/a.dtd"><a/>',
        '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/x.dtd"><html/>',
        '<!DOCTYPE a [<!ATTLIST a b CDATA "c">]><a/>',
        # what comes before must not hide them
        '<!-- <a> --><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        '<?x <a> ?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        'garbage<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        # nor what is wrong with the document
        '<!DOCTYPE u:a [<!ENTITY b "c">]><u:a>&b;</u:a>',
        '<!DOCTYPE a [<!ENTITY b "c">]><a>&b; & </a>',
        '<?xml version="1.0"?><?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    ],
)
def test_dangerous_declarations_are_refused(text, strict):
    with pytest.raises(UpnpError) as caught:
        parse_xml(text, strict=strict)
    # strict may stop at what is wrong before it comes to the declaration
    assert isinstance(
        caught.value, UpnpXmlContentError | (UpnpXmlParseError if strict else UpnpXmlContentError)
    )


def test_dangerous_declarations_are_refused_without_namespaces():
    with DisableXmlNamespaces(), pytest.raises(UpnpXmlContentError):
        parse_xml('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')


@BOTH
def test_text_that_looks_like_a_declaration_is_text(strict):
    text = "<a><![CDATA[<!DOCTYPE a [<!ENTITY b 'c'>]>]]></a>"
    assert parse_xml(text, strict=strict).text == "<!DOCTYPE a [<!ENTITY b 'c'>]>"


@BOTH
def test_depth_is_bounded(strict):
    parse_xml("<a>" * DEFAULT_LIMITS.xml_depth + "</a>" * DEFAULT_LIMITS.xml_depth, strict=strict)
    with pytest.raises(UpnpXmlContentError):
        parse_xml(
            "<a>" * (DEFAULT_LIMITS.xml_depth + 1) + "</a>" * (DEFAULT_LIMITS.xml_depth + 1), strict=strict
        )
    with pytest.raises(UpnpXmlContentError):
        parse_xml("<a>" * 100_000 + "</a>" * 100_000, strict=strict)


ESCAPED = "&lt;Event xmlns=&quot;x&quot;&gt;&amp;amp;" * 3


@BOTH
def test_text_full_of_references_reads_the_same(strict):
    text = f'<e:p xmlns:e="urn:e" f="1" e:g="2"><e:q h="&lt;">{ESCAPED}</e:q><r>é</r></e:p>'
    root = parse_xml(text, strict=strict)
    assert written(root) == written(ET.fromstring(text))
    assert root.tag == "{urn:e}p"
    assert root.attrib == {"f": "1", "{urn:e}g": "2"}


def test_namespaces_can_be_disabled():
    with DisableXmlNamespaces():
        root = parse_xml("<u:a><u:b c:d='e'/></u:a>")
        assert (root.tag, root[0].tag, root[0].attrib) == ("u:a", "u:b", {"c:d": "e"})
        with DisableXmlNamespaces():
            pass
        assert parse_xml("<u:a/>").tag == "u:a"
    assert parse_xml("<a xmlns='b'/>").tag == "{b}a"
    with pytest.raises(UpnpXmlParseError):
        parse_xml("<u:a/>")


def test_namespaces_stay_enabled_after_an_error():
    with pytest.raises(UpnpXmlParseError), DisableXmlNamespaces():
        parse_xml("<a")
    assert parse_xml("<a xmlns='b'/>").tag == "{b}a"


@pytest.mark.parametrize(
    ("tag", "name"),
    [("a", "a"), ("{urn:x:y}a", "a"), ("p:a", "a"), ("{}a", "a"), ("", ""), ("{http://x}", "")],
)
def test_local_name(tag, name):
    assert local_name(tag) == name


def test_children_by_local_name():
    root = parse_xml("<r xmlns='x' xmlns:y='z'><y:a> 1 </y:a><a>2</a><b/><c> \n</c></r>")
    assert [part.text for part in children(root, "a")] == [" 1 ", "2"]
    first = child(root, "a")
    assert first is root[0]
    assert child(root, "d") is None
    assert child_text(root, "a") == "1"
    assert child_text(root, "b") == ""
    assert child_text(root, "c") == ""
    assert child_text(root, "d") is None


@pytest.mark.uda("C-010")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("plain", "plain"),
        ("a & b < c > d", "a &amp; b &lt; c &gt; d"),
        ("&amp;", "&amp;amp;"),
        ("\"quoted\" 'quoted'", "\"quoted\" 'quoted'"),
        ("a\0b\x0bc\ud800d\uffffe", "abcde"),
        ("tab\tline\nend\r", "tab\tline\nend\r"),
        ("😀", "😀"),
    ],
)
def test_escape(text, expected):
    assert escape(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<a/>", {"a": None}),
        ("<a> </a>", {"a": ""}),
        ("<a> b </a>", {"a": "b"}),
        ("<a x='1'/>", {"a": {"@x": "1"}}),
        ("<a x='1'> </a>", {"a": {"@x": "1"}}),
        ("<a x='1' y='2'> t </a>", {"a": {"@x": "1", "@y": "2", "#text": "t"}}),
        ("<a>t<b>1</b>tail</a>", {"a": {"b": "1", "#text": "t"}}),
        ("<a><b>1</b><b> 2 </b><b/></a>", {"a": {"b": ["1", "2", None]}}),
        ("<a><b x='1'/><c/><b/></a>", {"a": {"b": [{"@x": "1"}, None], "c": None}}),
        ("<a xmlns='n'><b xmlns='m'>1</b><b>2</b></a>", {"a": {"b": ["1", "2"]}}),
        ("<a xmlns:y='u'><b y:c='1'/></a>", {"a": {"b": {"@{u}c": "1"}}}),
        ("<a><b><c>1</c></b><b><c>2</c></b></a>", {"a": {"b": [{"c": "1"}, {"c": "2"}]}}),
    ],
)
def test_etree_to_dict(text, expected):
    assert etree_to_dict(ET.fromstring(text)) == expected


def test_etree_to_dict_puts_children_before_attributes():
    value = etree_to_dict(ET.fromstring("<a x='1'>t<b/><c/></a>"))["a"]
    assert list(value) == ["b", "c", "@x", "#text"]


def test_etree_to_dict_of_a_deep_tree():
    depth = sys.getrecursionlimit() * 3
    value = etree_to_dict(ET.fromstring("<a>" * depth + "</a>" * depth))
    levels = 0
    while isinstance(value, dict):
        value = value["a"]
        levels += 1
    assert (levels, value) == (depth, None)


@pytest.mark.parametrize(
    ("data", "charset", "expected"),
    [
        (b"", None, ""),
        (b"<a>b</a>", None, "<a>b</a>"),
        ("<a>é😀</a>".encode(), None, "<a>é😀</a>"),
        # a byte order mark says all
        (b"\xef\xbb\xbf<a/>", "latin-1", "<a/>"),
        ("<a>é</a>".encode("utf-16"), None, "<a>é</a>"),
        ("<a>é</a>".encode("utf-32"), None, "<a>é</a>"),
        ("<?xml version='1.0'?><a>é</a>".encode("utf-16-le"), None, "<?xml version='1.0'?><a>é</a>"),
        ("<?xml version='1.0'?><a>é</a>".encode("utf-16-be"), None, "<?xml version='1.0'?><a>é</a>"),
        # then the document itself
        (
            b"<?xml version='1.0' encoding='ISO-8859-1'?>\xe9",
            "utf-8",
            "<?xml version='1.0' encoding='ISO-8859-1'?>é",
        ),
        (b'<?xml encoding="windows-1252"?>\x80', None, '<?xml encoding="windows-1252"?>€'),
        # which may be wrong
        (b"<?xml encoding='utf-8'?>\xe9", None, "<?xml encoding='utf-8'?>é"),
        (b"<?xml encoding='us-ascii'?>\xc3\xa9", None, "<?xml encoding='us-ascii'?>é"),
        (b"<?xml encoding='utf-16'?>\xc3\xa9", None, "<?xml encoding='utf-16'?>é"),
        (b"<?xml encoding='nonsense'?>\xc3\xa9", None, "<?xml encoding='nonsense'?>é"),
        (b"<?xml encoding='punycode'?>\xc3\xa9", None, "<?xml encoding='punycode'?>é"),
        # UTF-8 is tried before the header
        (b"<a>\xc3\xa9</a>", "iso-8859-1", "<a>é</a>"),
        (b"<a>\x80</a>", "windows-1252", "<a>€</a>"),
        (b"<a>\x80</a>", ' "cp1252" ', "<a>€</a>"),
        (b"<a>\xe9</a>", "zip", "<a>é</a>"),
        (b"<a>\xe9</a>", "\0", "<a>é</a>"),
        # ARRIS TG2492LG
        (b"<modelNumber>\xf0_\xf0</modelNumber>", None, "<modelNumber>ð_ð</modelNumber>"),
        (b"\xff\xfea", None, "\ufffd"),
    ],
)
def test_decode_text(data, charset, expected):
    assert decode_text(data, lambda: charset) == expected


@pytest.mark.parametrize(
    "prolog", ["<!DOCTYPE a [" + "<!-- b -->" * 30_000 + "]>", "<!-- " + "b" * 300_000 + " -->"]
)
def test_a_root_that_is_long_in_coming_is_not_waited_for(prolog):
    with pytest.raises(UpnpXmlContentError, match="without a root"):
        parse_xml(f"{prolog}<a/>", strict=False)


def test_a_very_long_text_is_not_mended_at_once():
    text = f"<a>&{'b' * LONGEST_MENDED}</a>"
    with pytest.raises(UpnpXmlParseError):
        parse_xml(text, strict=False)
    assert parse_xml(text.replace("&", "&amp;"), strict=False).text
