"""OpenHome Product: the player itself, its sources and standby.

One of the mixins of ``OhmDevice``: a method for each action, which returns the out-arguments as the player
says them, and a property for each evented variable.
"""

from collections.abc import Mapping

from async_upnp_client.profiles.ohmedia.caller import OpenHomeCaller
from async_upnp_client.profiles.ohmedia.evented import Evented, HasAction
from async_upnp_client.profiles.ohmedia.names import Product, Service
from async_upnp_client.profiles.ohmedia.variables import ProductState


class ProductCalls(OpenHomeCaller):
    """The service Product."""

    product_room = Evented[str](Service.PRODUCT, ProductState.PRODUCT_ROOM)
    product_name = Evented[str](Service.PRODUCT, ProductState.PRODUCT_NAME)
    product_info = Evented[str](Service.PRODUCT, ProductState.PRODUCT_INFO)
    product_url = Evented[str](Service.PRODUCT, ProductState.PRODUCT_URL)
    product_image_uri = Evented[str](Service.PRODUCT, ProductState.PRODUCT_IMAGE_URI)
    product_image_hires_uri = Evented[str](Service.PRODUCT, ProductState.PRODUCT_IMAGE_HIRES_URI)
    product_manufacturer_name = Evented[str](Service.PRODUCT, ProductState.MANUFACTURER_NAME)
    product_manufacturer_info = Evented[str](Service.PRODUCT, ProductState.MANUFACTURER_INFO)
    product_manufacturer_url = Evented[str](Service.PRODUCT, ProductState.MANUFACTURER_URL)
    product_manufacturer_image_uri = Evented[str](Service.PRODUCT, ProductState.MANUFACTURER_IMAGE_URI)
    product_model_name = Evented[str](Service.PRODUCT, ProductState.MODEL_NAME)
    product_model_info = Evented[str](Service.PRODUCT, ProductState.MODEL_INFO)
    product_model_url = Evented[str](Service.PRODUCT, ProductState.MODEL_URL)
    product_model_image_uri = Evented[str](Service.PRODUCT, ProductState.MODEL_IMAGE_URI)
    product_standby = Evented[bool](Service.PRODUCT, ProductState.STANDBY)
    product_standby_transitioning = Evented[bool](Service.PRODUCT, ProductState.STANDBY_TRANSITIONING)
    product_source_index = Evented[int](Service.PRODUCT, ProductState.SOURCE_INDEX)
    product_source_count = Evented[int](Service.PRODUCT, ProductState.SOURCE_COUNT)
    product_source_xml = Evented[str](Service.PRODUCT, ProductState.SOURCE_XML)
    product_attributes = Evented[str](Service.PRODUCT, ProductState.ATTRIBUTES)
    has_product_set_source_index = HasAction(Service.PRODUCT, Product.SET_SOURCE_INDEX)
    has_product_set_standby = HasAction(Service.PRODUCT, Product.SET_STANDBY)
    has_product_standby = HasAction(Service.PRODUCT, Product.STANDBY)

    async def async_product(self) -> Mapping[str, str]:
        """Call Product; return what it tells."""
        return await self._async_call_action(Service.PRODUCT, Product.PRODUCT)

    async def async_product_manufacturer(self) -> Mapping[str, str]:
        """Call Manufacturer; return what it tells."""
        return await self._async_call_action(Service.PRODUCT, Product.MANUFACTURER)

    async def async_product_model(self) -> Mapping[str, str]:
        """Call Model; return what it tells."""
        return await self._async_call_action(Service.PRODUCT, Product.MODEL)

    async def async_product_attributes(self) -> Mapping[str, str]:
        """Call Attributes; return what it tells."""
        return await self._async_call_action(Service.PRODUCT, Product.ATTRIBUTES)

    async def async_product_get_image_uri(self, resolution: str) -> Mapping[str, str]:
        """Call GetImageUri of version 4; return what it tells. `resolution` is a text of the player's."""
        return await self._async_call_action(Service.PRODUCT, Product.GET_IMAGE_URI, Resolution=resolution)

    async def async_product_set_source_by_system_name(self, system_name: str) -> None:
        """Call SetSourceBySystemName, of version 2."""
        await self._async_call_action(Service.PRODUCT, Product.SET_SOURCE_BY_SYSTEM_NAME, Value=system_name)

    async def async_product_set_source_index(self, index: int) -> None:
        """Call SetSourceIndex."""
        await self._async_call_action(Service.PRODUCT, Product.SET_SOURCE_INDEX, Value=index)

    async def async_product_set_source_index_by_name(self, name: str) -> None:
        """Call SetSourceIndexByName."""
        await self._async_call_action(Service.PRODUCT, Product.SET_SOURCE_INDEX_BY_NAME, Value=name)

    async def async_product_set_standby(self, standby: bool) -> None:
        """Call SetStandby."""
        await self._async_call_action(Service.PRODUCT, Product.SET_STANDBY, Value=standby)

    async def async_product_source_count(self) -> Mapping[str, int]:
        """Call SourceCount; return what it tells."""
        return await self._async_call_action(Service.PRODUCT, Product.SOURCE_COUNT)

    async def async_product_source(self, index: int) -> Mapping[str, str | bool]:
        """Call Source; return what it tells."""
        return await self._async_call_action(Service.PRODUCT, Product.SOURCE, Index=index)

    async def async_product_source_index(self) -> Mapping[str, int]:
        """Call SourceIndex; return what it tells."""
        return await self._async_call_action(Service.PRODUCT, Product.SOURCE_INDEX)

    async def async_product_source_xml(self) -> Mapping[str, str]:
        """Call SourceXml; return what it tells."""
        return await self._async_call_action(Service.PRODUCT, Product.SOURCE_XML)

    async def async_product_source_xml_change_count(self) -> Mapping[str, int]:
        """Call SourceXmlChangeCount; return what it tells."""
        return await self._async_call_action(Service.PRODUCT, Product.SOURCE_XML_CHANGE_COUNT)

    async def async_product_standby_transitioning(self) -> Mapping[str, bool]:
        """Call StandbyTransitioning, of version 3; return what it tells."""
        return await self._async_call_action(Service.PRODUCT, Product.STANDBY_TRANSITIONING)

    async def async_product_standby(self) -> Mapping[str, bool]:
        """Call Standby; return what it tells."""
        return await self._async_call_action(Service.PRODUCT, Product.STANDBY)
