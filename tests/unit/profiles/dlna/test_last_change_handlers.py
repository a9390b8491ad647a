from xml.sax import parseString

import pytest

from async_upnp_client.profiles.dlna import DlnaDmrEventContentHandler, DlnaDmrEventErrorHandler


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        (
            (
                '<Event><InstanceID val="0"><Volume channel="Master" val="3"/><Volume channel="LF" val="9"/>'
                '<av:Mute val="1"/></InstanceID><InstanceID val="1"><Volume val="4"/></InstanceID></Event>'
            ),
            {"0": {"Volume": "3", "Mute": "1"}, "1": {"Volume": "4"}},
        ),
        ('<Event><Volume val="3"/><Odd/></Event>', {"0": {"Volume": "3"}}),
        ('<Event><InstanceID val="0"><Volume val="3"/></Event>', {"0": {"Volume": "3"}}),
    ],
)
def test_what_they_collect(text: str, changes: dict[str, dict[str, str]]) -> None:
    handler = DlnaDmrEventContentHandler()
    parseString(text.encode(), handler, DlnaDmrEventErrorHandler())
    assert handler.changes == changes


def test_errors_are_forgiven() -> None:
    handler = DlnaDmrEventErrorHandler()
    handler.error(ValueError())
    handler.fatalError(ValueError())
