import pytest

from tests.support.openhome import Call, async_check_call, async_check_has, async_check_properties

CALLS = [
    Call("async_product", (), "Product", {}, tells=True),
    Call("async_product_manufacturer", (), "Manufacturer", {}, tells=True),
    Call("async_product_model", (), "Model", {}, tells=True),
    Call("async_product_attributes", (), "Attributes", {}, tells=True),
    Call("async_product_get_image_uri", ("hd",), "GetImageUri", {"Resolution": "hd"}, tells=True),
    Call(
        "async_product_set_source_by_system_name",
        ("hdmi",),
        "SetSourceBySystemName",
        {"Value": "hdmi"},
        tells=False,
    ),
    Call("async_product_set_source_index", (3,), "SetSourceIndex", {"Value": "3"}, tells=False),
    Call(
        "async_product_set_source_index_by_name",
        ("TV",),
        "SetSourceIndexByName",
        {"Value": "TV"},
        tells=False,
    ),
    Call("async_product_standby_transitioning", (), "StandbyTransitioning", {}, tells=True),
    Call("async_product_set_standby", (True,), "SetStandby", {"Value": "1"}, tells=False),
    Call("async_product_source_count", (), "SourceCount", {}, tells=True),
    Call("async_product_source", (3,), "Source", {"Index": "3"}, tells=True),
    Call("async_product_source_index", (), "SourceIndex", {}, tells=True),
    Call("async_product_source_xml", (), "SourceXml", {}, tells=True),
    Call("async_product_source_xml_change_count", (), "SourceXmlChangeCount", {}, tells=True),
    Call("async_product_standby", (), "Standby", {}, tells=True),
]
PROPERTIES = {
    "product_room": "ProductRoom",
    "product_name": "ProductName",
    "product_info": "ProductInfo",
    "product_url": "ProductUrl",
    "product_image_uri": "ProductImageUri",
    "product_image_hires_uri": "ProductImageHiresUri",
    "product_manufacturer_name": "ManufacturerName",
    "product_manufacturer_info": "ManufacturerInfo",
    "product_manufacturer_url": "ManufacturerUrl",
    "product_manufacturer_image_uri": "ManufacturerImageUri",
    "product_model_name": "ModelName",
    "product_model_info": "ModelInfo",
    "product_model_url": "ModelUrl",
    "product_model_image_uri": "ModelImageUri",
    "product_standby": "Standby",
    "product_standby_transitioning": "StandbyTransitioning",
    "product_source_index": "SourceIndex",
    "product_source_count": "SourceCount",
    "product_source_xml": "SourceXml",
    "product_attributes": "Attributes",
}
HAS = {
    "has_product_set_source_index": "SetSourceIndex",
    "has_product_set_standby": "SetStandby",
    "has_product_standby": "Standby",
}


@pytest.mark.uda("O-001")
@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.method)
async def test_a_method_calls_its_action(call: Call) -> None:
    await async_check_call("Product", CALLS, call)


@pytest.mark.uda("O-005")
async def test_a_property_is_what_events_tell() -> None:
    await async_check_properties("Product", PROPERTIES)


async def test_what_the_player_has() -> None:
    await async_check_has("Product", CALLS, HAS)
