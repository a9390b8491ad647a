"""Texts with too many levels or elements: refused before a tree is built, and only those."""

import xml.etree.ElementTree as ET

import pytest

from async_upnp_client._slices import finished
from async_upnp_client._xml import parse_xml
from async_upnp_client._xml_bounds import guessed_depth, refuse_depth, refuse_mass
from async_upnp_client._xml_flat import read_flat
from async_upnp_client._xml_sliced import parse_xml_sliced
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
        finished(refuse_mass(text, LIMITS))
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
    finished(refuse_mass(text, LIMITS))
    assert parse_xml(text, strict=strict, limits=LIMITS).tag == "a"


@pytest.mark.parametrize("text", ["<a>" * 11 + "</a>" * 11, "<r>" + ("<a>" * 11 + "</a>" * 11) * 50 + "</r>"])
@BOTH
def test_what_is_a_little_too_deep_is_refused_by_its_tree(text: str, strict: bool) -> None:
    finished(refuse_mass(text, Limits(xml_depth=10)))
    with pytest.raises(UpnpXmlContentError, match="more than 10 levels"):
        parse_xml(text, strict=strict, limits=Limits(xml_depth=10))


@pytest.mark.parametrize(
    "text", ["<a>" * 5 + "</a>", "<" * DEEP, "<a>" * 5 + "\ud800" * 100, "<a" + " <" * DEEP]
)
def test_what_is_malformed_is_for_the_parser_to_say(text: str) -> None:
    finished(refuse_mass(text, LIMITS))
    with pytest.raises(UpnpXmlParseError):
        parse_xml(text, limits=LIMITS)


def test_entities_are_not_expanded_to_be_counted() -> None:
    laughs = '<!ENTITY a0 "<x/><x/>">' + "".join(
        f'<!ENTITY a{number} "{f"&a{number - 1};" * 10}">' for number in range(1, 9)
    )
    text = f"<!DOCTYPE r [{laughs}]><r>" + "<a>" * DEEP + "&a8;"
    finished(refuse_mass(text, LIMITS))
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


ATTRIBUTES = " ".join(f"a{number}='>'" for number in range(500))
SHORT_TAGS = Limits(xml_tag_length=1000)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"<r><a {ATTRIBUTES}/></r>", id="attributes"),
        pytest.param(f"<r><a {ATTRIBUTES}", id="attributes without end"),
        pytest.param(f"<r><{'a' * 3000}/></r>", id="a name"),
        pytest.param("<r><a b='" + "c" * 3000 + "'/></r>", id="a value"),
        pytest.param("<r><a b='" + "c" * 3000, id="a value without end"),
    ],
)
@BOTH
def test_a_tag_that_is_too_long_is_refused(text: str, strict: bool) -> None:
    for read in (parse_xml, lambda *args, **kwargs: finished(parse_xml_sliced(*args, **kwargs))):
        with pytest.raises(UpnpXmlContentError, match="more than 1000 characters"):
            read(text, strict=strict, limits=SHORT_TAGS)
    assert read_flat(text, "r", limits=SHORT_TAGS) is None


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"<r a='>'>{'b' * 5000}</r>", id="a text"),
        pytest.param(f"<r><a b='>' c=\"'\">{'/> ' * 5000}</a></r>", id="a text with ends of tags"),
        pytest.param(f"<r><![CDATA[{'b' * 5000}]]></r>", id="a section"),
        pytest.param(f"<r><!-- {'b' * 5000} --></r>", id="a comment"),
        pytest.param("<r>" + "<a b='c'/>" * 900 + "</r>", id="many short ones"),
    ],
)
@BOTH
def test_what_is_long_and_no_tag_is_read(text: str, strict: bool) -> None:
    assert parse_xml(text, strict=strict, limits=SHORT_TAGS).tag == "r"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("<r>&" + "<a>" * DEEP, id="levels"),
        pytest.param("<r>&" + "<a/>" * MANY + "</r>", id="elements"),
        pytest.param("<r>\0" + "<x:a>" * DEEP, id="levels with prefixes"),
    ],
)
def test_what_becomes_too_much_when_it_is_mended_is_refused(text: str) -> None:
    with pytest.raises(UpnpXmlContentError, match="XML of more than"):
        parse_xml(text, strict=False, limits=LIMITS)
    with pytest.raises(UpnpXmlContentError, match="XML of more than"):
        finished(parse_xml_sliced(text, limits=LIMITS))
