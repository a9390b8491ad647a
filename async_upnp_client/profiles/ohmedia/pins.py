"""OpenHome Pins: favourites.

One of the mixins of ``OhmDevice``: a method for each action, which returns the out-arguments as the player
says them, and a property for each evented variable.
"""

from collections.abc import Mapping
from typing import Any

from async_upnp_client.profiles.ohmedia.caller import OpenHomeCaller
from async_upnp_client.profiles.ohmedia.evented import Evented
from async_upnp_client.profiles.ohmedia.names import Pins, Service
from async_upnp_client.profiles.ohmedia.variables import PinsState


class PinsCalls(OpenHomeCaller):
    """The service Pins."""

    pins_device_max = Evented[int](Service.PINS, PinsState.DEVICE_MAX)
    pins_account_max = Evented[int](Service.PINS, PinsState.ACCOUNT_MAX)
    pins_modes = Evented[str](Service.PINS, PinsState.MODES)
    pins_id_array = Evented[str](Service.PINS, PinsState.ID_ARRAY)
    pins_cloud_connected = Evented[bool](Service.PINS, PinsState.CLOUD_CONNECTED)

    async def async_pins_get_device_max(self) -> Mapping[str, int]:
        """Call GetDeviceMax; return what it tells."""
        return await self._async_call_action(Service.PINS, Pins.GET_DEVICE_MAX)

    async def async_pins_get_account_max(self) -> Mapping[str, int]:
        """Call GetAccountMax; return what it tells."""
        return await self._async_call_action(Service.PINS, Pins.GET_ACCOUNT_MAX)

    async def async_pins_get_modes(self) -> Mapping[str, str]:
        """Call GetModes; return what it tells."""
        return await self._async_call_action(Service.PINS, Pins.GET_MODES)

    async def async_pins_get_cloud_connected(self) -> Mapping[str, bool]:
        """Call GetCloudConnected; return what it tells."""
        return await self._async_call_action(Service.PINS, Pins.GET_CLOUD_CONNECTED)

    async def async_pins_get_id_array(self) -> Mapping[str, str]:
        """Call GetIdArray; return what it tells."""
        return await self._async_call_action(Service.PINS, Pins.GET_ID_ARRAY)

    async def async_pins_read_list(self, ids: str) -> Mapping[str, str]:
        """Call ReadList; return what it tells."""
        return await self._async_call_action(Service.PINS, Pins.READ_LIST, Ids=ids)

    async def async_pins_invoke_uri(self, mode: str, pin_type: str, uri: str, shuffle: bool) -> None:
        """Call InvokeUri."""
        await self._async_call_action(
            Service.PINS, Pins.INVOKE_URI, Mode=mode, Type=pin_type, Uri=uri, Shuffle=shuffle
        )

    async def async_pins_invoke_id(self, ident: int) -> None:
        """Call InvokeId."""
        await self._async_call_action(Service.PINS, Pins.INVOKE_ID, Id=ident)

    async def async_pins_invoke_index(self, index: int) -> None:
        """Call InvokeIndex, for the pin at a place that is counted from 1."""
        await self._async_call_action(Service.PINS, Pins.INVOKE_INDEX, Index=index - 1)

    async def async_pins_set_device(
        self,
        index: int,
        mode: str,
        pin_type: str,
        uri: str,
        title: str,
        description: str,
        artworkuri: str,
        shuffle: bool,
    ) -> None:
        """Call SetDevice."""
        await self._async_call_action(
            Service.PINS,
            Pins.SET_DEVICE,
            **pin_arguments(index, mode, pin_type, uri, title, description, artworkuri, shuffle),
        )

    async def async_pins_set_account(
        self,
        index: int,
        mode: str,
        pin_type: str,
        uri: str,
        title: str,
        description: str,
        artworkuri: str,
        shuffle: bool,
    ) -> None:
        """Call SetAccount."""
        await self._async_call_action(
            Service.PINS,
            Pins.SET_ACCOUNT,
            **pin_arguments(index, mode, pin_type, uri, title, description, artworkuri, shuffle),
        )

    async def async_pins_clear(self, ident: int) -> None:
        """Call Clear."""
        await self._async_call_action(Service.PINS, Pins.CLEAR, Id=ident)

    async def async_pins_swap(self, index1: int, index2: int) -> None:
        """Call Swap."""
        await self._async_call_action(Service.PINS, Pins.SWAP, Index1=index1, Index2=index2)


def pin_arguments(
    index: int,
    mode: str,
    pin_type: str,
    uri: str,
    title: str,
    description: str,
    artworkuri: str,
    shuffle: bool,
) -> dict[str, Any]:
    """Return what setting a pin takes, whether of the device or of the account."""
    return {
        "Index": index,
        "Mode": mode,
        "Type": pin_type,
        "Uri": uri,
        "Title": title,
        "Description": description,
        "ArtworkUri": artworkuri,
        "Shuffle": shuffle,
    }
