from typing import Any

import pytest

from async_upnp_client.exceptions import UpnpError
from tests.support.renderer import Renderer, last_change, tell, tell_text


@pytest.mark.uda("A-014")
@pytest.mark.parametrize(
    ("span", "told", "level"),
    [
        (("0", "100", "1"), "50", 0.5),
        (("0", "31", "1"), "31", 1.0),
        (("10", "30", "1"), "10", 0.0),
        (("10", "30", "1"), "20", 0.5),
        ((None, None, None), "25", 0.25),
        (("0", "50", None), "60", 1.0),
        (("10", "30", None), "5", 0.0),
        (("5", "5", None), "50", 0.5),
        (("0", "100", "1"), "NOT_IMPLEMENTED", None),
    ],
)
async def test_the_volume_is_a_part_of_its_range(
    span: tuple[str | None, str | None, str | None], told: str, level: float | None
) -> None:
    dmr = await Renderer(volume=span).async_profile()
    assert dmr.has_volume_level
    assert dmr.volume_level is None
    tell(dmr, "RC", Volume=told)
    assert dmr.volume_level == level


@pytest.mark.uda("A-014")
@pytest.mark.parametrize(
    ("span", "level", "sent"),
    [
        (("0", "100", "1"), 0.29, "29"),
        (("0", "31", "1"), 1.0, "31"),
        (("10", "30", "1"), 0.5, "20"),
        ((None, None, None), 0.07, "7"),
        (("0", "100", "5"), 0.42, "40"),
        (("0", "100", "5"), 0.0, "0"),
        (("0", "100", "6"), 0.995, "96"),
    ],
)
async def test_setting_it(span: tuple[str | None, str | None, str | None], level: float, sent: str) -> None:
    renderer = Renderer(volume=span)
    dmr = await renderer.async_profile()
    await dmr.async_set_volume_level(level)
    assert renderer.called() == [
        ("SetVolume", {"InstanceID": "0", "Channel": "Master", "DesiredVolume": sent})
    ]


async def test_the_sound_is_switched_off() -> None:
    renderer = Renderer()
    dmr = await renderer.async_profile()
    assert dmr.has_volume_mute
    assert dmr.is_volume_muted is None
    tell(dmr, "RC", Mute="1")
    assert dmr.is_volume_muted is True
    await dmr.async_mute_volume(False)
    assert renderer.called() == [("SetMute", {"InstanceID": "0", "Channel": "Master", "DesiredMute": "0"})]


async def test_presets() -> None:
    renderer = Renderer()
    dmr = await renderer.async_profile()
    assert dmr.has_presets
    assert dmr.preset_names == []
    tell(dmr, "RC", PresetNameList=r"FactoryDefaults, Night\, quiet")
    assert dmr.preset_names == ["FactoryDefaults", "Night, quiet"]
    tell(dmr, "RC", PresetNameList="NOT_IMPLEMENTED")
    assert dmr.preset_names == []
    tell(dmr, "RC", PresetNameList="FactoryDefaults")
    await dmr.async_select_preset("FactoryDefaults")
    assert renderer.called() == [("SelectPreset", {"InstanceID": "0", "PresetName": "FactoryDefaults"})]


@pytest.mark.parametrize("what", ["brightness", "contrast", "sharpness", "color_temperature"])
async def test_levels_of_the_picture(what: str) -> None:
    renderer = Renderer()
    dmr: Any = await renderer.async_profile()
    name = what.title().replace("_", "")
    assert getattr(dmr, f"has_{what}_level")
    assert getattr(dmr, f"{what}_level") is None
    tell_text(dmr, "RC", last_change("RC", {name: "30"}))
    assert getattr(dmr, f"{what}_level") == 0.3
    await getattr(dmr, f"async_set_{what}_level")(0.6)
    assert renderer.called() == [(f"Set{name}", {"InstanceID": "0", f"Desired{name}": "60"})]


async def test_a_device_without_the_service() -> None:
    dmr: Any = await Renderer(without={"RenderingControl"}).async_profile()
    for name in ("volume_level", "brightness_level", "contrast_level", "sharpness_level"):
        assert not getattr(dmr, f"has_{name}")
        assert getattr(dmr, name) is None
        with pytest.raises(UpnpError):
            await getattr(dmr, f"async_set_{name}")(0.5)
    assert not dmr.has_volume_mute
    assert dmr.is_volume_muted is None
    assert (dmr.has_presets, dmr.preset_names) == (False, [])
    with pytest.raises(UpnpError):
        await dmr.async_mute_volume(True)
    with pytest.raises(UpnpError):
        await dmr.async_select_preset("FactoryDefaults")
