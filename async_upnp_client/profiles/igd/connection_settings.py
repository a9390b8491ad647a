"""What can be set of a WAN connection beside its ports: when it is ended, and the user of PPP.

WANIPConnection:1 and :2 §2.4.6-11, WANPPPConnection:1; one method per action, as in ``wan_calls``. Nothing of
it is kept here.
"""

from collections.abc import Sequence
from typing import Any

from async_upnp_client.profiles.igd.caller import GatewayCaller


class ConnectionSettings(GatewayCaller):
    """The settings of a WAN connection; `services`, results and errors are as of ``WanCalls``.

    Most gateways have few of these actions, and refuse those that change something. Times are in seconds.
    """

    async def async_get_auto_disconnect_time(self, services: Sequence[str] | None = None) -> int | None:
        """Get how long after its beginning the connection is ended; 0 is never."""
        return await self._async_number(services, "AutoDisconnectTime")

    async def async_set_auto_disconnect_time(
        self, seconds: int, services: Sequence[str] | None = None
    ) -> None:
        """Set how long after its beginning the connection is ended; 0 is never."""
        await self._async_call_wan(services, "SetAutoDisconnectTime", NewAutoDisconnectTime=seconds)

    async def async_get_idle_disconnect_time(self, services: Sequence[str] | None = None) -> int | None:
        """Get for how long it may be idle before it is ended; 0 is for ever."""
        return await self._async_number(services, "IdleDisconnectTime")

    async def async_set_idle_disconnect_time(
        self, seconds: int, services: Sequence[str] | None = None
    ) -> None:
        """Set for how long it may be idle before it is ended; 0 is for ever."""
        await self._async_call_wan(services, "SetIdleDisconnectTime", NewIdleDisconnectTime=seconds)

    async def async_get_warn_disconnect_delay(self, services: Sequence[str] | None = None) -> int | None:
        """Get how long its end is announced before, by the status PendingDisconnect."""
        return await self._async_number(services, "WarnDisconnectDelay")

    async def async_set_warn_disconnect_delay(
        self, seconds: int, services: Sequence[str] | None = None
    ) -> None:
        """Set how long its end is announced before."""
        await self._async_call_wan(services, "SetWarnDisconnectDelay", NewWarnDisconnectDelay=seconds)

    # --- WANPPPConnection:1 ---

    async def async_configure_connection(
        self, user_name: str, password: str, services: Sequence[str] | None = None
    ) -> None:
        """Set the user that PPP connects as; UPnP error 703 is that it has to be ended before.

        Both go over the network in clear.
        """
        await self._async_call_wan(
            services, "ConfigureConnection", NewUserName=user_name, NewPassword=password
        )

    async def async_get_user_name(self, services: Sequence[str] | None = None) -> str | None:
        """Get the user that PPP connects as."""
        return await self._async_text(services, "UserName")

    async def async_get_password(self, services: Sequence[str] | None = None) -> str | None:
        """Get the password that PPP connects with, as the gateway tells everybody who asks: in clear."""
        return await self._async_text(services, "Password")

    async def async_get_ppp_encryption_protocol(self, services: Sequence[str] | None = None) -> str | None:
        """Get how PPP is encrypted."""
        return await self._async_text(services, "PPPEncryptionProtocol")

    async def async_get_ppp_compression_protocol(self, services: Sequence[str] | None = None) -> str | None:
        """Get how PPP is compressed."""
        return await self._async_text(services, "PPPCompressionProtocol")

    async def async_get_ppp_authentication_protocol(
        self, services: Sequence[str] | None = None
    ) -> str | None:
        """Get how PPP authenticates the user."""
        return await self._async_text(services, "PPPAuthenticationProtocol")

    async def _async_number(self, services: Sequence[str] | None, name: str) -> int | None:
        value = await self._async_told(services, name)
        return None if value is None else int(value)

    async def _async_text(self, services: Sequence[str] | None, name: str) -> str | None:
        value = await self._async_told(services, name)
        return None if value is None else str(value)

    async def _async_told(self, services: Sequence[str] | None, name: str) -> Any | None:
        result = await self._async_call_wan(services, f"Get{name}")
        return None if result is None else result.get(f"New{name}")
