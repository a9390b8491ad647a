"""Any list of sources, tracks, presets or ids gives records of their types, or an error of ours.

Sources are counted from 0 on; ids are numbers of four bytes in an array, and no less than 0 in a list.
"""

from contextlib import suppress

from async_upnp_client.exceptions import UpnpXmlContentError, UpnpXmlParseError
from async_upnp_client.profiles.ohmedia.ids import decode_id_array, decode_pin_ids, encode_id_array
from async_upnp_client.profiles.ohmedia.lists import parse_entries, parse_sources
from tests.fuzz.text import document_of

LARGEST = 1 << 14  # each is read twice
OURS = (UpnpXmlContentError, UpnpXmlParseError)


def check(data: bytes) -> None:
    """Check one text as each of them."""
    text = document_of(data)
    with suppress(*OURS):
        sources = parse_sources(text)
        assert [source.index for source in sources] == list(range(len(sources)))
    with suppress(*OURS):
        assert all(entry.id >= 0 for entry in parse_entries(text))
    with suppress(ValueError):
        ids = decode_id_array(text)
        assert decode_id_array(encode_id_array(ids)) == ids
    with suppress(ValueError):
        assert all(type(number) is int for number in decode_pin_ids(text))
