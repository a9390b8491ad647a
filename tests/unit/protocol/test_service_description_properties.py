"""What holds for any SCPD: what is written is read back, and nothing but our errors comes of the rest."""

from hypothesis import given
from hypothesis import strategies as st

from async_upnp_client._datatypes import DATA_TYPES
from async_upnp_client._protocol.service_description import parse_service_document, untyped_variable
from async_upnp_client._protocol.values import value_validator
from async_upnp_client.exceptions import UpnpError
from tests.support.damage import damaged
from tests.support.descriptions import Action, Variable, service_description

NAMES = st.text(st.sampled_from("ABCDEFxyz_0123456789"), min_size=1, max_size=8)
TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"], exclude_characters="\ufffe\uffff")
)
NUMBERS = st.none() | st.integers(-1000, 1000).map(str)
VARIABLES = st.builds(
    Variable,
    name=NAMES,
    data_type=st.sampled_from(list(DATA_TYPES)),
    send_events=st.sampled_from(["yes", "no"]),
    allowed=st.lists(TEXTS.filter(bool), max_size=3),
    minimum=NUMBERS,
    maximum=NUMBERS,
    step=NUMBERS,
)


@st.composite
def services(draw):
    variables = draw(st.lists(VARIABLES, max_size=5))
    arguments = st.lists(st.tuples(NAMES, st.sampled_from([v.name for v in variables] or [""])), max_size=4)
    actions = draw(st.lists(st.builds(Action, name=NAMES, inputs=arguments, outputs=arguments), max_size=4))
    return variables, actions if variables else []


@given(services(), st.booleans())
def test_what_is_written_is_read_back(service, strict):
    variables, actions = service
    document = parse_service_document(service_description(variables, actions), strict=strict)
    told = {found.code for found in document.diagnostics}
    assert told <= {"range-unreadable", "variable-repeated", "action-repeated"}
    assert not document.action_diagnostics
    assert [
        (v.name, v.type_info.data_type, "yes" if v.send_events else "no", v.type_info.allowed_values or [])
        for v in document.state_variables
    ] == [(v.name, v.data_type, v.send_events, list(v.allowed)) for v in variables]
    for read, wrote in zip(document.state_variables, variables, strict=True):
        bounds = {"min": wrote.minimum, "max": wrote.maximum, "step": wrote.step}
        assert read.type_info.allowed_value_range == (bounds if any(bounds.values()) else {})
    assert [(a.name, [g[:3] for g in a.arguments]) for a in document.actions] == [
        (a.name, [(n, "in", v) for n, v in a.inputs] + [(n, "out", v) for n, v in a.outputs]) for a in actions
    ]


WHOLE = service_description(
    [
        Variable("A", "ui4", "yes", "5", minimum="0", maximum="9", step="1"),
        Variable("B", "string", None, "x", allowed=["x", "y"]),
        Variable("C", "date", "no", "2001-02-03"),
    ],
    [Action("X", [("a", "A"), ("b", "B")], [("c", "C")]), Action("Y", (), [("d", "A")])],
)
PIECES = ["", "<", ">", "&", "\0", " ", "\n", "x", "ui4", "NaN", "-", "<name/>", "</name>", "<x:y/>", "='"]


@given(damaged(WHOLE, PIECES) | st.text(), st.booleans())
def test_any_text_is_read_or_refused(text, strict):
    try:
        document = parse_service_document(text, strict=strict)
    except UpnpError:
        return
    known = {variable.name for variable in document.state_variables}
    for variable in document.state_variables:
        value_validator(variable.type_info, strict=strict)
    for action in document.actions:
        for argument in action.arguments:
            assert argument.name
            if strict:
                assert argument.state_variable_name in known
            else:
                assert argument.direction in {"in", "out"}
                untyped_variable(argument)
