"""RenderingControl: volume, mute, presets and levels of the picture (RenderingControl:1).

A mixin of ``DmrDevice``. Levels are parts of the range that the device declares, 0.0 to 1.0, and of the
Master channel; 100 is the end of a range that is not declared (row A-014).
"""

from typing import Any, ClassVar, Final

from async_upnp_client.client.state_variable import UpnpStateVariable
from async_upnp_client.exceptions import UpnpError
from async_upnp_client.profiles.dlna.comma_lists import split_commas
from async_upnp_client.profiles.dlna.metadata import text_or_none
from async_upnp_client.profiles.profile import UpnpProfileDevice

INSTANCE: Final = 0
"""The instance that a renderer without PrepareForConnection has (row A-017)."""
MASTER: Final = "Master"
FULL: Final = 100


class RenderingControlMixin(UpnpProfileDevice):
    """How loud and how bright a renderer is."""

    _SERVICE_TYPES: ClassVar[dict[str, set[str]]] = {
        "RC": {
            "urn:schemas-upnp-org:service:RenderingControl:1",
            "urn:schemas-upnp-org:service:RenderingControl:2",
            "urn:schemas-upnp-org:service:RenderingControl:3",
        },
    }

    # --- Levels, whatever of ---

    def _has_level(self, variable_name: str) -> bool:
        return (
            self._state_variable("RC", variable_name) is not None
            and self._action("RC", f"Set{variable_name}") is not None
        )

    def _level(self, variable_name: str) -> float | None:
        variable = self._state_variable("RC", variable_name)
        value = None if variable is None else variable.value
        if variable is None or not isinstance(value, (int, float)) or value != value:  # noqa: PLR0124  # NaN
            return None
        low, high = range_of(variable)
        return (min(max(value, low), high) - low) / (high - low)

    async def _async_set_level(self, variable_name: str, level: float, **arguments: Any) -> None:
        action = self._action("RC", f"Set{variable_name}")
        if action is None:
            raise UpnpError(f"{self.name} has no action RC/Set{variable_name}")
        argument = action.argument(f"Desired{variable_name}", "in")
        if argument is None:
            raise UpnpError(f"RC/Set{variable_name} of {self.name} takes no Desired{variable_name}")
        low, high = range_of(argument.related_state_variable)
        # not cut off: 0.29 of 100 is 28.999999999999996
        value = round(low + level * (high - low))
        step = argument.related_state_variable.step_value
        if isinstance(step, int) and step > 1 and 0.0 < level < 1.0:
            value = low + min(round((value - low) / step), (high - low) // step) * step
        named: dict[str, Any] = {argument.name: value, **arguments}
        await action.async_call(InstanceID=INSTANCE, **named)

    # --- Sound ---

    @property
    def has_volume_level(self) -> bool:
        """Whether the volume is known and can be set."""
        return self._has_level("Volume")

    @property
    def volume_level(self) -> float | None:
        """The volume, 0.0 to 1.0; None while it is not known."""
        return self._level("Volume")

    async def async_set_volume_level(self, volume: float) -> None:
        """Set the volume, 0.0 to 1.0. UpnpError where the device cannot; otherwise as of the action."""
        await self._async_set_level("Volume", volume, Channel=MASTER)

    @property
    def has_volume_mute(self) -> bool:
        """Whether it is known if the sound is off, and the sound can be switched off."""
        return self._has_level("Mute")

    @property
    def is_volume_muted(self) -> bool | None:
        """Whether the sound is off; None while that is not known."""
        variable = self._state_variable("RC", "Mute")
        value = None if variable is None else variable.value
        if isinstance(value, str):  # declared as text
            return value.strip().lower() in ("1", "true", "yes")
        return None if value is None else bool(value)

    async def async_mute_volume(self, mute: bool) -> None:
        """Switch the sound off, or on again; errors as ``async_set_volume_level``."""
        action = self._action("RC", "SetMute")
        if action is None:
            raise UpnpError(f"{self.name} has no action RC/SetMute")
        await action.async_call(InstanceID=INSTANCE, Channel=MASTER, DesiredMute=bool(mute))

    # --- Presets ---

    @property
    def has_presets(self) -> bool:
        """Whether presets are known and can be selected."""
        return (
            self._state_variable("RC", "PresetNameList") is not None
            and self._action("RC", "SelectPreset") is not None
        )

    @property
    def preset_names(self) -> list[str]:
        """The names of the presets, FactoryDefaults among them; nothing while they are not known."""
        variable = self._state_variable("RC", "PresetNameList")
        return split_commas((None if variable is None else text_or_none(variable.value)) or "")

    async def async_select_preset(self, preset_name: str) -> None:
        """Go back to what a preset has. UpnpError where the device cannot; otherwise as of the action."""
        action = self._action("RC", "SelectPreset")
        if action is None:
            raise UpnpError(f"{self.name} has no action RC/SelectPreset")
        await action.async_call(InstanceID=INSTANCE, PresetName=preset_name)

    # --- Picture ---

    @property
    def has_brightness_level(self) -> bool:
        """Whether the brightness is known and can be set."""
        return self._has_level("Brightness")

    @property
    def brightness_level(self) -> float | None:
        """The brightness, 0.0 to 1.0; None while it is not known."""
        return self._level("Brightness")

    async def async_set_brightness_level(self, brightness: float) -> None:
        """Set the brightness, 0.0 to 1.0; errors as ``async_set_volume_level``."""
        await self._async_set_level("Brightness", brightness)

    @property
    def has_contrast_level(self) -> bool:
        """Whether the contrast is known and can be set."""
        return self._has_level("Contrast")

    @property
    def contrast_level(self) -> float | None:
        """The contrast, 0.0 to 1.0; None while it is not known."""
        return self._level("Contrast")

    async def async_set_contrast_level(self, contrast: float) -> None:
        """Set the contrast, 0.0 to 1.0; errors as ``async_set_volume_level``."""
        await self._async_set_level("Contrast", contrast)

    @property
    def has_sharpness_level(self) -> bool:
        """Whether the sharpness is known and can be set."""
        return self._has_level("Sharpness")

    @property
    def sharpness_level(self) -> float | None:
        """The sharpness, 0.0 to 1.0; None while it is not known."""
        return self._level("Sharpness")

    async def async_set_sharpness_level(self, sharpness: float) -> None:
        """Set the sharpness, 0.0 to 1.0; errors as ``async_set_volume_level``."""
        await self._async_set_level("Sharpness", sharpness)

    @property
    def has_color_temperature_level(self) -> bool:
        """Whether the colour temperature is known and can be set."""
        return self._has_level("ColorTemperature")

    @property
    def color_temperature_level(self) -> float | None:
        """The colour temperature, 0.0 to 1.0; None while it is not known."""
        return self._level("ColorTemperature")

    async def async_set_color_temperature_level(self, color_temperature: float) -> None:
        """Set the colour temperature, 0.0 to 1.0; errors as ``async_set_volume_level``."""
        await self._async_set_level("ColorTemperature", color_temperature)


def range_of(variable: UpnpStateVariable[Any]) -> tuple[int, int]:
    """Return the ends of a declared range; 0 and 100 where they are not declared, or make no sense."""
    low, high = variable.min_value, variable.max_value
    low = low if isinstance(low, int) else 0
    high = high if isinstance(high, int) else FULL
    return (low, high) if low < high else (0, FULL)
