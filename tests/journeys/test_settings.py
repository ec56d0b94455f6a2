from pathlib import Path

import pytest

from journeys.settings import Settings


def test_variables_of_the_system_and_of_other_programs_are_not_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOJOURN_HOME", raising=False)
    monkeypatch.delenv("SOJOURN_PORT", raising=False)
    monkeypatch.setenv("HOME", "/root")
    monkeypatch.setenv("PORT", "3000")
    settings = Settings()
    assert (settings.home, settings.port) == (Path(".sojourn"), 8000)
