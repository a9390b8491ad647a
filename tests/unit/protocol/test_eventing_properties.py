"""parse(build(x)) == x; parse(anything) is a record or a status."""

from datetime import timedelta
from http import HTTPStatus

from hypothesis import given
from hypothesis import strategies as st

from async_upnp_client._protocol.eventing import (
    Notification,
    format_timeout,
    guess_propertyset,
    parse_notify,
    parse_propertyset,
    parse_timeout,
)
from async_upnp_client._xml import escape
from async_upnp_client.limits import DEFAULT_LIMITS

NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,20}", fullmatch=True)
# what XML can carry unchanged: no control characters, no carriage return
VALUES = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff")
)
# pieces of events, to the letter and otherwise
PIECES = st.sampled_from(
    [
        "<e:property><Volume>1</Volume></e:property>",
        "<e:property><A/><B> &lt; </B></e:property>",
        "<e:property>",
        "</e:property>",
        "<property><C>x</C></property>",
        "<D><E/>y</D>",
        "<e:F>z</e:F>",
        "x",
        "&",
        "<!-- x -->",
        "<![CDATA[&]]>",
        "\0",
        "\ud800",
        '<?xml version="1.0"?>',
        "<!DOCTYPE a>",
        "</e:propertyset>",
    ]
)
SET = '<e:propertyset xmlns:e="urn:schemas-upnp-org:event-1-0">{}</e:propertyset>'


@given(st.integers(min_value=1, max_value=2**31 - 1))
def test_timeout_round_trip(seconds):
    timeout = timedelta(seconds=seconds)
    assert parse_timeout(format_timeout(timeout)) == timeout


@given(st.text())
def test_any_timeout_is_read_or_not(text):
    found = parse_timeout(text)
    assert found is None or found > timedelta(0)


@given(st.lists(st.tuples(NAMES, VALUES)))
def test_propertyset_round_trip(changes):
    properties = "".join(
        f"<e:property><{name}>{escape(value)}</{name}></e:property>" for name, value in changes
    )
    body = f'<e:propertyset xmlns:e="urn:schemas-upnp-org:event-1-0">{properties}</e:propertyset>'
    assert parse_propertyset(body) == tuple(changes)


@given(st.lists(PIECES).map("".join), st.sampled_from([SET, "{}"]))
def test_both_ways_of_reading_come_to_the_same_end(pieces, around):
    body = around.format(pieces)
    notes, careful_notes = [], []
    changes = parse_propertyset(body, lambda *note: notes.append(note))
    careful = guess_propertyset(body, lambda *note: careful_notes.append(note), DEFAULT_LIMITS)
    assert (changes, notes) == (careful, careful_notes)


@given(
    st.dictionaries(st.sampled_from(["NT", "nts", "Sid", "SEQ", "HOST"]), st.text()),
    st.one_of(st.none(), st.text(), st.text("<>/&;!ae:p \0")),
)
def test_any_notify_is_a_notification_or_a_status(headers, body):
    assert isinstance(parse_notify(headers, body), Notification | HTTPStatus)


@given(st.one_of(st.text(), st.text("<>/&;!ae:p \0")))
def test_any_body_gives_pairs(body):
    found = parse_notify({"NT": "upnp:event", "NTS": "upnp:propchange", "SID": "1"}, body)
    assert isinstance(found, Notification)
    assert all(type(text) is str for change in found.changes for text in change)
