"""The texts of UDA chapter 4: headers out, NOTIFY and its propertyset in."""

from datetime import timedelta
from http import HTTPStatus

import pytest

from async_upnp_client._diagnostics import Code
from async_upnp_client._headers import CaseInsensitiveDict
from async_upnp_client._protocol.eventing import (
    INFINITE,
    MAX_SEQ,
    Notification,
    Renew,
    Subscribe,
    build_propertyset,
    format_timeout,
    header,
    next_seq,
    notify_headers,
    parse_notify,
    parse_propertyset,
    parse_subscribe,
    parse_timeout,
    parse_unsubscribe,
    renew_headers,
    rounds,
    same_sid,
    subscribe_headers,
    unsubscribe_headers,
)

# record, text: both ways
TIMEOUTS = [
    (timedelta(seconds=1), "Second-1"),
    (timedelta(seconds=30), "Second-30"),
    (timedelta(seconds=1800), "Second-1800"),
    (timedelta(hours=1), "Second-3600"),
    (timedelta(days=2), "Second-172800"),
    (timedelta(seconds=2**31 - 1), "Second-2147483647"),
]


@pytest.mark.uda("E-017")
@pytest.mark.parametrize(("timeout", "text"), TIMEOUTS)
def test_timeout_both_ways(timeout, text):
    assert format_timeout(timeout) == text
    assert parse_timeout(text) == timeout


@pytest.mark.uda("E-014")
@pytest.mark.uda("E-017")
@pytest.mark.parametrize(
    ("timeout", "text"),
    [
        (timedelta(minutes=30, milliseconds=999), "Second-1800"),
        (timedelta(milliseconds=1), "Second-1"),
        (timedelta(0), "Second-1"),
        (timedelta(seconds=-5), "Second-1"),
        (timedelta.max, "Second-2147483647"),
    ],
)
def test_timeout_asked_for_is_always_a_whole_number(timeout, text):
    assert format_timeout(timeout) == text


@pytest.mark.uda("E-016")
@pytest.mark.uda("E-018")
@pytest.mark.parametrize(
    ("text", "timeout"),
    [
        ("second-300", timedelta(seconds=300)),
        ("SECOND-300", timedelta(seconds=300)),
        ("Seconds-300", timedelta(seconds=300)),
        ("300", timedelta(seconds=300)),
        ("  Second-300 ", timedelta(seconds=300)),
        ("Second-1800.0", timedelta(seconds=1800)),
        ("Second-300, Second-100", timedelta(seconds=300)),
        ("Second-infinite", INFINITE),
        ("Second-INFINITE", INFINITE),
        ("infinite", INFINITE),
        ("Second-" + "9" * 18, INFINITE),
        ("Second-" + "9" * 5000, INFINITE),
        ("Second-0", None),
        ("Second-0:30:00", None),
        ("Second--5", None),
        ("Second-", None),
        ("never", None),
        ("", None),
        (None, None),
    ],
)
def test_timeout_in_an_answer(text, timeout):
    assert parse_timeout(text) == timeout


@pytest.mark.uda("E-001")
@pytest.mark.uda("E-013")
@pytest.mark.uda("E-019")
@pytest.mark.uda("C-003")
def test_subscribe_headers():
    headers = subscribe_headers(
        "http://192.168.1.20:49152/evt/AVT", "http://192.168.1.2:8090/notify", timedelta(minutes=30)
    )
    assert list(headers.items()) == [
        ("NT", "upnp:event"),
        ("TIMEOUT", "Second-1800"),
        ("HOST", "192.168.1.20:49152"),
        ("CALLBACK", "<http://192.168.1.2:8090/notify>"),
    ]


@pytest.mark.uda("E-020")
@pytest.mark.uda("C-003")
def test_renew_headers():
    headers = renew_headers("http://192.168.1.20:49152/evt/AVT", "uuid:1", timedelta(days=2))
    assert list(headers.items()) == [
        ("HOST", "192.168.1.20:49152"),
        ("SID", "uuid:1"),
        ("TIMEOUT", "Second-172800"),
    ]


@pytest.mark.uda("E-025")
@pytest.mark.uda("C-003")
def test_unsubscribe_headers():
    headers = unsubscribe_headers("http://192.168.1.20/evt", "RINCON_1_sub0000000164")
    assert list(headers.items()) == [("HOST", "192.168.1.20"), ("SID", "RINCON_1_sub0000000164")]


@pytest.mark.uda("V-005")
@pytest.mark.uda("V-010")
def test_no_zone_in_host_nor_callback():
    headers = subscribe_headers(
        "http://[fe80::1%eth0]:49152/evt", "http://[fe80::2%eth0]:8090/notify", timedelta(minutes=30)
    )
    assert headers["HOST"] == "[fe80::1]:49152"
    assert headers["CALLBACK"] == "<http://[fe80::2]:8090/notify>"


@pytest.mark.parametrize(
    "headers",
    [{"SID": " uuid:1 "}, {"sid": "uuid:1"}, {"Sid": "uuid:1"}, CaseInsensitiveDict({"sId": "uuid:1"})],
)
def test_header_in_any_spelling(headers):
    assert header(headers, "SID") == "uuid:1"
    assert header(headers, "SEQ") is None


HEADERS = {"NT": "upnp:event", "NTS": "upnp:propchange", "SID": "uuid:1", "SEQ": "0"}
BODY = (
    '<?xml version="1.0"?>\n<e:propertyset xmlns:e="urn:schemas-upnp-org:event-1-0">'
    "<e:property><Status>1</Status></e:property></e:propertyset>"
)


def test_notify():
    assert parse_notify(HEADERS, BODY) == Notification("uuid:1", 0, (("Status", "1"),))


@pytest.mark.parametrize("spell", [str.lower, str.title, str.upper])
def test_notify_headers_in_any_spelling(spell):
    headers = {spell(name): value for name, value in HEADERS.items()}
    assert parse_notify(headers, BODY) == Notification("uuid:1", 0, (("Status", "1"),))


@pytest.mark.uda("E-036")
@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"NT": None}, HTTPStatus.BAD_REQUEST),
        ({"NTS": None}, HTTPStatus.BAD_REQUEST),
        ({"NT": None, "SID": None}, HTTPStatus.BAD_REQUEST),
        ({"NT": "upnp:rootdevice"}, HTTPStatus.PRECONDITION_FAILED),
        ({"NT": ""}, HTTPStatus.PRECONDITION_FAILED),
        ({"NTS": "ssdp:alive"}, HTTPStatus.PRECONDITION_FAILED),
        ({"SID": None}, HTTPStatus.PRECONDITION_FAILED),
        ({"SID": ""}, HTTPStatus.PRECONDITION_FAILED),
    ],
)
def test_notify_is_refused(change, status):
    headers = {name: value for name, value in {**HEADERS, **change}.items() if value is not None}
    assert parse_notify(headers, BODY) is status


@pytest.mark.uda("E-012")
@pytest.mark.parametrize("sid", ["uuid:RINCON_000E58_sub0000000164", "1", "UUID:Abc", "{1}"])
def test_sid_is_opaque(sid):
    found = parse_notify({**HEADERS, "SID": sid}, BODY)
    assert isinstance(found, Notification)
    assert found.sid == sid


@pytest.mark.parametrize(
    ("text", "seq"),
    [
        ("7", 7),
        ("4294967295", 4294967295),
        (" 7 ", 7),
        ("", None),
        ("-1", None),
        ("x", None),
        ("1.0", None),
        ("²", None),
        ("9" * 5000, None),
    ],
)
def test_seq(text, seq):
    found = parse_notify({**HEADERS, "SEQ": text}, BODY)
    assert isinstance(found, Notification)
    assert found.seq == seq


def test_seq_left_out():
    found = parse_notify({name: HEADERS[name] for name in ("NT", "NTS", "SID")}, BODY)
    assert isinstance(found, Notification)
    assert found.seq is None


def propertyset(properties, *, ns="urn:schemas-upnp-org:event-1-0"):
    return f'<e:propertyset xmlns:e="{ns}">{properties}</e:propertyset>'


@pytest.mark.uda("E-035")
@pytest.mark.parametrize(
    ("body", "changes"),
    [
        pytest.param(propertyset("<e:property><A>1</A></e:property>"), (("A", "1"),), id="by-the-letter"),
        pytest.param(
            propertyset("<e:property><A>1</A></e:property><e:property><B/></e:property>"),
            (("A", "1"), ("B", "")),
            id="two-and-empty",
        ),
        pytest.param(
            propertyset("<e:property><A>1</A><B>2</B></e:property>"),
            (("A", "1"), ("B", "2")),
            id="two-in-one-property",
        ),
        pytest.param(
            propertyset("<e:property><e:A>1</e:A></e:property>"), (("A", "1"),), id="qualified-variable"
        ),
        pytest.param(
            propertyset(
                "<e:property><LastChange>&lt;Event/&gt;</LastChange></e:property>",
                ns="urn:schemas-upnp-org:metadata-1-0/events",
            ),
            (("LastChange", "<Event/>"),),
            id="wrong-namespace-arduino-dlna",
        ),
        pytest.param(
            "<propertyset><property><A>1</A></property></propertyset>", (("A", "1"),), id="no-namespace"
        ),
        pytest.param(
            "<e:propertyset><e:property><A>1</A></e:property></e:propertyset>",
            (("A", "1"),),
            id="undeclared-prefix",
        ),
        pytest.param("<property><A>1</A></property>", (("A", "1"),), id="no-propertyset"),
        pytest.param(
            propertyset("<e:property><A>1</A></e:property>") + "\r\n\0\0", (("A", "1"),), id="trailing-nul"
        ),
        pytest.param(
            "\ufeff\r\n" + propertyset("<e:property><A>1</A></e:property>"), (("A", "1"),), id="bom"
        ),
        pytest.param(propertyset("<e:property><!-- x --><A>1</A></e:property>"), (("A", "1"),), id="comment"),
        pytest.param(
            propertyset(
                "<e:property><LastChange>http-get:*:audio/mpeg:*</LastChange></e:property>"
                "<e:property><LastChange/></e:property><e:property><LastChange>0</LastChange></e:property>"
            ),
            (("LastChange", "http-get:*:audio/mpeg:*"), ("LastChange", ""), ("LastChange", "0")),
            id="linkplay-names-all-lastchange",
        ),
        pytest.param(propertyset(""), (), id="no-property"),
        pytest.param(propertyset("<e:property/>"), (), id="empty-property"),
        pytest.param("", (), id="empty-xiaomi"),
        pytest.param("\0", (), id="nul"),
        pytest.param("no xml", (), id="no-xml"),
        pytest.param("<e:propertyset xmlns:e='x'><e:property><A>1", (), id="cut-off"),
        pytest.param(
            '<!DOCTYPE a [<!ENTITY b "c">]>' + propertyset("<e:property><A>&b;</A></e:property>"),
            (),
            id="entity",
        ),
    ],
)
def test_propertyset(body, changes):
    assert parse_propertyset(body) == changes


def test_captured_event_of_miniupnpd():
    body = (
        '<e:propertyset xmlns:e="urn:schemas-upnp-org:event-1-0"><e:property><SetupReady>1</SetupReady>'
        "</e:property></e:propertyset>"
    )
    headers = {
        "Host": "10.77.0.10:54321",
        "Content-Type": 'text/xml; charset="utf-8"',
        "NT": "upnp:event",
        "NTS": "upnp:propchange",
        "SID": "uuid:00000000-0000-0000-0000-00000000bfe0",
        "SEQ": "0",
    }
    assert parse_notify(headers, body) == Notification(
        "uuid:00000000-0000-0000-0000-00000000bfe0", 0, (("SetupReady", "1"),)
    )


def test_no_body_changes_nothing():
    assert parse_notify(HEADERS, None) == Notification("uuid:1", 0, ())


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ((), []),
        ((("A", "1"), ("B", "2")), [{"A": "1", "B": "2"}]),
        ((("A", "1"), ("A", "2"), ("B", "3")), [{"A": "1"}, {"A": "2", "B": "3"}]),
    ],
)
def test_rounds_lose_nothing(changes, expected):
    assert list(rounds(changes)) == expected


SET = '<e:propertyset xmlns:e="urn:schemas-upnp-org:event-1-0">{}</e:propertyset>'
GOOD = "<e:property><A>1</A></e:property>"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (SET.format(GOOD), []),
        (SET.format(GOOD + "<x/>"), []),
        ("", [Code.EVENT_UNREADABLE]),
        ("</InstanceID></Event>", [Code.EVENT_UNREADABLE]),
        (SET.format(""), [Code.EVENT_UNREADABLE]),
        (SET.format("<e:property><A>a & b</A></e:property>"), [Code.EVENT_REPAIRED]),
        (SET.format("<property><A>1</A></property>"), [Code.EVENT_WRONG_NAMESPACE]),
        (SET.format(GOOD) + "\0\0", []),
    ],
)
def test_what_is_wrong_with_a_propertyset_is_told(body, expected):
    told: list[Code] = []
    parse_propertyset(body, lambda code, _where, _message: told.append(code))
    assert told == expected


def test_a_variable_that_comes_again_is_told():
    told: list[tuple[Code, str]] = []
    list(rounds([("A", "1"), ("B", "2"), ("A", "3")], lambda code, where, _: told.append((code, where))))
    assert told == [(Code.EVENT_VARIABLE_REPEATED, "variable A")]


# --- The device side ---

NT = {"NT": "upnp:event"}
TO = {"CALLBACK": "<http://192.168.1.2/a>"}


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        pytest.param(NT | TO, Subscribe(("http://192.168.1.2/a",), None), marks=pytest.mark.uda("E-002")),
        pytest.param(
            NT | {"callback": "<http://a/>, <http://b/>", "timeout": "Second-300"},
            Subscribe(("http://a/", "http://b/"), timedelta(seconds=300)),
            marks=pytest.mark.uda("E-002", "E-017"),
        ),
        pytest.param(
            NT | TO | {"TIMEOUT": "Second-infinite"},
            Subscribe(("http://192.168.1.2/a",), None),
            marks=pytest.mark.uda("E-015"),
        ),
        pytest.param(NT, 412, marks=pytest.mark.uda("E-004")),
        pytest.param(NT | {"CALLBACK": "http://a/"}, 412, marks=pytest.mark.uda("E-004")),
        pytest.param(NT | {"CALLBACK": "<>"}, 412, marks=pytest.mark.uda("E-004")),
        pytest.param(NT | {"CALLBACK": "<http://a/>" * 9}, 412),
        pytest.param(TO, 412, marks=pytest.mark.uda("E-005")),
        pytest.param({"NT": "upnp:other"} | TO, 412, marks=pytest.mark.uda("E-005")),
        pytest.param({"SID": "uuid:1"} | NT, 400, marks=pytest.mark.uda("E-006")),
        pytest.param({"SID": "uuid:1"} | TO, 400, marks=pytest.mark.uda("E-006")),
        pytest.param({"SID": " uuid:1 "}, Renew("uuid:1", None)),
    ],
)
def test_what_a_subscribe_asks_for(headers: dict[str, str], expected: object) -> None:
    assert parse_subscribe(headers, 8) == expected


def test_what_our_control_point_asks_is_read() -> None:
    duration = timedelta(seconds=300)
    first = subscribe_headers("http://192.168.1.1/e", "http://192.168.1.2/n", duration)
    assert parse_subscribe(first, 8) == Subscribe(("http://192.168.1.2/n",), duration)
    assert parse_subscribe(renew_headers("http://192.168.1.1/e", "uuid:1", duration), 8) == Renew(
        "uuid:1", duration
    )
    assert parse_unsubscribe(unsubscribe_headers("http://192.168.1.1/e", "uuid:1")) == "uuid:1"


@pytest.mark.uda("E-026")
@pytest.mark.parametrize(
    ("headers", "expected"), [({}, 412), ({"SID": "a"} | NT, 400), ({"SID": "a"} | TO, 400)]
)
def test_what_an_unsubscribe_asks_for(headers: dict[str, str], expected: int) -> None:
    assert parse_unsubscribe(headers) == expected


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("uuid:a", "a", True), ("UUID:A", "uuid:a", True), ("a", "a", True), ("uuid:a", "uuid:b", False)],
)
def test_one_sid(one: str, other: str, same: bool) -> None:
    assert same_sid(one, other) is same


@pytest.mark.uda("E-027", "E-034")
def test_an_event_is_read_by_our_control_point() -> None:
    changes = (("LastChange", "<Event>a & b</Event>"), ("Mute", "1"), ("Empty", ""))
    headers = notify_headers("http://192.168.1.2:80/n", "uuid:1", 3)
    assert list(headers) == ["HOST", "CONTENT-TYPE", "NT", "NTS", "SID", "SEQ"]
    assert parse_notify(headers, build_propertyset(changes)) == Notification("uuid:1", 3, changes)


@pytest.mark.uda("E-031")
@pytest.mark.parametrize(("seq", "expected"), [(0, 1), (1, 2), (MAX_SEQ - 1, MAX_SEQ), (MAX_SEQ, 1)])
def test_the_number_that_follows(seq: int, expected: int) -> None:
    assert next_seq(seq) == expected
