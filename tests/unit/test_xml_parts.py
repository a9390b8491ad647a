"""Long documents cut into short ones: together the same elements, or an error."""

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from async_upnp_client._xml import parse_xml
from async_upnp_client._xml_parts import HEAD_LENGTH, LONGEST_PART, PART_LENGTH, parse_parts
from async_upnp_client.exceptions import UpnpContentError, UpnpXmlContentError, UpnpXmlParseError
from async_upnp_client.limits import Limits

ENDS = ("</b>", "</c>")
HEAD = "<?xml version='1.0'?>\n<p:a xmlns:p='urn:p' xmlns='urn:q' x=\"1 > 0\">"


def cut(text: str, length: int = PART_LENGTH, limits: Limits | None = None) -> list[tuple[str, ET.Element]]:
    """Return the parts."""
    return list(parse_parts(text, ENDS, limits or Limits(), lambda _error: None, length))


def elements(roots: list[ET.Element]) -> list[str]:
    """Return what is in some roots, without what is between the elements."""
    found = []
    for root in roots:
        for part in root:
            part.tail = None
            found.append(ET.tostring(part, encoding="unicode"))
    return found


def test_a_short_document_is_one_part():
    ((text, root),) = cut("<a><b/></a>")
    assert (text, root.tag, len(root)) == ("<a><b/></a>", "a", 1)


def test_a_long_document_is_cut():
    text = f"{HEAD}{'<b>é &amp; f</b> <c><p:d/></c>' * 10_000}</p:a>"
    parts = cut(text)
    assert len(parts) > len(text) // PART_LENGTH
    assert all(len(part) < PART_LENGTH + 200 for part, _ in parts)
    assert {root.tag for _, root in parts} == {"{urn:p}a"}
    assert elements([root for _, root in parts]) == elements([parse_xml(text)])
    assert all(elements([parse_xml(part)]) == elements([root]) for part, root in parts)


@pytest.mark.parametrize(
    "text",
    [
        f"{HEAD}{'<e>f</e>' * 10_000}</p:a>",
        f"{HEAD}<e>{'f' * 3 * PART_LENGTH}</e><b/></p:a>",
        f"<a {'x' * HEAD_LENGTH}=''>{'<b></b>' * 10_000}</a>",
        "<!-- c -->" + f"{HEAD[21:]}{'<b></b>' * 10_000}</p:a>",
    ],
    ids=["nowhere to cut", "a long element", "a long root", "a comment first"],
)
def test_what_cannot_be_cut_is_one_part(text):
    ((part, root),) = cut(text)
    assert part == text
    assert elements([root]) == elements([parse_xml(text)])
    with pytest.raises(UpnpContentError):
        cut(text.replace("</", "x" * LONGEST_PART + "</", 1))


@pytest.mark.parametrize(
    "text",
    [
        f"<a>{'<b><c></c><d/></b>' * 20_000}</a>".replace("</b>", "</b >"),
        f"<a>{'<b></b><![CDATA[</b>]]>' * 10_000}</a>",
        f"<a>{'<b></b><!--</b>-->' * 10_000}</a>",
        f"<a>{'<b></b>' * 10_000}<b></a>",
        f"<a>{'<b></b>' * 10_000}</a>junk",
        f"<a>{'<b></b>' * 10_000}",
        "<a></a><a>" + "<b></b>" * 10_000 + "</a>",
    ],
    ids=["in each other", "CDATA", "comments", "not closed", "junk", "cut off", "two roots"],
)
def test_what_cannot_be_told_is_an_error(text):
    with pytest.raises(UpnpXmlParseError):
        cut(text)


def test_what_is_wrong_in_a_part_is_mended_there():
    text = f"<a>{'<b>c &amp; d</b>' * 10_000}<b>c & &x; <p:d/></b>{'<b/>' * 10_000}</a>"
    told: list[str] = []
    parts = list(parse_parts(text, ENDS, Limits(), lambda error: told.append(str(error))))
    assert elements([root for _, root in parts]) == elements([parse_xml(text, strict=False)])
    assert len(told) == 1
    assert [parse_xml(part).tag for part, _ in parts] == ["a"] * len(parts)


def test_what_was_made_to_be_mended_is_not():
    with pytest.raises(UpnpXmlParseError):
        cut(f"<a>{'<b>&&&&&&&&</b>' * 10_000}</a>")


def test_too_many_elements_and_levels_are_refused():
    with pytest.raises(UpnpXmlContentError):
        cut(f"<a>{'<b></b>' * 20_000}</a>", limits=Limits(xml_elements=10_000))
    with pytest.raises(UpnpXmlContentError):
        cut(f"<a>{'<b></b>' * 20_000}{'<c>' * 200}{'</c>' * 200}</a>")
    with pytest.raises(UpnpContentError):
        cut(f"<a>{'<c>' * 50_000}{'</c>' * 50_000}</a>")


PIECES = st.sampled_from(
    [
        "<b>",
        "</b>",
        "<b/>",
        "<c>",
        "</c>",
        "<![CDATA[",
        "]]>",
        "<!--",
        "-->",
        "x",
        "&amp;",
        "&",
        "</a>",
        "<a>",
    ]
)


@given(st.lists(PIECES).map("".join), st.integers(1, 30))
def test_parts_are_the_whole_or_an_error(content, length):
    text = f"<a>{content}</a>"
    try:
        roots = [root for _, root in cut(text, length)]
    except UpnpXmlParseError:
        return
    assert elements(roots) == elements([parse_xml(text, strict=False)])
