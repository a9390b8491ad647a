"""OpenHome Update: software.

One of the mixins of ``OhmDevice``: a method for each action, which returns the out-arguments as the player
says them, and a property for each evented variable.
"""

from collections.abc import Mapping
from typing import Any

from async_upnp_client.profiles.ohmedia.caller import OpenHomeCaller
from async_upnp_client.profiles.ohmedia.evented import Evented
from async_upnp_client.profiles.ohmedia.names import Service, Update
from async_upnp_client.profiles.ohmedia.variables import UpdateState


class UpdateCalls(OpenHomeCaller):
    """The service Update."""

    update_software_status = Evented[str](Service.UPDATE, UpdateState.SOFTWARE_STATUS)
    update_executor_status = Evented[str](Service.UPDATE, UpdateState.EXECUTOR_STATUS)
    update_job_status = Evented[str](Service.UPDATE, UpdateState.JOB_STATUS)
    update_recover_supported = Evented[bool](Service.UPDATE, UpdateState.RECOVER_SUPPORTED)

    async def async_update_apply(self) -> None:
        """Call Apply."""
        await self._async_call_action(Service.UPDATE, Update.APPLY)

    async def async_update_apply2(self) -> None:
        """Call Apply2."""
        await self._async_call_action(Service.UPDATE, Update.APPLY2)

    async def async_update_check_now(self) -> Mapping[str, Any]:
        """Call CheckNow; return what it tells."""
        return await self._async_call_action(Service.UPDATE, Update.CHECK_NOW)

    async def async_update_get_software_status(self) -> Mapping[str, str]:
        """Call GetSoftwareStatus; return what it tells."""
        return await self._async_call_action(Service.UPDATE, Update.GET_SOFTWARE_STATUS)
