import pytest
from hypothesis import given
from hypothesis import strategies as st

from async_upnp_client.profiles.ohmedia.ids import (
    decode_id_array,
    decode_pin_ids,
    encode_id_array,
    id_list_to_string,
    pin_ids_to_string,
)


@pytest.mark.uda("O-003")
@pytest.mark.parametrize(("ids", "text"), [([], ""), ([1, 22], "1 22"), ([0, 5, -1, 6], "5 6")])
def test_ids_for_a_list(ids: list[int], text: str) -> None:
    assert id_list_to_string(ids) == text


@pytest.mark.uda("O-002")
@pytest.mark.parametrize(
    ("text", "ids"),
    [("", []), ("AAAAAQ==", [1]), ("AAAAAQAAAAI=", [1, 2]), ("/////w==", [4294967295]), (b"\0\0\0\7", [7])],
)
def test_an_id_array(text: str | bytes, ids: list[int]) -> None:
    assert decode_id_array(text) == ids


def test_an_id_array_with_a_part_of_an_id(caplog: pytest.LogCaptureFixture) -> None:
    assert decode_id_array("AAAAAQA=") == []
    assert "5 bytes" in caplog.text


@pytest.mark.parametrize("text", ["AAA", "????", "ä"])
def test_an_id_array_that_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="no base64"):
        decode_id_array(text)


@pytest.mark.uda("O-002")
@given(st.lists(st.integers(0, 2**32 - 1)))
def test_what_is_written_is_read(ids: list[int]) -> None:
    assert decode_id_array(encode_id_array(ids)) == ids


@pytest.mark.uda("O-002")
@pytest.mark.parametrize(("text", "ids"), [("", []), ("[]", []), ("[0, 7,8]", [0, 7, 8])])
def test_the_ids_of_pins(text: str, ids: list[int]) -> None:
    assert decode_pin_ids(text) == ids


@pytest.mark.parametrize("text", ["{}", '["a"]', "[true]", "[1", "no"])
def test_ids_of_pins_that_are_none(text: str) -> None:
    with pytest.raises(ValueError, match="ids of pins"):
        decode_pin_ids(text)


@pytest.mark.uda("O-003")
@given(st.lists(st.integers(1, 2**32 - 1)))
def test_ids_of_pins_that_are_written_are_read(ids: list[int]) -> None:
    assert decode_pin_ids(pin_ids_to_string([0, *ids])) == ids
