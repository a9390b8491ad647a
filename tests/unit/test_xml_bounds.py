"""Texts with too many levels or elements: refused before a tree is built, and only those."""

import xml.etree.ElementTree as ET

import pytest

from async_upnp_client._xml import parse_xml
from async_upnp_client._xml_bounds import guessed_depth, refuse_depth, refuse_mass
from async_upnp_client.exceptions import UpnpXmlContentError, UpnpXmlParseError
from async_upnp_client.limits import Limits

LIMITS = Limits(xml_depth=10, xml_elements=1000)
DEEP = 20_000
MANY = 2_000
BOTH = pytest.mark.parametrize("strict", [True, False], ids=["strict", "non_strict"])


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("<a>" * DEEP + "</a>" * DEEP, id="levels"),
        pytest.param("<a>" * DEEP, id="levels that never end"),
        pytest.param("<a>" * DEEP + "<", id="levels, broken off"),
        pytest.param("<!DOCTYPE a>" + "<a>" * DEEP + "</a>" * DEEP, id="levels after a doctype"),
        pytest.param("<a>" + "<a/>" * 1000 + "</a>", id="one element too many"),
        pytest.param("<a>" + "<a></a>" * MANY + "</a>", id="elements with end tags"),
        pytest.param("<a>" + "<a/>" * MANY, id="elements without end"),
        pytest.param("<r>" + "<a><a><a></a></a></a>" * MANY + "</r>", id="many of three levels"),
    ],
)
@BOTH
def test_too_much_is_refused_without_a_tree(text: str, strict: bool) -> None:
    with pytest.raises(UpnpXmlContentError, match="XML of more than"):
        refuse_mass(text, LIMITS)
    with pytest.raises(UpnpXmlContentError, match="XML of more than"):
        parse_xml(text, strict=strict, limits=LIMITS)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("<a>" + "<a/>" * 999 + "</a>", id="as many elements as allowed"),
        pytest.param("<a>" * 10 + "</a>" * 10, id="as many levels as allowed"),
        pytest.param("<a><![CDATA[" + "<b>" * DEEP + "]]></a>", id="text that looks like levels"),
        pytest.param("<a>" + "<!-- <b> -->" * DEEP + "</a>", id="comments that look like levels"),
        pytest.param("<a>" + "<?p?>" * DEEP + "</a>", id="instructions"),
        pytest.param("<a>" + "x" * 100_000 + "</a>", id="a long text"),
        pytest.param("<a b='" + "/>" * DEEP + "'/>", id="ends of tags in an attribute"),
        pytest.param("<a>" + "&lt;" * DEEP + "</a>", id="references"),
    ],
)
@BOTH
def test_what_only_looks_like_much_is_read(text: str, strict: bool) -> None:
    refuse_mass(text, LIMITS)
    assert parse_xml(text, strict=strict, limits=LIMITS).tag == "a"


@pytest.mark.parametrize("text", ["<a>" * 11 + "</a>" * 11, "<r>" + ("<a>" * 11 + "</a>" * 11) * 50 + "</r>"])
@BOTH
def test_what_is_a_little_too_deep_is_refused_by_its_tree(text: str, strict: bool) -> None:
    refuse_mass(text, Limits(xml_depth=10))
    with pytest.raises(UpnpXmlContentError, match="more than 10 levels"):
        parse_xml(text, strict=strict, limits=Limits(xml_depth=10))


@pytest.mark.parametrize(
    "text", ["<a>" * 5 + "</a>", "<" * DEEP, "<a>" * 5 + "\ud800" * 100, "<a" + " <" * DEEP]
)
def test_what_is_malformed_is_for_the_parser_to_say(text: str) -> None:
    refuse_mass(text, LIMITS)
    with pytest.raises(UpnpXmlParseError):
        parse_xml(text, limits=LIMITS)


def test_entities_are_not_expanded_to_be_counted() -> None:
    laughs = '<!ENTITY a0 "<x/><x/>">' + "".join(
        f'<!ENTITY a{number} "{f"&a{number - 1};" * 10}">' for number in range(1, 9)
    )
    text = f"<!DOCTYPE r [{laughs}]><r>" + "<a>" * DEEP + "&a8;"
    refuse_mass(text, LIMITS)
    with pytest.raises(UpnpXmlContentError, match="forbidden declaration"):
        parse_xml(text, limits=LIMITS)


def test_a_guess_of_depth() -> None:
    assert guessed_depth("") == 0
    assert guessed_depth("<a>" * DEEP) == DEEP
    assert guessed_depth("<a></a><b/>" * DEEP) < 10


def test_the_depth_of_a_tree() -> None:
    root = ET.fromstring("<a><b><c/></b></a>")
    refuse_depth(root, Limits(xml_depth=3))
    with pytest.raises(UpnpXmlContentError):
        refuse_depth(root, Limits(xml_depth=2))
