import pytest

from tests.support.openhome import Call, async_check_call, async_check_properties

CALLS = [
    Call("async_update_apply", (), "Apply", {}, tells=False),
    Call("async_update_apply2", (), "Apply2", {}, tells=False),
    Call("async_update_check_now", (), "CheckNow", {}, tells=True),
    Call("async_update_get_software_status", (), "GetSoftwareStatus", {}, tells=True),
]
PROPERTIES = {
    "update_software_status": "SoftwareStatus",
    "update_executor_status": "ExecutorStatus",
    "update_job_status": "JobStatus",
    "update_recover_supported": "RecoverSupported",
}


@pytest.mark.uda("O-001")
@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.method)
async def test_a_method_calls_its_action(call: Call) -> None:
    await async_check_call("Update", CALLS, call)


@pytest.mark.uda("O-005")
async def test_a_property_is_what_events_tell() -> None:
    await async_check_properties("Update", PROPERTIES)
