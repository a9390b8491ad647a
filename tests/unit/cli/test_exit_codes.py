"""How a command ends."""

from async_upnp_client.cli.exit_codes import EXIT_CODES, CommandError, ExitCode


def test_command_error_is_a_sentence_and_a_code():
    err = CommandError(ExitCode.REFUSED, "no")
    assert (str(err), err.exit_code) == ("no", 4)


def test_each_code_has_a_meaning():
    assert list(EXIT_CODES) == list(ExitCode)
