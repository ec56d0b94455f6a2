"""Custom activities from a terminal."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from worker.cli import app

Sojourn = Callable[..., Result]


@pytest.fixture
def sojourn(home: Path, monkeypatch: pytest.MonkeyPatch) -> Sojourn:
    """The command, where nothing runs."""
    monkeypatch.setenv("SOJOURN_HOME", str(home))
    monkeypatch.setenv("SOJOURN_ACTIVITIES", "tests.fakes.activities")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return lambda *arguments: CliRunner().invoke(app, ["activity", *arguments])


def test_what_is_installed_is_listed_with_what_is_broken(sojourn: Sojourn, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "issued, sold_out, failed" in sojourn("list").stdout
    monkeypatch.setenv("SOJOURN_ACTIVITIES", "tests.fakes.activities,no_such_module")
    listed = sojourn("list")
    assert listed.exit_code == 1
    assert "error: no_such_module: ModuleNotFoundError" in listed.stdout


def test_an_activity_is_run_for_a_contact_with_its_outcome_printed(sojourn: Sojourn) -> None:
    ran = sojourn("run", "issue_coupon", "--contact", "anna@example.com", "--config", '{"percent": 20}', "--key", "k")
    assert ran.stdout.splitlines() == ["outlet: issued", 'sets coupon: "C-k"', "detail: attempt 1"], ran.output


def test_a_failure_says_whether_it_would_be_tried_again(sojourn: Sojourn) -> None:
    for does, line in (
        ("raise", "raised ValueError: this contact is odd (it would be tried again)"),
        ("refuse", "the vendor does not know them (it would not be tried again)"),
    ):
        ran = sojourn("run", "issue_coupon", "--contact", "anna@example.com", "--attributes", f'{{"do": "{does}"}}')
        assert ran.exit_code == 1
        assert line in ran.stdout


def test_what_cannot_be_run_is_said_in_a_sentence(sojourn: Sojourn) -> None:
    for arguments, sentence in (
        (("run", "nothing", "--contact", "a@example.com"), "No activity called nothing is installed here"),
        (
            ("run", "issue_coupon", "--contact", "a@example.com", "--config", '{"percent": 95}'),
            "percent: Input should be",
        ),
        (("run", "issue_coupon", "--contact", "a@example.com", "--config", "[]"), "--config is not an object"),
    ):
        assert sentence in str(sojourn(*arguments).exception)
