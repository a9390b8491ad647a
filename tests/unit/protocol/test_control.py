import pytest

from async_upnp_client._protocol.control import (
    RESCUED_LENGTH,
    Fault,
    Reply,
    build_call,
    call_headers,
    is_html,
    parse_fault,
    parse_reply,
)
from async_upnp_client.exceptions import UpnpError, UpnpXmlContentError, UpnpXmlParseError

TYPE = "urn:schemas-upnp-org:service:RenderingControl:1"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"


def envelope(body: str, *, prefix: str = "s", namespace: str = SOAP) -> str:
    inside = f"<{prefix}:Body>{body}</{prefix}:Body>"
    return f'<{prefix}:Envelope xmlns:{prefix}="{namespace}">{inside}</{prefix}:Envelope>'


def response(arguments: str, *, namespace: str = TYPE, name: str = "GetVolumeResponse") -> str:
    return envelope(f'<u:{name} xmlns:u="{namespace}">{arguments}</u:{name}>')


# Calls


@pytest.mark.uda("C-005")
@pytest.mark.uda("C-007")
def test_a_call_is_byte_for_byte_what_recorded_exchanges_have():
    assert build_call(TYPE, "GetVolume", [("InstanceID", "0"), ("Channel", "Master")]) == (
        '<?xml version="1.0"?><s:Envelope s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"'
        ' xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        '<u:GetVolume xmlns:u="urn:schemas-upnp-org:service:RenderingControl:1"><InstanceID>0</InstanceID>\n'
        "<Channel>Master</Channel></u:GetVolume></s:Body></s:Envelope>"
    )


def test_a_call_without_arguments_has_an_open_and_a_close_tag():
    assert f'<s:Body><u:Stop xmlns:u="{TYPE}"></u:Stop></s:Body>' in build_call(TYPE, "Stop", [])


@pytest.mark.uda("C-008")
def test_an_empty_argument_is_an_empty_element():
    assert "<A></A>\n<B>x</B>" in build_call(TYPE, "Do", [("A", ""), ("B", "x")])


@pytest.mark.uda("C-010")
def test_only_the_three_characters_that_must_be_are_escaped():
    assert "<A>&lt;a&gt; &amp;amp; \"'</A>" in build_call(TYPE, "Do", [("A", "<a> &amp; \"'")])


def test_a_service_type_cannot_break_out_of_its_attribute():
    assert 'xmlns:u="a&quot; b=&quot;&lt;"' in build_call('a" b="<', "Do", [])


@pytest.mark.uda("C-001")
@pytest.mark.uda("C-002")
@pytest.mark.uda("C-003")
def test_headers_of_a_call():
    headers = call_headers("http://192.0.2.1:8080/control", TYPE, "GetVolume")
    assert list(headers.items()) == [
        ("HOST", "192.0.2.1:8080"),
        ("CONTENT-TYPE", 'text/xml; charset="utf-8"'),
        ("SOAPACTION", f'"{TYPE}#GetVolume"'),
    ]
    assert headers["SOAPAction"] == headers["soapaction"]


def test_host_header_of_a_link_local_device_has_no_zone():
    headers = call_headers("http://[fe80::1%25eth0]:8080/control", TYPE, "GetVolume")
    assert headers["HOST"] == "[fe80::1]:8080"


@pytest.mark.parametrize(
    ("service_type", "action"), [(f"{TYPE}\r\nX-A: b", "Stop"), (TYPE, "Stop\n"), (TYPE, "\0")]
)
def test_names_from_a_description_cannot_start_a_header_of_their_own(service_type, action):
    with pytest.raises(UpnpError, match="SOAPACTION"):
        call_headers("http://192.0.2.1/control", service_type, action)


# Answers

ANSWERS = {
    "as the UDA has it": (response("<CurrentVolume>5</CurrentVolume>"), (("CurrentVolume", "5"),)),
    "none": (response(""), ()),
    "empty": (response("<A/><B></B>"), (("A", ""), ("B", ""))),
    "order kept, text not stripped": (response("<B> x </B><A>1</A>"), (("B", " x "), ("A", "1"))),
    "twice": (response("<A>1</A><A>2</A>"), (("A", "1"), ("A", "2"))),
    "arguments qualified": (response("<u:A>1</u:A>"), (("A", "1"),)),
    "arguments in a default namespace": (response('<A xmlns="urn:other">1</A>'), (("A", "1"),)),
    "other prefixes": (
        envelope(f'<m:GetVolumeResponse xmlns:m="{TYPE}"><A>1</A></m:GetVolumeResponse>', prefix="SOAP-ENV"),
        (("A", "1"),),
    ),
    "no prefix": (envelope(f'<GetVolumeResponse xmlns="{TYPE}"><A>1</A></GetVolumeResponse>'), (("A", "1"),)),
    "white space": (response("\n  <A>1</A>\n  <B>2</B>\n"), (("A", "1"), ("B", "2"))),
    "unescaped once": (response("<A>&lt;t&gt;a &amp;amp; b&lt;/t&gt;</A>"), (("A", "<t>a &amp; b</t>"),)),
    "CDATA": (response("<A><![CDATA[<t>&amp;</t>]]></A>"), (("A", "<t>&amp;</t>"),)),
    "a SOAP header before the body": (
        response("<A>1</A>").replace("<s:Body>", "<s:Header><x>1</x></s:Header><s:Body>"),
        (("A", "1"),),
    ),
    "deeper than it should be": (
        envelope(f'<wrap><u:GetVolumeResponse xmlns:u="{TYPE}"><A>1</A></u:GetVolumeResponse></wrap>'),
        (("A", "1"),),
    ),
    "an argument called Fault": (response("<Fault>0</Fault>"), (("Fault", "0"),)),
}

SLOPPY_ANSWERS = {
    "the serviceId as namespace": response("<A>1</A>", namespace="urn:upnp-org:serviceId:RenderingControl"),
    "another version": response("<A>1</A>", namespace=TYPE[:-1] + "3"),
    "no namespace": envelope("<GetVolumeResponse><A>1</A></GetVolumeResponse>"),
    "undeclared prefix": envelope("<u:GetVolumeResponse><A>1</A></u:GetVolumeResponse>"),
    "undeclared prefix of an argument": response("<m:A>1</m:A>"),
    "another name": response("<A>1</A>", name="VolumeResponse"),
    "the name of the service": response("<A>1</A>", name="RenderingControl"),
    "no envelope": f'<u:GetVolumeResponse xmlns:u="{TYPE}"><A>1</A></u:GetVolumeResponse>',
    "an envelope without namespace": f'<Envelope><Body><r xmlns="{TYPE}"><A>1</A></r></Body></Envelope>',
    "broken markup that no repair mends": response("<A>1</A><b").replace("<b", "<<b>"),
}


@pytest.mark.uda("C-006")
@pytest.mark.uda("C-016")
@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize(("text", "arguments"), ANSWERS.values(), ids=ANSWERS.keys())
def test_answers_that_both_modes_read(text, arguments, strict):
    assert parse_reply(text, TYPE, "GetVolume", strict=strict) == Reply(arguments)


@pytest.mark.uda("C-017")
@pytest.mark.parametrize("text", SLOPPY_ANSWERS.values(), ids=SLOPPY_ANSWERS.keys())
def test_answers_that_are_read_with_tolerance_alone(text):
    assert parse_reply(text, TYPE, "GetVolume", strict=False) == Reply((("A", "1"),))
    with pytest.raises(UpnpError):
        parse_reply(text, TYPE, "GetVolume", strict=True)


@pytest.mark.uda("C-031")
def test_illegal_characters_are_dropped_when_not_strict():
    assert parse_reply(response("<A>a\x01b</A>"), TYPE, "GetVolume", strict=False) == Reply((("A", "ab"),))


def test_a_malformed_answer_that_was_cut_off_is_not_trusted():
    text = response("<A>1</A><B>2</B>").partition("<B>")[0] + "<<"
    with pytest.raises(UpnpXmlParseError):
        parse_reply(text, TYPE, "GetVolume", strict=False)


def test_a_long_answer_is_read_as_xml_or_not_at_all():
    text = response(f"<A>{'a' * RESCUED_LENGTH}</A><<b>")
    with pytest.raises(UpnpXmlParseError):
        parse_reply(text, TYPE, "GetVolume", strict=False)


def test_the_arguments_of_a_malformed_answer_are_unescaped_once():
    text = response("<A>&lt;a t=&quot;x&quot;&gt;&amp;amp;</A><<b>")
    assert parse_reply(text, TYPE, "GetVolume", strict=False) == Reply((("A", '<a t="x">&amp;'),))


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize("text", ["", " ", "status=ok", "<a", "<a></b>"])
def test_text_that_is_no_xml_is_a_parse_error(text, strict):
    with pytest.raises(UpnpXmlParseError):
        parse_reply(text, TYPE, "GetVolume", strict=strict)


@pytest.mark.parametrize("strict", [True, False])
def test_an_entity_declaration_is_our_error(strict):
    text = '<!DOCTYPE a [<!ENTITY x "y">]>' + response("<A>&x;</A>")
    with pytest.raises(UpnpXmlContentError):
        parse_reply(text, TYPE, "GetVolume", strict=strict)


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize(
    "text",
    [
        "<html><body><p>Login</p></body></html>",
        "<!DOCTYPE html>\n<HTML lang=en><head><meta charset=utf-8><br></HTML>",
        '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body/></html>',
    ],
)
def test_a_web_page_in_place_of_an_answer_is_called_one(text, strict):
    with pytest.raises(UpnpXmlContentError, match="HTML page"):
        parse_reply(text, TYPE, "GetVolume", strict=strict)


def test_a_page_quoted_in_an_argument_makes_no_web_page():
    assert not is_html(response("<A>&lt;html&gt;</A>"))


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize("text", ["<a/>", envelope(""), "<s:Body xmlns:s='x'/>"])
def test_xml_without_a_response_is_an_error_that_quotes_it(text, strict):
    with pytest.raises(UpnpXmlContentError, match="no GetVolumeResponse"):
        parse_reply(text, TYPE, "GetVolume", strict=strict)


@pytest.mark.parametrize("action", ["Get[Volume", "../x", "{a}b", "*", "a b", ""])
def test_an_odd_action_name_raises_nothing_odd(action):
    with pytest.raises(UpnpError):
        parse_reply(response("<A>1</A>"), TYPE, action, strict=True)


def test_the_message_of_an_error_is_short_and_has_no_control_characters():
    with pytest.raises(UpnpXmlContentError) as caught:
        parse_reply(f"<a>\x85{'x' * 5000}</a>", TYPE, "GetVolume", strict=True)
    assert len(str(caught.value)) < 400
    assert str(caught.value).isprintable()


# As devices sent them: peer-upnp's tabs, miniupnpd's line breaks, gmediarender's fault.
SENT_START = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"'
    ' s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/">'
)
SENT = {
    "peer-upnp": (
        (
            f'<?xml version="1.0" encoding="UTF-8"?>\n{SENT_START}\n\t<s:Body>\n\t\n\t\t<u:GetStatusResponse'
            ' xmlns:u="urn:schemas-upnp-org:service:SwitchPower:1">\n\t\t\n'
            "\t\t\t<ResultStatus>1</ResultStatus>\n\t\t\n\t\t</u:GetStatusResponse>\n\t\n\t</s:Body>\n</s:Envelope>"
        ),
        "urn:schemas-upnp-org:service:SwitchPower:1",
        "GetStatus",
        Reply((("ResultStatus", "1"),)),
    ),
    "miniupnpd": (
        (
            f'<?xml version="1.0"?>\r\n{SENT_START}<s:Body><u:GetExternalIPAddressResponse'
            ' xmlns:u="urn:schemas-upnp-org:service:WANIPConnection:1">'
            "<NewExternalIPAddress>11.22.33.3</NewExternalIPAddress></u:GetExternalIPAddressResponse></s:Body>"
            "</s:Envelope>\r\n"
        ),
        "urn:schemas-upnp-org:service:WANIPConnection:1",
        "GetExternalIPAddress",
        Reply((("NewExternalIPAddress", "11.22.33.3"),)),
    ),
    "gmediarender": (
        (
            f"{SENT_START}\n<s:Body>\n<s:Fault>\n<faultcode>s:Client</faultcode>\n"
            "<faultstring>UPnPError</faultstring>\n<detail>\n"
            '<UPnPError xmlns="urn:schemas-upnp-org:control-1-0">\n<errorCode>501</errorCode>\n'
            "<errorDescription>Playing failed</errorDescription>\n</UPnPError>\n</detail>\n</s:Fault>\n"
            "</s:Body>\n</s:Envelope>\n"
        ),
        "urn:schemas-upnp-org:service:AVTransport:1",
        "Play",
        Fault(501, "Playing failed", "UPnPError"),
    ),
}


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize(("text", "service_type", "action", "read"), SENT.values(), ids=SENT.keys())
def test_answers_of_real_devices(text, service_type, action, read, strict):
    assert parse_reply(text, service_type, action, strict=strict) == read


# Faults

DETAIL = (
    '<detail><UPnPError xmlns="urn:schemas-upnp-org:control-1-0"><errorCode>701</errorCode>'
    "<errorDescription>Transition not available</errorDescription></UPnPError></detail>"
)
STANDARD = Fault(701, "Transition not available", "UPnPError")
START = "<faultcode>s:Client</faultcode><faultstring>UPnPError</faultstring>"
FAULTS = {
    "as the UDA has it": (envelope(f"<s:Fault>{START}{DETAIL}</s:Fault>"), STANDARD),
    "other prefix": (
        envelope(f"<SOAP-ENV:Fault>{START}{DETAIL}</SOAP-ENV:Fault>", prefix="SOAP-ENV"),
        STANDARD,
    ),
    "no prefix": (
        f'<Envelope xmlns="{SOAP}"><Body><Fault>{START}{DETAIL}</Fault></Body></Envelope>',
        STANDARD,
    ),
    "no namespace": (f"<Envelope><Body><Fault>{START}{DETAIL}</Fault></Body></Envelope>", STANDARD),
    "undeclared prefix": (
        f"<s:Envelope><s:Body><s:Fault>{START}{DETAIL}</s:Fault></s:Body></s:Envelope>",
        STANDARD,
    ),
    "no envelope": (f"<Fault>{START}{DETAIL}</Fault>", STANDARD),
    "the detail without namespace": (
        envelope(
            f"<s:Fault>{START}{DETAIL}</s:Fault>".replace(' xmlns="urn:schemas-upnp-org:control-1-0"', "")
        ),
        STANDARD,
    ),
    "the detail in another namespace": (
        envelope(f"<s:Fault>{START}{DETAIL}</s:Fault>".replace("control-1-0", "control-1-1")),
        STANDARD,
    ),
    "camel case": (
        envelope(
            f"<s:Fault>{START}{DETAIL}</s:Fault>".replace("faultcode", "faultCode").replace(
                "faultst", "faultSt"
            )
        ),
        STANDARD,
    ),
    "SOAP 1.2": (
        envelope(
            "<s:Fault><s:Code><s:Value>s:Sender</s:Value></s:Code><s:Reason><s:Text>UPnPError</s:Text></s:Reason>"
            f"{DETAIL.replace('detail>', 's:Detail>')}</s:Fault>",
            namespace="http://www.w3.org/2003/05/soap-envelope",
        ),
        STANDARD,
    ),
    "no description": (
        envelope(
            f"<s:Fault>{START}<detail><UPnPError><errorCode>402</errorCode></UPnPError></detail></s:Fault>"
        ),
        Fault(402, None, "UPnPError"),
    ),
    "no detail": (envelope("<s:Fault><faultstring>Busy</faultstring></s:Fault>"), Fault(None, None, "Busy")),
    "nothing": (envelope("<s:Fault/>"), Fault(None, None, "")),
    "blanks": (
        envelope(
            "<s:Fault><errorCode> 402 </errorCode><errorDescription>\n a \n</errorDescription></s:Fault>"
        ),
        Fault(402, "a", ""),
    ),
    "a code that is no number": (
        envelope("<s:Fault><errorCode>Invalid</errorCode><errorDescription>a</errorDescription></s:Fault>"),
        Fault(None, "a", ""),
    ),
    "a code of Arabic digits": (
        envelope("<s:Fault><errorCode>٤٠٢</errorCode></s:Fault>"),
        Fault(None, None, ""),
    ),
    "a code that is endless": (
        envelope(f"<s:Fault><errorCode>{'1' * 5000}</errorCode></s:Fault>"),
        Fault(None, None, ""),
    ),
    "a vendor's code": (envelope("<s:Fault><errorCode>804</errorCode></s:Fault>"), Fault(804, None, "")),
    "a negative code": (envelope("<s:Fault><errorCode>-1</errorCode></s:Fault>"), Fault(-1, None, "")),
    "junk in the description": (
        envelope(
            "<s:Fault><errorCode>501</errorCode><errorDescription>a\x02\x03</errorDescription></s:Fault>"
        ),
        Fault(501, "a", ""),
    ),
}


@pytest.mark.uda("C-020")
@pytest.mark.uda("C-026")
@pytest.mark.parametrize(("text", "fault"), FAULTS.values(), ids=FAULTS.keys())
def test_faults(text, fault):
    assert parse_fault(text) == fault


@pytest.mark.uda("C-020")
@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize(("text", "fault"), FAULTS.values(), ids=FAULTS.keys())
def test_faults_that_come_as_answers(text, fault, strict):
    assert parse_reply(text, TYPE, "GetVolume", strict=strict) == fault


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<",
        "<html><br></html>",
        "<a/>",
        response("<Fault>0</Fault>"),
        '<!DOCTYPE a [<!ENTITY x "y">]><Fault>&x;</Fault>',
    ],
)
def test_no_fault(text):
    assert parse_fault(text) is None


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Fault(402, "Invalid Args", "UPnPError"), "Invalid Args"),
        (Fault(402, "", "UPnPError"), ""),
        (Fault(None, None, "Internal error"), "Internal error"),
        (Fault(402, None, "UPnPError"), None),
        (Fault(402, None, ""), None),
    ],
)
def test_the_reason_of_a_fault(fault, reason):
    assert fault.reason == reason
