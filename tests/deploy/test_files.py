"""What this machine can say about files that are for other machines."""

import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from journeys.settings import Settings

PROJECT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((PROJECT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {"migrate", "api", "worker", "router"}


def variables() -> set[str]:
    """The environment variables that settings read."""
    return {str(field.validation_alias) for field in Settings.model_fields.values()}


def test_every_file_that_compose_mounts_exists() -> None:
    mounts = [mount.split(":")[0] for service in SERVICES.values() for mount in service.get("volumes", [])]
    assert [mount for mount in mounts if mount.startswith(".") and not (PROJECT / mount).exists()] == []
    assert {mount for mount in mounts if not mount.startswith(".")} == set(COMPOSE["volumes"])


def test_compose_waits_only_for_services_that_exist_and_can_be_waited_for() -> None:
    for service in SERVICES.values():
        for name, wait in service.get("depends_on", {}).items():
            assert wait["condition"] != "service_healthy" or "healthcheck" in SERVICES[name]
            assert wait["condition"] != "service_completed_successfully" or SERVICES[name]["restart"] == "on-failure"


def test_compose_has_no_default_for_a_secret() -> None:
    text = (PROJECT / "docker-compose.yml").read_text()
    secrets = re.findall(r"\$\{(\w*(?:PASSWORD|SECRET_KEY))([^}]*)\}", text)
    assert secrets
    assert [name for name, rest in secrets if not rest.startswith(":?")] == []


def test_our_services_get_settings_that_exist() -> None:
    for name in OURS:
        assert set(SERVICES[name]["environment"]) <= variables()


def test_the_example_of_settings_names_each_one_and_each_once() -> None:
    named = re.findall(r"^# ([A-Z_]+)=", (PROJECT / ".env.example").read_text(), re.MULTILINE)
    assert len(named) == len(set(named))
    assert variables() - set(named) == set()


def test_the_image_copies_only_what_exists() -> None:
    lines = (PROJECT / "Dockerfile").read_text().splitlines()
    copied = [part for line in lines if re.match(r"COPY (?!--from)", line) for part in shlex.split(line)[1:-1]]
    assert copied
    assert [part for part in copied if not (PROJECT / part).exists()] == []
    assert lines[-1].startswith("CMD")
    assert "USER sojourn" in lines


@pytest.mark.parametrize("script", sorted((PROJECT / "deploy").rglob("*.sh")), ids=lambda script: script.name)
def test_a_script_is_a_program_without_faults_of_grammar(script: Path) -> None:
    assert script.stat().st_mode & 0o111
    subprocess.run(["sh", "-n", script], check=True)


def test_the_other_files_parse() -> None:
    files = [
        *(PROJECT / "deploy").rglob("*.yaml"),
        PROJECT / ".pre-commit-config.yaml",
        PROJECT / ".github/workflows/ci.yml",
    ]
    assert all(yaml.safe_load(file.read_text()) for file in files)


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_has_a_hash_for_each_package_and_names_no_registry(lock: str) -> None:
    text = (PROJECT / lock).read_text()
    packages = re.split(r"\n(?=\S)", text.strip())
    assert [package for package in packages if "--hash=sha256:" not in package] == []
    assert not re.search(r"://|--(extra-)?index|--find-links", text)
