"""UDA chapter 3 at the command line: `call-action`.

Called by `commands`. Turns the texts of the command line into values of the arguments' types, and
says in a sentence what does not fit, before anything is sent.
"""

import argparse
from collections.abc import Iterable, Mapping
from typing import Any

from async_upnp_client._datatypes import find_data_type
from async_upnp_client.aiohttp import AiohttpRequester
from async_upnp_client.cli.description import async_device
from async_upnp_client.cli.diagnostics import diagnosed
from async_upnp_client.cli.errors import command_error
from async_upnp_client.cli.exit_codes import CommandError, ExitCode
from async_upnp_client.cli.output import Output
from async_upnp_client.cli.service_names import find_service, short_name
from async_upnp_client.client import UpnpAction, UpnpDevice, UpnpService
from async_upnp_client.exceptions import UpnpActionError, UpnpValueError


async def call_action(args: argparse.Namespace, output: Output) -> None:
    """Call the action that the command line names, print what went in and what came out."""
    service_name, action_name = split_call(args.call)
    texts = split_arguments(args.arguments)
    device = await async_device(args, AiohttpRequester(timeout=args.timeout))
    with diagnosed(device, output, wanted=args.diagnostics):
        record = await async_call(device, service_name, action_name, texts)
    output.result({"timestamp": output.timestamp(), **record})


async def async_call(
    device: UpnpDevice, service_name: str, action_name: str, texts: Mapping[str, str]
) -> dict[str, Any]:
    """Call an action with values given as texts; what went in and what came out, as a result."""
    service = find_service(device.all_services, service_name)
    called = short_name(service, device.all_services)
    action = find_action(service, action_name, called)
    values = read_values(action, texts)
    try:
        result = await action.async_call(**values)
    except UpnpActionError as err:
        raise command_error(err, f"{called}/{action.name}") from err
    return {
        "service_id": service.service_id,
        "service_type": service.service_type,
        "action": action.name,
        "in_parameters": values,
        "out_parameters": {name: _received(action, name, value) for name, value in result.items()},
    }


def split_call(text: str) -> tuple[str, str]:
    """Split SERVICE/ACTION. Ids of services may hold slashes, names of actions do not (UDA 2.0 §2.5)."""
    service_name, _, action_name = text.rpartition("/")
    if not service_name or not action_name:
        raise CommandError(ExitCode.MISMATCH, f"{text!r} does not name an action as SERVICE/ACTION")
    return service_name, action_name


def split_arguments(arguments: Iterable[str]) -> dict[str, str]:
    """Split each NAME=VALUE; a value may hold further equals signs."""
    texts: dict[str, str] = {}
    for argument in arguments:
        name, separator, text = argument.partition("=")
        if not separator or not name:
            raise CommandError(ExitCode.MISMATCH, f"argument {argument!r} is not of the form NAME=VALUE")
        if name in texts:
            raise CommandError(ExitCode.MISMATCH, f"argument {name} is given twice")
        texts[name] = text
    return texts


def find_action(service: UpnpService, name: str, called: str) -> UpnpAction:
    """Find an action by its name; `called` is what to call the service."""
    if service.has_action(name):
        return service.action(name)
    known = ", ".join(sorted(service.actions)) or "none"
    raise CommandError(ExitCode.MISMATCH, f"{called} has no action {name!r}; its actions are: {known}")


def read_values(action: UpnpAction, texts: Mapping[str, str]) -> dict[str, Any]:
    """Read the arguments of a call as values; CommandError if they are not exactly those of the action."""
    arguments = {argument.name: argument for argument in action.in_arguments()}
    unknown = [name for name in texts if name not in arguments]
    if unknown:
        known = ", ".join(arguments) or "none"
        sentence = f"{action.name} has no argument {unknown[0]!r}; its arguments are: {known}"
        raise CommandError(ExitCode.MISMATCH, sentence)
    missing = [name for name in arguments if name not in texts]
    if missing:
        raise CommandError(ExitCode.MISMATCH, f"{action.name} needs a value for: {', '.join(missing)}")
    return {name: read_value(argument, texts[name]) for name, argument in arguments.items()}


def read_value(argument: UpnpAction.Argument, text: str) -> Any:
    """Read one value; CommandError if it does not fit the type, or with --strict what the device allows."""
    does_not_fit = CommandError(
        ExitCode.MISMATCH, f"argument {argument.name}: {text!r} does not fit, it takes {_expected(argument)}"
    )
    try:
        value = argument.coerce_python(text)
        argument.validate_value(value)
        argument.coerce_upnp(value)
    except UpnpValueError as err:
        raise does_not_fit from err
    # reading takes any number, since devices exceed their own types; what is sent must not
    minimum, maximum = _width(argument)
    if (minimum is not None and value < minimum) or (maximum is not None and value > maximum):
        raise does_not_fit
    return value


def _expected(argument: UpnpAction.Argument) -> str:
    """Say what an argument takes: its type, and the values or bounds that the device declares."""
    variable = argument.related_state_variable
    if variable.allowed_values:
        return f"{variable.data_type}, one of: {', '.join(sorted(map(str, variable.allowed_values)))}"
    minimum, maximum = _width(argument)
    minimum = minimum if variable.min_value is None else variable.min_value
    maximum = maximum if variable.max_value is None else variable.max_value
    lower = "" if minimum is None else f" from {minimum}"
    upper = "" if maximum is None else f" to {maximum}"
    return f"{variable.data_type}{lower}{upper}"


def _width(argument: UpnpAction.Argument) -> tuple[int | None, int | None]:
    """Give the least and the greatest number of the argument's type, None where there is none."""
    data_type = find_data_type(argument.related_state_variable.data_type)
    return (None, None) if data_type is None else (data_type.minimum, data_type.maximum)


def _received(action: UpnpAction, name: str, value: Any) -> Any:
    """Give the text as received where it is no value of its type: NOT_IMPLEMENTED for a number, say."""
    argument = action.argument(name, "out") if value is None else None
    return argument.raw_upnp_value if argument else value
