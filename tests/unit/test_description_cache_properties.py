"""Any text a device may send instead of a description gives a dict or None."""

from hypothesis import given
from hypothesis import strategies as st

from async_upnp_client.description_cache import _description_xml_to_dict
from tests.support.descriptions import Device, device_description

tags = st.sampled_from(["root", "device", "UDN", "x:y", "icon"])
elements = st.recursive(
    st.text(max_size=5),
    lambda inside: st.builds(
        lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag}>", tags, st.lists(inside, max_size=3)
    ),
    max_leaves=10,
)


@given(st.one_of(st.text(), elements, elements.map("<root>{}</root>".format)))
def test_any_text_is_a_description_or_none(text: str) -> None:
    description = _description_xml_to_dict(text)
    assert description is None or isinstance(description, dict)


names = st.text(st.characters(min_codepoint=32, exclude_categories=["Cs", "Cn"]), min_size=1)


@given(names.filter(lambda name: name == name.strip()))
def test_what_is_written_is_read(name: str) -> None:
    description = _description_xml_to_dict(device_description(Device(friendly_name=name)))
    assert description is not None
    assert description["friendlyName"] == name
