import pytest

from async_upnp_client.exceptions import UpnpActionError
from async_upnp_client.profiles.dlna.last_change import parse_last_change
from async_upnp_client.server import NopRequester, UpnpServerAction
from async_upnp_client.virtual.rendering_control import RenderingControl


async def call(service: RenderingControl, name: str, **values: str) -> dict[str, str]:
    action = service.actions[name]
    assert isinstance(action, UpnpServerAction)
    return dict(await action.async_answer({"InstanceID": "0", **values}.items(), 10.0))


def rendering() -> RenderingControl:
    service = RenderingControl(NopRequester())
    service.last_change.changed_text()
    return service


def changes(service: RenderingControl) -> dict[str, str]:
    return parse_last_change(service.last_change.changed_text()).get("0", {})


async def test_volume_and_mute_are_those_of_a_channel() -> None:
    service = rendering()
    await call(service, "SetVolume", Channel="LF", DesiredVolume="11")
    assert changes(service) == {}, "what is read there is Master's"
    await call(service, "SetVolume", Channel="Master", DesiredVolume="44")
    await call(service, "SetMute", Channel="Master", DesiredMute="1")
    assert changes(service) == {"Volume": "44", "Mute": "1"}
    assert (service.state_variable("Volume").value, service.state_variable("Mute").value) == (44, True)
    assert await call(service, "GetVolume", Channel="LF") == {"CurrentVolume": "11"}
    assert await call(service, "GetVolume", Channel="Master") == {"CurrentVolume": "44"}
    assert await call(service, "GetMute", Channel="RF") == {"CurrentMute": "0"}
    assert await call(service, "GetMute", Channel="Master") == {"CurrentMute": "1"}


def test_the_first_event_has_each_channel() -> None:
    text = rendering().last_change.initial_text()
    for channel in ("Master", "LF", "RF"):
        assert f'<Volume channel="{channel}" val="30"/>' in text
        assert f'<Mute channel="{channel}" val="0"/>' in text


@pytest.mark.parametrize("name", ["Brightness", "Contrast", "Sharpness", "ColorTemperature"])
async def test_picture_levels(name: str) -> None:
    service = rendering()
    await call(service, f"Set{name}", **{f"Desired{name}": "99"})
    assert await call(service, f"Get{name}") == {f"Current{name}": "99"}
    assert changes(service) == {name: "99"}


async def test_a_preset_sets_everything() -> None:
    service = rendering()
    assert await call(service, "ListPresets") == {
        "CurrentPresetNameList": "FactoryDefaults,InstallationDefaults"
    }
    await call(service, "SetMute", Channel="Master", DesiredMute="1")
    await call(service, "SelectPreset", PresetName="InstallationDefaults")
    assert changes(service) == {
        "Volume": "40",
        "Mute": "0",
        "Brightness": "60",
        "Contrast": "60",
        "Sharpness": "60",
        "ColorTemperature": "60",
    }


@pytest.mark.parametrize(
    ("name", "values", "code"),
    [
        ("SelectPreset", {"PresetName": "Party"}, 701),
        ("GetVolume", {"Channel": "Master", "InstanceID": "7"}, 702),
        ("GetVolume", {"Channel": "B"}, 703),
        ("SetVolume", {"Channel": "B", "DesiredVolume": "1"}, 703),
        ("SetVolume", {"Channel": "Master", "DesiredVolume": "101"}, 601),
        ("SetMute", {"Channel": "Master", "DesiredMute": "maybe"}, 402),
        ("SetBrightness", {"DesiredBrightness": "200"}, 601),
    ],
)
async def test_refusals(name: str, values: dict[str, str], code: int) -> None:
    with pytest.raises(UpnpActionError) as refused:
        await call(rendering(), name, **values)
    assert refused.value.error_code == code
