"""Any LastChange gives values by variable by instance, none longer than its text, and never raises."""

from async_upnp_client.profiles.dlna.last_change import guess_last_change, parse_last_change, read_known
from tests.fuzz.text import document_of

LARGEST = 1 << 16


def check(data: bytes) -> None:
    """Check one text."""
    text = document_of(data)
    changes = parse_last_change(text)
    known = read_known(text)
    assert known is None or known == guess_last_change(text)
    count = 0
    for instance, variables in changes.items():
        assert isinstance(instance, str)
        for name, value in variables.items():
            assert isinstance(name, str)
            assert len(name) + len(value) <= len(text)
            count += 1
    assert count <= len(text) // len("<a>b")
