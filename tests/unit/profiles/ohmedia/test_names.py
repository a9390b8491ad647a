from async_upnp_client.profiles.ohmedia.caller import OpenHomeCaller
from async_upnp_client.profiles.ohmedia.names import ProductSourceType, Service, ServiceId


def test_names_are_texts() -> None:
    assert str(Service.PLAYLIST) == "Playlist"
    assert f"{ServiceId.PRODUCT}" == "urn:av-openhome-org:serviceId:Product"
    assert ProductSourceType("Radio") is ProductSourceType.RADIO


def test_each_service_has_its_types() -> None:
    assert set(OpenHomeCaller._SERVICE_TYPES) == set(Service)
