"""RenderingControl:1 of a virtual renderer: volume, mute, picture levels, presets.

It must not know what is played.
"""

from typing import Any, ClassVar, Final

from async_upnp_client.client.requester import UpnpRequester
from async_upnp_client.server import (
    RENDERING_CONTROL_EVENTS,
    callable_action,
    create_event_var,
    create_service_info,
    create_state_var,
)
from async_upnp_client.virtual.av_service import INSTANCE, AvService, Result

INVALID_NAME: Final = 701
INVALID_INSTANCE: Final = 702
INVALID_CHANNEL: Final = 703

CHANNELS: Final = ("Master", "LF", "RF")
CHANNEL: Final = INSTANCE | {"Channel": "A_ARG_TYPE_Channel"}
OF_CHANNEL: Final = {"Channel": INVALID_CHANNEL}

LEVELS: Final = {"Brightness": 50, "Contrast": 50, "Sharpness": 50, "ColorTemperature": 50}
"""Picture levels, as they are from the factory."""
VOLUME: Final = 30
"""The volume from the factory."""
PRESETS: Final = {"FactoryDefaults": 0, "InstallationDefaults": 10}
"""The presets, and by how much their volume and levels are above those of the factory."""

PERCENT: Final = {"min": "0", "max": "100", "step": "1"}


def level(default: int) -> Any:
    """Declare a level in percent."""
    return create_state_var("ui2", allowed_range=PERCENT, default=str(default))


class RenderingControl(AvService):
    """Volume and mute for each channel, four picture levels, two presets."""

    SERVICE_DEFINITION = create_service_info("urn:schemas-upnp-org:service:RenderingControl:1")
    LAST_CHANGE = RENDERING_CONTROL_EVENTS
    INVALID_INSTANCE = INVALID_INSTANCE
    STATE_VARIABLE_DEFINITIONS: ClassVar = {
        "PresetNameList": create_state_var("string", default=",".join(PRESETS)),
        "LastChange": create_event_var("string"),
        **{name: level(default) for name, default in LEVELS.items()},
        "Volume": level(VOLUME),
        "Mute": create_state_var("boolean", default="0"),
        "A_ARG_TYPE_Channel": create_state_var("string", allowed=list(CHANNELS)),
        "A_ARG_TYPE_InstanceID": create_state_var("ui4"),
        "A_ARG_TYPE_PresetName": create_state_var("string", allowed=list(PRESETS)),
    }

    def __init__(self, requester: UpnpRequester) -> None:
        super().__init__(requester)
        self.volumes: dict[str, int] = {}
        """By channel, in percent."""
        self.mutes: dict[str, bool] = {}
        """By channel."""
        self.tell("PresetNameList", ",".join(PRESETS))
        self.take_preset("FactoryDefaults")

    def take_preset(self, name: str) -> None:
        """Set everything to what a preset says."""
        more = PRESETS[name]
        for channel in CHANNELS:
            self.take_volume(channel, VOLUME + more)
            self.take_mute(channel, mute=False)
        for variable, default in LEVELS.items():
            self.tell(variable, default + more)

    def take_volume(self, channel: str, volume: int) -> None:
        """Set the volume of a channel, as a knob on the device would, and tell of it."""
        self.volumes[channel] = volume
        if channel == CHANNELS[0]:
            self.state_variable("Volume").value = volume
        self.last_change.note("Volume", str(volume), channel=channel)

    def take_mute(self, channel: str, *, mute: bool) -> None:
        """Mute a channel or do not, and tell of it."""
        self.mutes[channel] = mute
        if channel == CHANNELS[0]:
            self.state_variable("Mute").value = mute
        self.last_change.note("Mute", str(int(mute)), channel=channel)

    @callable_action("ListPresets", INSTANCE, {"CurrentPresetNameList": "PresetNameList"})
    async def list_presets(self, InstanceID: int) -> Result:
        """Tell the names of the presets."""
        return self.results("ListPresets")

    @callable_action(
        "SelectPreset",
        INSTANCE | {"PresetName": "A_ARG_TYPE_PresetName"},
        {},
        codes={"PresetName": INVALID_NAME},
    )
    async def select_preset(self, InstanceID: int, PresetName: str) -> None:
        """Take a preset."""
        self.take_preset(PresetName)

    @callable_action("GetVolume", CHANNEL, {"CurrentVolume": "Volume"}, codes=OF_CHANNEL)
    async def get_volume(self, InstanceID: int, Channel: str) -> dict[str, int]:
        """Tell the volume of a channel."""
        return {"CurrentVolume": self.volumes[Channel]}

    @callable_action("SetVolume", CHANNEL | {"DesiredVolume": "Volume"}, {}, codes=OF_CHANNEL)
    async def set_volume(self, InstanceID: int, Channel: str, DesiredVolume: int) -> None:
        """Set the volume of a channel."""
        self.take_volume(Channel, DesiredVolume)

    @callable_action("GetMute", CHANNEL, {"CurrentMute": "Mute"}, codes=OF_CHANNEL)
    async def get_mute(self, InstanceID: int, Channel: str) -> dict[str, bool]:
        """Tell whether a channel is muted."""
        return {"CurrentMute": self.mutes[Channel]}

    @callable_action("SetMute", CHANNEL | {"DesiredMute": "Mute"}, {}, codes=OF_CHANNEL)
    async def set_mute(self, InstanceID: int, Channel: str, DesiredMute: bool) -> None:
        """Mute a channel, or do not."""
        self.take_mute(Channel, mute=DesiredMute)

    @callable_action("GetBrightness", INSTANCE, {"CurrentBrightness": "Brightness"})
    async def get_brightness(self, InstanceID: int) -> Result:
        """Tell how bright the picture is."""
        return self.results("GetBrightness")

    @callable_action("SetBrightness", INSTANCE | {"DesiredBrightness": "Brightness"}, {})
    async def set_brightness(self, InstanceID: int, DesiredBrightness: int) -> None:
        """Make the picture as bright."""
        self.tell("Brightness", DesiredBrightness)

    @callable_action("GetContrast", INSTANCE, {"CurrentContrast": "Contrast"})
    async def get_contrast(self, InstanceID: int) -> Result:
        """Tell the contrast of the picture."""
        return self.results("GetContrast")

    @callable_action("SetContrast", INSTANCE | {"DesiredContrast": "Contrast"}, {})
    async def set_contrast(self, InstanceID: int, DesiredContrast: int) -> None:
        """Set the contrast of the picture."""
        self.tell("Contrast", DesiredContrast)

    @callable_action("GetSharpness", INSTANCE, {"CurrentSharpness": "Sharpness"})
    async def get_sharpness(self, InstanceID: int) -> Result:
        """Tell how sharp the picture is."""
        return self.results("GetSharpness")

    @callable_action("SetSharpness", INSTANCE | {"DesiredSharpness": "Sharpness"}, {})
    async def set_sharpness(self, InstanceID: int, DesiredSharpness: int) -> None:
        """Make the picture as sharp."""
        self.tell("Sharpness", DesiredSharpness)

    @callable_action("GetColorTemperature", INSTANCE, {"CurrentColorTemperature": "ColorTemperature"})
    async def get_color_temperature(self, InstanceID: int) -> Result:
        """Tell the colour temperature of the picture."""
        return self.results("GetColorTemperature")

    @callable_action("SetColorTemperature", INSTANCE | {"DesiredColorTemperature": "ColorTemperature"}, {})
    async def set_color_temperature(self, InstanceID: int, DesiredColorTemperature: int) -> None:
        """Set the colour temperature of the picture."""
        self.tell("ColorTemperature", DesiredColorTemperature)
