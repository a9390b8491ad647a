"""The words of a ContentDirectory: lists, update ids, criteria."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from async_upnp_client.profiles.dlna.comma_lists import join_commas
from async_upnp_client.profiles.dlna.content_directory import (
    ContentDirectoryErrorCode,
    allowed_criteria,
    container_updates,
    joined,
    quoted,
    read_update_id,
    signed_criteria,
)


@pytest.mark.uda("A-020")
def test_error_codes():
    assert [code.value for code in ContentDirectoryErrorCode] == [n for n in range(701, 721) if n != 707]
    assert ContentDirectoryErrorCode(701) is ContentDirectoryErrorCode.NO_SUCH_OBJECT
    assert ContentDirectoryErrorCode(710) is ContentDirectoryErrorCode.NO_SUCH_CONTAINER
    assert ContentDirectoryErrorCode(720) is ContentDirectoryErrorCode.CANNOT_PROCESS_REQUEST


@pytest.mark.uda("A-021")
@pytest.mark.parametrize(
    ("given_", "text"),
    [("*", "*"), ("dc:title,res@size", "dc:title,res@size"), (["dc:title", "@id"], "dc:title,@id"), ((), "")],
)
def test_filters(given_, text):
    assert joined(given_) == text


@pytest.mark.uda("A-022")
@pytest.mark.parametrize(
    ("criteria", "text"),
    [
        ("", ""),
        ("dc:title", "+dc:title"),
        ("+dc:title, -dc:date", "+dc:title,-dc:date"),
        (["dc:title", "-dc:date"], "+dc:title,-dc:date"),
    ],
)
def test_criteria_have_a_sign(criteria, text):
    assert signed_criteria(criteria) == text


@pytest.mark.uda("A-022")
@pytest.mark.parametrize(
    ("capabilities", "text"),
    [
        (["dc:title", "dc:date"], "+dc:title,-dc:date"),
        (["dc:date"], "-dc:date"),
        (["*"], "+dc:title,-dc:date"),
        ([], ""),
    ],
)
def test_criteria_that_are_allowed(capabilities, text):
    assert allowed_criteria("+dc:title,-dc:date", capabilities) == text


@pytest.mark.uda("A-023")
@pytest.mark.parametrize(
    ("value", "text"), [("blue", '"blue"'), ('12" mix', '"12\\" mix"'), ("a\\b", '"a\\\\b"'), ("", '""')]
)
def test_values_of_criteria(value, text):
    assert quoted(value) == text


@pytest.mark.uda("A-024")
@pytest.mark.parametrize(
    ("text", "updates"),
    [
        ("", {}),
        ("0,5", {"0": 5}),
        ("a, 1 ,b,2", {"a": 1, "b": 2}),
        ("a\\,b,1,c\\\\,2", {"a,b": 1, "c\\": 2}),
        ("C:\\Music,3", {"C:\\Music": 3}),
        ("a,1,b", {"a": 1}),
        ("a,x,b,2", {"b": 2}),
        ("a,1,a,2", {"a": 2}),
        ("a,-1,b,99999999999", {}),
        ("a\\", {}),
    ],
)
def test_container_updates(text, updates):
    assert container_updates(text) == updates


@given(
    st.dictionaries(st.text(min_size=1).filter(lambda text: text == text.strip()), st.integers(0, 2**32 - 1))
)
def test_what_a_server_writes_is_read(updates):
    pairs = [item for container, number in updates.items() for item in (container, str(number))]
    assert container_updates(join_commas(pairs)) == updates


@given(st.text())
def test_any_text_is_read(text):
    container_updates(text)
    assert read_update_id(text) is None or text.strip().isdigit()
