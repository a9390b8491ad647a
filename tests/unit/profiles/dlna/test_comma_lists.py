import pytest
from hypothesis import given
from hypothesis import strategies as st

from async_upnp_client.profiles.dlna import join_commas, split_commas


@pytest.mark.uda("A-016")
@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("", []),
        (" , ,", []),
        ("a,b", ["a", "b"]),
        (" a , b ,", ["a", "b"]),
        (r"a\,b,c", ["a,b", "c"]),
        (r"a\\,b", ["a\\", "b"]),
        (r"a\b,c", [r"a\b", "c"]),
        ("a\\", ["a\\"]),
        ("http-get:*:audio/L16;rate=44100;channels=2:*", ["http-get:*:audio/L16;rate=44100;channels=2:*"]),
    ],
)
def test_split(text: str, items: list[str]) -> None:
    assert split_commas(text) == items


def test_each_caller_has_a_list_of_its_own() -> None:
    split_commas("a,b").append("c")
    assert split_commas("a,b") == ["a", "b"]


@given(st.lists(st.text(min_size=1).filter(lambda text: text == text.strip())))
def test_what_is_joined_is_split(items: list[str]) -> None:
    assert split_commas(join_commas(items)) == items


@given(st.text())
def test_every_text_is_a_list(text: str) -> None:
    assert all(item == item.strip() and item for item in split_commas(text))
