import pytest

from tests.support.openhome import Call, async_check_call, async_check_properties

CALLS = [
    Call(
        "async_credentials_set",
        (
            "a ident",
            "a username",
            "a password",
        ),
        "Set",
        {"Id": "a ident", "UserName": "a username", "Password": "a password"},
        tells=False,
    ),
    Call("async_credentials_clear", ("a ident",), "Clear", {"Id": "a ident"}, tells=False),
    Call(
        "async_credentials_set_enabled",
        (
            "a ident",
            True,
        ),
        "SetEnabled",
        {"Id": "a ident", "Enabled": "1"},
        tells=False,
    ),
    Call("async_credentials_get", ("a ident",), "Get", {"Id": "a ident"}, tells=True),
    Call("async_credentials_login", ("a ident",), "Login", {"Id": "a ident"}, tells=True),
    Call(
        "async_credentials_re_login",
        (
            "a ident",
            "a currenttoken",
        ),
        "ReLogin",
        {"Id": "a ident", "CurrentToken": "a currenttoken"},
        tells=True,
    ),
    Call("async_credentials_get_ids", (), "GetIds", {}, tells=True),
    Call("async_credentials_get_public_key", (), "GetPublicKey", {}, tells=True),
    Call("async_credentials_get_sequence_number", (), "GetSequenceNumber", {}, tells=True),
]
PROPERTIES = {"credentials_ids": "Ids", "public_key": "PublicKey", "sequence_number": "SequenceNumber"}


@pytest.mark.uda("O-001")
@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.method)
async def test_a_method_calls_its_action(call: Call) -> None:
    await async_check_call("Credentials", CALLS, call)


@pytest.mark.uda("O-005")
async def test_a_property_is_what_events_tell() -> None:
    await async_check_properties("Credentials", PROPERTIES)
