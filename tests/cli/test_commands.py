"""Every command is documented, and the command line maps errors to the promised exit codes."""

import json
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from glocal.cli import COMMANDS, cli, main
from glocal.cli.numbers import Number
from glocal.cli.output import exit_code_for
from glocal.errors import BadInput, CannotBeMade, GlocalError, OutsidePartFailed
from scripts.command_reference import TARGET, every_command, reference


def test_every_command_and_option_has_help():
    for words, command in every_command():
        assert command.help, f"{words} has no help"
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, f"{words} {parameter.opts[0]} has no help"


def test_the_list_of_commands_says_what_each_is_for():
    for words, command in every_command():
        if words.count(" ") == 1:
            assert COMMANDS[words.split()[1]][2].endswith("."), words
            assert command.get_short_help_str(200), words


def test_the_reference_is_what_the_commands_say():
    assert TARGET.read_text(encoding="utf-8") == reference(), "run: python scripts/command_reference.py"


def test_every_command_that_answers_has_json():
    for words, command in every_command():
        if not isinstance(command, click.Group) and words not in {"glocal serve", "glocal worker"}:
            assert any("--json" in parameter.opts for parameter in command.params), f"{words} has no --json"


@pytest.mark.parametrize(("kind", "code"), [(BadInput, 3), (CannotBeMade, 4), (OutsidePartFailed, 5), (GlocalError, 1)])
def test_each_kind_of_error_has_its_exit_code(kind, code):
    assert exit_code_for(kind("no")) == code


def test_an_error_is_json_for_programs_and_words_for_people(monkeypatch, capsys):
    @click.command()
    @click.option("--json", "as_json", is_flag=True)
    def refuse(as_json):
        raise CannotBeMade("The part is 214 mm wide, the bed 180 mm.", help="Choose a larger machine.", width_mm=214)

    monkeypatch.setitem(cli.commands, "refuse", refuse)
    monkeypatch.setattr("sys.argv", ["glocal", "refuse", "--json"])
    with pytest.raises(SystemExit) as stopped:
        main()
    out, err = capsys.readouterr()
    assert stopped.value.code == 4
    assert json.loads(out)["error"] == {
        "code": "cannot_be_made",
        "message": "The part is 214 mm wide, the bed 180 mm.",
        "help": "Choose a larger machine.",
        "data": {"width_mm": 214},
    }
    assert "What would help: Choose a larger machine." in err


def test_a_file_where_a_directory_is_wanted_is_told_in_words(monkeypatch, capsys, tmp_path):
    """What the operating system refuses ends a command with the path and exit code 3, not with a traceback."""
    (tmp_path / "taken").write_text("")

    @click.command()
    def write():
        (tmp_path / "taken").mkdir()

    monkeypatch.setitem(cli.commands, "write", write)
    monkeypatch.setattr("sys.argv", ["glocal", "write"])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 3
    assert f"{tmp_path / 'taken'} cannot be read or written: File exists." in capsys.readouterr().err


def test_who_reads_only_the_beginning_ends_the_command_quietly():
    """`glocal … | head` closes the pipe: no traceback."""
    glocal = subprocess.Popen(
        [sys.executable, "-m", "glocal", "machines", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert glocal.stdout is not None
    assert glocal.stderr is not None
    glocal.stdout.close()
    assert glocal.stderr.read() == b""


def test_commands_about_the_shop_say_where_there_is_none(monkeypatch, tmp_path):
    """Without a shop in the state directory, what needs one says so and how to open one."""
    from django.conf import settings

    from glocal.cli import own_shop
    from glocal.shop.errors import NotFound

    monkeypatch.setattr(own_shop, "own_shop", lambda: None)
    monkeypatch.setattr(settings, "GLOCAL_HOME", str(tmp_path))
    for command in (["embed", "allow", "https://example.org"], ["people", "export", "anna@example.org"]):
        error = CliRunner().invoke(cli, command).exception
        assert isinstance(error, NotFound)
        assert str(tmp_path) in error.message
        assert "glocal setup" in error.help


def test_a_number_that_is_typed_is_finite():
    """No option of any command takes "nan", which lies in every range, or "inf"."""
    numbers = [
        (path, option)
        for path, command in every_command()
        for option in command.params
        if isinstance(option.type, click.FloatRange | click.types.FloatParamType)
    ]
    assert len(numbers) > 20
    for path, option in numbers:
        for typed in ("nan", "-inf", *(() if getattr(option.type, "endless", False) else ("inf",))):
            with pytest.raises(click.BadParameter):
                option.type.convert(typed, None, None)
            assert isinstance(option.type, Number), path


def test_a_price_is_refused_without_its_terms_in_range(tmp_path):
    for option in ("--failure", "--fee-rate", "--delivery-hours", "--spool-price"):
        refused = CliRunner().invoke(cli, ["quote", str(tmp_path / "a.stl"), option, "-1"])
        assert refused.exit_code == 2
        assert option in refused.stderr


def test_wrong_usage_is_exit_code_2():
    assert CliRunner().invoke(cli, ["nonsense"]).exit_code == 2
