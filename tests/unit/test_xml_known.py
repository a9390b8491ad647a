"""Documents of a known markup: what their texts are, and which documents are not to be tried."""

from xml.parsers import expat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from async_upnp_client._xml_known import (
    ESCAPED_LENGTH,
    KNOWN_LENGTH,
    LEGAL_IN_ATTRIBUTES,
    MANY_REFERENCES,
    MARKUP_LENGTH,
    PLACE,
    is_bare,
    may_be_known,
    numbered,
    placed,
    unescaped,
)


@pytest.mark.parametrize(
    ("text", "may_be"),
    [
        ("", True),
        ("x" * KNOWN_LENGTH, True),
        ("x" * (KNOWN_LENGTH + 1), False),
        ("&amp;" * (ESCAPED_LENGTH // 5), True),
        ("&amp;" * (ESCAPED_LENGTH // 5 + 1), False),
        ("&amp;" * (MANY_REFERENCES - 1) + "x" * ESCAPED_LENGTH, True),
        ("&amp;" * MANY_REFERENCES + "x" * ESCAPED_LENGTH, False),
        (f"x{PLACE}", False),
    ],
)
def test_short_documents_are_tried(text, may_be):
    assert may_be_known(text) is may_be


@pytest.mark.parametrize(
    ("markup", "bare"),
    [
        ("<?xml?><a/>", True),
        ("<a><!-- --></a>", False),
        ("<a><?b?></a>", False),
        ("<!DOCTYPE a><a/>", False),
    ],
)
def test_markup_has_tags_alone(markup, bare):
    assert is_bare(markup) is bare


def test_long_markup_is_not_remembered():
    assert placed(["<a>", "</a>"], PLACE) == f"<a>{PLACE}</a>"
    assert placed(["x" * MARKUP_LENGTH], PLACE) == "x" * MARKUP_LENGTH
    assert placed(["x" * MARKUP_LENGTH, ""], PLACE) is None


def test_places_are_numbered():
    assert numbered(f"<a>{PLACE}<b/>{PLACE}</a>") == "<a>0<b/>1</a>"
    assert numbered(f"<a>{PLACE}</a>", "x") == "<a>x0</a>"
    assert numbered("<a/>") == "<a/>"


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ([], []),
        ([""], [""]),
        (["a", " b\n\t"], ["a", " b\n\t"]),
        (["&lt;&gt;&quot;&apos;&amp;", "&amp;lt;", ""], ["<>\"'&", "&lt;", ""]),
        (["&am", "p;"], None),
        (["&", "lt;"], None),
        (["&&lt;amp;"], None),
        (["&#49;"], None),
        (["<"], None),
        (["\x0b"], None),
        (["\ud800"], None),
        (["\ufffe"], None),
        (["é\uffff"], None),
    ],
)
def test_texts_are_unescaped(texts, expected):
    assert unescaped(texts) == expected


def test_line_ends_are_not_for_attributes():
    assert unescaped(["\n"], LEGAL_IN_ATTRIBUTES) is None
    assert unescaped(["\t"], LEGAL_IN_ATTRIBUTES) is None
    assert unescaped(["x y"], LEGAL_IN_ATTRIBUTES) == ["x y"]


@given(st.text(st.characters(exclude_characters="\0\r>")) | st.text("&;ltgampquos#<\ud800\uffff"))
def test_expat_makes_the_same_of_a_text(text):
    pieces: list[str] = []
    parser = expat.ParserCreate()
    parser.CharacterDataHandler = pieces.append
    parser.StartElementHandler = lambda tag, _: pieces.append(f"<{tag}>")
    try:
        parser.Parse(f"<a>{text}</a>", True)
    except (expat.ExpatError, UnicodeEncodeError):
        assert unescaped([text]) is None
        return
    assert unescaped([text]) in (None, ["".join(pieces[1:])])
