"""Service descriptions: what is read of those that are right, and of those that are not."""

from itertools import chain

import pytest

from async_upnp_client._protocol.service_description import (
    ServiceDocument,
    parse_service_document,
    untyped_variable,
)
from async_upnp_client.const import STATE_VARIABLE_TYPE_MAPPING
from async_upnp_client.exceptions import (
    UpnpError,
    UpnpValueDecodeError,
    UpnpXmlContentError,
    UpnpXmlParseError,
)

BOTH = pytest.mark.parametrize("strict", [True, False], ids=["strict", "non_strict"])
NAMESPACE = ' xmlns="urn:schemas-upnp-org:service-1-0"'


def scpd(variables: str = "", actions: str = "", namespace: str = NAMESPACE) -> str:
    return (
        f'<?xml version="1.0"?><scpd{namespace}><specVersion><major>1</major><minor>0</minor></specVersion>'
        f"<actionList>{actions}</actionList><serviceStateTable>{variables}</serviceStateTable></scpd>"
    )


def variable(inside: str, attributes: str = "") -> str:
    return f"<stateVariable{attributes}>{inside}</stateVariable>"


def action(name: str, *arguments: str) -> str:
    listed = "".join(f"<argument>{argument}</argument>" for argument in arguments)
    return f"<action><name>{name}</name><argumentList>{listed}</argumentList></action>"


def argument(name: str, direction: str = "in", related: str = "A") -> str:
    return (
        f"<name>{name}</name><direction>{direction}</direction>"
        f"<relatedStateVariable>{related}</relatedStateVariable>"
    )


def parse(text: str, *, strict: bool = False) -> ServiceDocument:
    return parse_service_document(text, strict=strict)


def codes(document: ServiceDocument) -> list[str]:
    """Return what was found wrong, save what the short texts of these tests leave out."""
    left_out = {"send-events-odd"}
    found = [*document.diagnostics, *chain(*document.action_diagnostics.values())]
    return [record.code for record in found if record.code not in left_out]


A = variable("<name>A</name><dataType>string</dataType>")

DIMMING = """<?xml version="1.0"?>
<scpd xmlns="urn:schemas-upnp-org:service-1-0">
<specVersion><major>1</major><minor>0</minor></specVersion>
<actionList>
<action><name>SetLoadLevelTarget</name><argumentList><argument><name>newLoadlevelTarget</name>
<direction>in</direction><relatedStateVariable>LoadLevelTarget</relatedStateVariable></argument>
</argumentList></action>
<action><name>GetLoadLevelStatus</name><argumentList><argument><name>retLoadlevelStatus</name>
<direction>out</direction><retval/><relatedStateVariable>LoadLevelStatus</relatedStateVariable></argument>
</argumentList></action>
<action><name>StopRamp</name></action>
</actionList>
<serviceStateTable>
<stateVariable sendEvents="no"><name>LoadLevelTarget</name><dataType>ui1</dataType>
<defaultValue>0</defaultValue>
<allowedValueRange><minimum>0</minimum><maximum>100</maximum></allowedValueRange></stateVariable>
<stateVariable sendEvents="yes"><name>LoadLevelStatus</name><dataType>ui1</dataType>
<allowedValueRange><minimum>0</minimum><maximum>100</maximum><step>1</step></allowedValueRange></stateVariable>
<stateVariable sendEvents="no"><name>OnEffect</name><dataType>string</dataType>
<defaultValue>Default</defaultValue>
<allowedValueList><allowedValue>OnEffectLevel</allowedValue><allowedValue>LastSetting</allowedValue>
<allowedValue>Default</allowedValue></allowedValueList></stateVariable>
</serviceStateTable>
</scpd>"""


@BOTH
def test_a_service(strict):
    document = parse(DIMMING, strict=strict)
    assert codes(document) == []
    target, status, effect = document.state_variables
    assert [(v.name, v.send_events) for v in document.state_variables] == [
        ("LoadLevelTarget", False),
        ("LoadLevelStatus", True),
        ("OnEffect", False),
    ]
    assert target.xml.tag == "{urn:schemas-upnp-org:service-1-0}stateVariable"
    info = target.type_info
    assert (info.data_type, info.default_value, info.allowed_values) == ("ui1", "0", None)
    assert info.data_type_mapping is STATE_VARIABLE_TYPE_MAPPING["ui1"]
    assert info.allowed_value_range == {"min": "0", "max": "100", "step": None}
    assert info.xml is target.xml
    assert status.type_info.allowed_value_range == {"min": "0", "max": "100", "step": "1"}
    assert status.type_info.default_value is None
    assert effect.type_info.allowed_values == ["OnEffectLevel", "LastSetting", "Default"]
    assert effect.type_info.allowed_value_range == {}
    assert [(a.name, [g[:3] for g in a.arguments]) for a in document.actions] == [
        ("SetLoadLevelTarget", [("newLoadlevelTarget", "in", "LoadLevelTarget")]),
        ("GetLoadLevelStatus", [("retLoadlevelStatus", "out", "LoadLevelStatus")]),
        ("StopRamp", []),
    ]
    assert document.actions[0].xml.tag == "{urn:schemas-upnp-org:service-1-0}action"
    assert document.actions[0].arguments[0].xml.tag == "{urn:schemas-upnp-org:service-1-0}argument"


@BOTH
@pytest.mark.uda("S-030")
def test_a_service_without_actions(strict):
    text = f"<scpd{NAMESPACE}><serviceStateTable>{A}</serviceStateTable></scpd>"
    document = parse(text, strict=strict)
    assert (len(document.state_variables), document.actions, codes(document)) == (1, (), [])


# what strict raises, and what not strict has instead
FAULTS = [
    # no service description at all
    ("<root xmlns='urn:schemas-upnp-org:device-1-0'/>", UpnpXmlContentError, (0, 0)),
    ("<html><body>Not found</body></html>", UpnpXmlContentError, (0, 0)),
    # no state table
    (f"<scpd{NAMESPACE}/>", UpnpXmlContentError, (0, 0)),
    (f"<scpd{NAMESPACE}><actionList>{action('X')}</actionList></scpd>", UpnpXmlContentError, (0, 1)),
    # types
    (scpd(variable("<name>A</name>")), UpnpXmlContentError, (1, 0)),
    (scpd(variable("<name>A</name><dataType/>")), UpnpError, (1, 0)),
    (scpd(variable("<name>A</name><dataType>vendor</dataType>")), UpnpError, (1, 0)),
    # a default that is none
    (
        scpd(variable("<name>A</name><dataType>ui4</dataType><defaultValue>x</defaultValue>")),
        UpnpValueDecodeError,
        (1, 0),
    ),
    # an argument without its variable
    (scpd(A, action("X", argument("a", related="B"))), UpnpXmlContentError, (1, 1)),
]


@pytest.mark.parametrize(("text", "error", "left"), FAULTS, ids=range(len(FAULTS)))
def test_faults(text, error, left):
    with pytest.raises(error) as caught:
        parse(text, strict=True)
    assert isinstance(caught.value, UpnpError)
    document = parse(text)
    assert (len(document.state_variables), len(document.actions)) == left
    assert codes(document)


@pytest.mark.uda("S-007")
@pytest.mark.parametrize("namespace", ["", ' xmlns="urn:Belkin:service-1-0"'])
def test_other_namespaces(namespace):
    text = scpd(A, action("X", argument("a")), namespace)
    document = parse(text)
    assert (len(document.state_variables), len(document.actions)) == (1, 1)
    assert codes(document) == ["wrong-namespace"]
    with pytest.raises(UpnpXmlContentError):
        parse(text, strict=True)


@BOTH
@pytest.mark.parametrize("text", ["", "<scpd", "Not found"])
def test_no_xml(text, strict):
    with pytest.raises(UpnpXmlParseError):
        parse(text, strict=strict)


@pytest.mark.uda("S-036")
@BOTH
@pytest.mark.parametrize(
    ("attributes", "inside", "expected"),
    [
        ("", "", True),
        (' sendEvents="yes"', "", True),
        (' sendEvents="no"', "", False),
        (' sendEvents="Yes"', "", True),
        (' sendEvents=" YES "', "", True),
        (' sendEvents="1"', "", True),
        (' sendEvents="true"', "", True),
        (' sendEvents="0"', "", False),
        (' sendEvents="NO"', "", False),
        (' sendEvents="false"', "", False),
        (' sendEvents=""', "", True),
        ("", "<sendEventsAttribute>no</sendEventsAttribute>", False),
        ("", "<sendEventsAttribute> yes </sendEventsAttribute>", True),
        (' sendEvents="no"', "<sendEventsAttribute>yes</sendEventsAttribute>", False),
        (' multicast="no"', "", True),
    ],
)
def test_send_events(attributes, inside, expected, strict):
    text = scpd(variable(f"<name>A</name><dataType>string</dataType>{inside}", attributes))
    assert parse(text, strict=strict).state_variables[0].send_events is expected


@BOTH
@pytest.mark.uda("S-010")
def test_white_space_around_texts(strict):
    text = scpd(
        variable(
            "<name>\n   A_ARG_TYPE_pairingDeviceID\r\n</name><dataType>\n ui4 </dataType>"
            "<defaultValue> 5 </defaultValue>"
            "<allowedValueList><allowedValue> 5\n</allowedValue></allowedValueList>"
            "<allowedValueRange><minimum> 1 </minimum><maximum>\n9</maximum></allowedValueRange>"
        ),
        action(" Go\n", argument("\n x ", " in\n", "\n   A_ARG_TYPE_pairingDeviceID\n")),
    )
    document = parse(text, strict=strict)
    [found] = document.state_variables
    assert found.name == "A_ARG_TYPE_pairingDeviceID"
    info = found.type_info
    assert (info.data_type, info.default_value, info.allowed_values) == ("ui4", "5", ["5"])
    assert info.allowed_value_range == {"min": "1", "max": "9", "step": None}
    [go] = document.actions
    assert go.name == "Go"
    assert go.arguments[0][:3] == ("x", "in", "A_ARG_TYPE_pairingDeviceID")
    assert codes(document) == []


@pytest.mark.uda("S-038")
@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ("String", "string"),
        ("strinG", "string"),
        ("UI4", "ui4"),
        ("datetime", "dateTime"),
        ("DateTime", "dateTime"),
        ("datetime.TZ", "dateTime.tz"),
        ("Boolean", "boolean"),
    ],
)
def test_type_names_in_another_case(declared, expected):
    text = scpd(variable(f"<name>A</name><dataType>{declared}</dataType>"))
    document = parse(text)
    info = document.state_variables[0].type_info
    assert (info.data_type, codes(document)) == (expected, ["data-type-misspelled"])
    assert info.data_type_mapping is STATE_VARIABLE_TYPE_MAPPING[expected]
    with pytest.raises(UpnpError, match="Unsupported data type"):
        parse(text, strict=True)


@pytest.mark.uda("S-038")
@pytest.mark.parametrize("declared", ["<dataType>vendor</dataType>", "<dataType/>", ""])
def test_unknown_types_are_text(declared):
    document = parse(scpd(variable(f"<name>A</name>{declared}<defaultValue>x</defaultValue>")))
    info = document.state_variables[0].type_info
    assert (info.data_type, info.default_value) == ("string", "x")
    assert len(codes(document)) == 1


@BOTH
@pytest.mark.uda("S-039")
def test_an_extended_type_is_what_its_text_says(strict):
    text = scpd(variable('<name>A</name><dataType type="x:Sort">string</dataType>'))
    assert parse(text, strict=strict).state_variables[0].type_info.data_type == "string"


@BOTH
@pytest.mark.uda("T-008")
@pytest.mark.parametrize("data_type", list(STATE_VARIABLE_TYPE_MAPPING))
def test_every_type(data_type, strict):
    text = scpd(variable(f"<name>A</name><dataType>{data_type}</dataType>"))
    info = parse(text, strict=strict).state_variables[0].type_info
    assert info.data_type == data_type
    assert info.data_type_mapping is STATE_VARIABLE_TYPE_MAPPING[data_type]


@BOTH
@pytest.mark.uda("S-042")
@pytest.mark.parametrize(
    ("data_type", "default", "expected"),
    [
        ("ui4", "5", "5"),
        ("ui4", "", None),
        ("boolean", "True", "True"),
        ("boolean", "", None),
        ("string", "", ""),
        ("string", "x", "x"),
        ("date", "2001-02-03", "2001-02-03"),
        ("dateTime", "2001-02-03T04:05:06", "2001-02-03T04:05:06"),
        ("time.tz", "04:05:06Z", "04:05:06Z"),
        ("r4", "1.5", "1.5"),
    ],
)
def test_default_values(data_type, default, expected, strict):
    text = scpd(
        variable(f"<name>A</name><dataType>{data_type}</dataType><defaultValue>{default}</defaultValue>")
    )
    document = parse(text, strict=strict)
    assert document.state_variables[0].type_info.default_value == expected
    assert codes(document) == []


@pytest.mark.uda("S-042")
@pytest.mark.parametrize(
    ("data_type", "default"),
    [
        ("ui4", "x"),
        ("i2", "NOT_IMPLEMENTED"),
        ("boolean", "maybe"),
        ("date", "2"),
        ("time", "noon"),
        ("r8", "NaN"),
    ],
)
def test_a_default_value_that_is_none_is_dropped(data_type, default):
    text = scpd(
        variable(f"<name>A</name><dataType>{data_type}</dataType><defaultValue>{default}</defaultValue>") + A
    )
    document = parse(text)
    assert document.state_variables[0].type_info.default_value is None
    assert len(document.state_variables) == 2
    assert codes(document) == ["default-value-unreadable", "variable-repeated"]
    with pytest.raises(UpnpValueDecodeError) as caught:
        parse(text, strict=True)
    assert (caught.value.name, caught.value.value) == ("A", default)


@BOTH
@pytest.mark.uda("S-040")
@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("", None),
        ("<allowedValueList/>", []),
        ("<allowedValueList><allowedValue/><allowedValue> </allowedValue></allowedValueList>", []),
        (
            "<allowedValueList><allowedValue>b</allowedValue><x>y</x><allowedValue>a</allowedValue></allowedValueList>",
            ["b", "a"],
        ),
    ],
)
def test_allowed_values(inside, expected, strict):
    text = scpd(variable(f"<name>A</name><dataType>string</dataType>{inside}"))
    assert parse(text, strict=strict).state_variables[0].type_info.allowed_values == expected


@BOTH
@pytest.mark.uda("S-040")
@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("", {}),
        ("<allowedValueRange/>", {"min": None, "max": None, "step": None}),
        (
            "<allowedValueRange><minimum>0</minimum><maximum/></allowedValueRange>",
            {"min": "0", "max": "", "step": None},
        ),
        (
            "<allowedValueRange><step>2</step><maximum>x</maximum></allowedValueRange>",
            {"min": None, "max": "x", "step": "2"},
        ),
    ],
)
def test_allowed_value_range(inside, expected, strict):
    text = scpd(variable(f"<name>A</name><dataType>ui4</dataType>{inside}"))
    assert parse(text, strict=strict).state_variables[0].type_info.allowed_value_range == expected


@BOTH
def test_a_variable_without_a_name_is_left_out(strict):
    text = scpd(
        variable("<name> </name><dataType>string</dataType>") + variable("<dataType>ui4</dataType>") + A
    )
    document = parse(text, strict=strict)
    assert [v.name for v in document.state_variables] == ["A"]
    assert len(codes(document)) == 2


@BOTH
def test_an_action_without_a_name(strict):
    document = parse(scpd(A, "<action/><action><name/></action>"), strict=strict)
    assert [a.name for a in document.actions] == ["nameless", "nameless"]


@BOTH
@pytest.mark.uda("S-033")
@pytest.mark.parametrize(
    ("direction", "expected"), [("in", "in"), ("out", "out"), ("IN", "in"), ("Out", "out"), (" out ", "out")]
)
def test_directions(direction, expected, strict):
    document = parse(scpd(A, action("X", argument("a", direction))), strict=strict)
    assert document.actions[0].arguments[0].direction == expected
    assert codes(document) == []


@pytest.mark.uda("S-033")
@pytest.mark.parametrize(
    "inside",
    [
        argument("a", "INOUT"),
        argument("a", ""),
        "<name>a</name><relatedStateVariable>A</relatedStateVariable>",
    ],
)
def test_a_direction_that_is_none_is_in(inside):
    document = parse(scpd(A, action("X", inside)))
    assert document.actions[0].arguments[0][:3] == ("a", "in", "A")
    assert len(codes(document)) == 1


def test_strict_leaves_incomplete_arguments_out():
    arguments = [
        "<name>a</name><relatedStateVariable>A</relatedStateVariable>",
        "<name>a</name><direction>in</direction>",
        "<direction>in</direction><relatedStateVariable>A</relatedStateVariable>",
        argument("b"),
    ]
    document = parse(scpd(A, action("X", *arguments)), strict=True)
    assert [g.name for g in document.actions[0].arguments] == ["b"]
    assert [(found.code, found.where) for found in document.action_diagnostics["X"]] == [
        ("argument-incomplete", "argument a"),
        ("argument-incomplete", "argument 3"),
    ]


@pytest.mark.uda("S-033")
def test_arguments_keep_the_order_of_the_document():
    text = scpd(A, action("X", argument("o1", "out"), argument("i1"), argument("o2", "out"), argument("i2")))
    assert [g.name for g in parse(text).actions[0].arguments] == ["o1", "i1", "o2", "i2"]


def test_an_argument_without_a_name_is_left_out():
    document = parse(scpd(A, action("X", argument(""), argument("b"))))
    assert [g.name for g in document.actions[0].arguments] == ["b"]
    assert len(codes(document)) == 1


@pytest.mark.uda("S-035")
@pytest.mark.parametrize(
    ("inside", "name"),
    [
        (argument("a", related="B"), "B"),
        ("<name>a</name><direction>in</direction>", "a"),
        (argument("a", related=""), "a"),
    ],
)
def test_an_argument_without_its_variable_is_untyped(inside, name):
    document = parse(scpd(A, action("X", inside)))
    [info] = document.actions[0].arguments
    assert [v.name for v in document.state_variables] == ["A"]
    assert len(codes(document)) == 1
    untyped = untyped_variable(info)
    assert (untyped.name, untyped.send_events) == (name, False)
    assert untyped.type_info.data_type == "string"
    assert untyped.type_info.data_type_mapping is STATE_VARIABLE_TYPE_MAPPING["string"]
    assert (untyped.type_info.default_value, untyped.type_info.allowed_values) == (None, None)
    assert untyped.type_info.allowed_value_range == {}
    assert untyped.xml is info.xml


@BOTH
@pytest.mark.uda("S-034")
def test_retval_does_not_matter(strict):
    inside = argument("a", "out").replace("</direction>", "</direction><retval />")
    assert parse(scpd(A, action("X", inside)), strict=strict).actions[0].arguments[0][:3] == ("a", "out", "A")


@BOTH
@pytest.mark.uda("S-008")
def test_what_is_unknown_is_ignored(strict):
    text = scpd(
        "<x/><!-- y -->"
        + variable("<X_a/><name>A</name><Optional/><dataType>string</dataType>")
        + "<z>q</z>",
        "<x/>"
        + action("X", argument("a") + "<X_b>q</X_b>").replace("<argumentList>", "<argumentList><x/>")
        + "<Optional/>",
    )
    document = parse(text, strict=strict)
    assert ([v.name for v in document.state_variables], codes(document)) == (["A"], [])
    assert [(a.name, len(a.arguments)) for a in document.actions] == [("X", 1)]


@BOTH
def test_the_first_of_a_repeated_element_counts(strict):
    text = scpd(variable("<name>A</name><name>B</name><dataType>ui4</dataType><dataType>i4</dataType>"))
    [found] = parse(text, strict=strict).state_variables
    assert (found.name, found.type_info.data_type) == ("A", "ui4")


def test_problems_do_not_carry_the_peer_s_control_characters():
    text = scpd(variable("<name>A\n\t\x7f\x9b</name><dataType>v\x9b31m</dataType>"))
    document = parse(text)
    assert codes(document) == ["data-type-unknown"]
    assert all(f"{found.where}{found.message}".isprintable() for found in document.diagnostics)


def test_what_is_wrong_with_an_action_is_told_there():
    arguments = [argument("a", "INOUT"), argument("b", related="Gone")]
    document = parse(scpd(A, action("X", *arguments) + action("Y") * 2 + "<action/>"))
    assert [(found.code, found.where) for found in document.action_diagnostics["X"]] == [
        ("argument-direction-odd", "argument a"),
        ("argument-variable-undeclared", "argument b"),
    ]
    assert list(document.action_diagnostics) == ["X"]
    told = [(found.code, found.where) for found in document.diagnostics if found.code.startswith("action")]
    assert told == [("action-repeated", "action Y"), ("action-without-name", "action 4")]


@BOTH
@pytest.mark.uda("S-036")
@pytest.mark.parametrize(
    ("attribute", "inside", "evented", "told"),
    [
        (' sendEvents="yes"', "", True, False),
        (' sendEvents="no"', "", False, False),
        ("", "", True, True),
        (' sendEvents="Yes"', "", True, True),
        ("", "<sendEventsAttribute>no</sendEventsAttribute>", False, True),
    ],
)
def test_how_events_are_declared(attribute, inside, evented, told, strict):
    text = f"<stateVariable{attribute}><name>V</name><dataType>ui4</dataType>{inside}</stateVariable>"
    document = parse(scpd(text), strict=strict)
    assert document.state_variables[0].send_events is evented
    assert [(found.code, found.where) for found in document.diagnostics] == [
        ("send-events-odd", "variable V")
    ] * told


@BOTH
@pytest.mark.parametrize(
    ("data_type", "bounds", "where"),
    [
        ("ui4", "<minimum>0</minimum><maximum/>", ["maximum"]),
        ("ui4", "<minimum>0</minimum>", ["maximum"]),
        ("ui4", "<minimum>x</minimum><maximum>NOT_IMPLEMENTED</maximum>", ["minimum", "maximum"]),
        ("ui4", "<minimum>0</minimum><maximum>9</maximum><step></step>", ["step"]),
        ("r8", "<minimum>-1.5</minimum><maximum>9</maximum><step>0.5</step>", []),
    ],
)
def test_bounds_that_do_not_bound(data_type, bounds, where, strict):
    text = f"<name>V</name><dataType>{data_type}</dataType><allowedValueRange>{bounds}</allowedValueRange>"
    document = parse(scpd(variable(text)), strict=strict)
    told = [found.where for found in document.diagnostics if found.code == "range-unreadable"]
    assert told == [f"variable V/{bound}" for bound in where]
