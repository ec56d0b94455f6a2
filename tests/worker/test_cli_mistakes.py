"""What goes wrong at the command line is one sentence and an exit code, never a traceback."""

import sys
from pathlib import Path

import pytest

from worker.cli import main

WELCOME = Path(__file__).parents[2] / "examples" / "journeys" / "welcome-series.yaml"
NOBODY = "postgresql://nobody:secret@127.0.0.1:1/none?connect_timeout=1"


@pytest.mark.parametrize(
    ("arguments", "environment", "sentence"),
    [
        (["journey", "validate", "{noise}"], {}, "is not text in UTF-8"),
        (["journey", "simulate", "{noise}"], {}, "is not text in UTF-8"),
        (["journey", "simulate", str(WELCOME), "--request", "{noise}"], {}, "is not text in UTF-8"),
        (["journey", "simulate", str(WELCOME), "--request", "{open}"], {}, "is not YAML"),
        (["journey", "simulate", str(WELCOME), "--request", "{list}"], {}, "should say values by name"),
        (["journey", "simulate", str(WELCOME), "--request", "{empty}"], {}, "Sojourn does not run here"),
        (["where", "ann@example.com"], {}, "Sojourn does not run here"),
        (["where", "ann@example.com"], {"DATABASE_URL": NOBODY}, "The database cannot be used"),
        (["where", "ann@example.com"], {"DATABASE_URL": "nonsense"}, "The database cannot be used"),
        (["migrate"], {"DATABASE_URL": NOBODY}, "The database cannot be used"),
        (["promote"], {"TEMPORAL_ADDRESS": "127.0.0.1:1"}, "Temporal does not answer at 127.0.0.1:1"),
        (["doctor"], {"SOJOURN_PORT": "abc"}, "SOJOURN_PORT: Input should be a valid integer"),
        (["up"], {"SOJOURN_HOME": "/dev/null"}, "/dev/null"),
    ],
)
def test_a_mistake_is_one_sentence(
    arguments: list[str],
    environment: dict[str, str],
    sentence: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    files = {"noise": b"\xff\xfe\x00", "open": b"a: [", "list": b"- 1", "empty": b""}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    for name in ("DATABASE_URL", "REDIS_URL", "TEMPORAL_ADDRESS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in ({"SOJOURN_HOME": str(tmp_path / "home")} | environment).items():
        monkeypatch.setenv(name, value)
    said = [each.format(**{name: tmp_path / name for name in files}) for each in arguments]
    monkeypatch.setattr(sys, "argv", ["sojourn", *said])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    printed = capsys.readouterr().err
    assert sentence in printed
    assert "secret" not in printed
    assert len(printed.splitlines()) == 1
