"""OpenHome Credentials: logins to music services.

One of the mixins of ``OhmDevice``: a method for each action, which returns the out-arguments as the player
says them, and a property for each evented variable.
"""

from collections.abc import Mapping
from typing import Any

from async_upnp_client.profiles.ohmedia.caller import OpenHomeCaller
from async_upnp_client.profiles.ohmedia.evented import Evented
from async_upnp_client.profiles.ohmedia.names import Credentials, Service
from async_upnp_client.profiles.ohmedia.variables import CredentialsState


class CredentialsCalls(OpenHomeCaller):
    """The service Credentials."""

    credentials_ids = Evented[str](Service.CREDENTIALS, CredentialsState.IDS)
    public_key = Evented[str](Service.CREDENTIALS, CredentialsState.PUBLIC_KEY)
    sequence_number = Evented[int](Service.CREDENTIALS, CredentialsState.SEQUENCE_NUMBER)

    async def async_credentials_set(self, ident: str, username: str, password: str) -> None:
        """Call Set."""
        await self._async_call_action(
            Service.CREDENTIALS, Credentials.SET, Id=ident, UserName=username, Password=password
        )

    async def async_credentials_clear(self, ident: str) -> None:
        """Call Clear."""
        await self._async_call_action(Service.CREDENTIALS, Credentials.CLEAR, Id=ident)

    async def async_credentials_set_enabled(self, ident: str, enabled: bool) -> None:
        """Call SetEnabled."""
        await self._async_call_action(Service.CREDENTIALS, Credentials.SET_ENABLED, Id=ident, Enabled=enabled)

    async def async_credentials_get(self, ident: str) -> Mapping[str, str | bool]:
        """Call Get; return what it tells."""
        return await self._async_call_action(Service.CREDENTIALS, Credentials.GET, Id=ident)

    async def async_credentials_login(self, ident: str) -> Mapping[str, Any]:
        """Call Login; return what it tells."""
        return await self._async_call_action(Service.CREDENTIALS, Credentials.LOGIN, Id=ident)

    async def async_credentials_re_login(self, ident: str, currenttoken: str) -> Mapping[str, Any]:
        """Call ReLogin; return what it tells."""
        return await self._async_call_action(
            Service.CREDENTIALS, Credentials.RE_LOGIN, Id=ident, CurrentToken=currenttoken
        )

    async def async_credentials_get_ids(self) -> Mapping[str, str]:
        """Call GetIds; return what it tells."""
        return await self._async_call_action(Service.CREDENTIALS, Credentials.GET_IDS)

    async def async_credentials_get_public_key(self) -> Mapping[str, str]:
        """Call GetPublicKey; return what it tells."""
        return await self._async_call_action(Service.CREDENTIALS, Credentials.GET_PUBLIC_KEY)

    async def async_credentials_get_sequence_number(self) -> Mapping[str, int]:
        """Call GetSequenceNumber; return what it tells."""
        return await self._async_call_action(Service.CREDENTIALS, Credentials.GET_SEQUENCE_NUMBER)
