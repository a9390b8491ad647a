from async_upnp_client.server import NopRequester
from async_upnp_client.virtual.media_server import VirtualMediaServer
from tests.unit.virtual.test_library import library


async def test_it_has_the_services_of_a_media_server() -> None:
    server = VirtualMediaServer(NopRequester(), "http://127.0.0.1:80")
    assert [service.service_type.split(":")[3] for service in server.own_services] == [
        "ContentDirectory",
        "ConnectionManager",
    ]
    assert server.library.get("music") is not None
    result = await server.connection_manager.async_handle_action("GetCurrentConnectionInfo", ConnectionID=0)
    assert (result["RcsID"], result["Direction"]) == (-1, "Output")
    await server.async_stop()


async def test_it_shows_the_library_that_it_is_given() -> None:
    given = library()
    server = VirtualMediaServer(NopRequester(), "http://127.0.0.1:80", library=given)
    assert server.content_directory.library is given
    sources = server.connection_manager.state_variable("SourceProtocolInfo").upnp_value
    assert sources == ",".join(resource.protocol_info for resource in given.resources)
    assert server.content_directory.base_uri == "http://127.0.0.1:80"
    await server.async_stop()
