"""Kinds of connection: their settings, and secrets that never lie about in the clear."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from journeys.connectors.outbox.provider import OutboxProvider
from journeys.connectors.registry import (
    CONNECTOR_KINDS,
    get_kind,
    make_provider,
    parse_config,
    seal_config,
    unseal_config,
)
from journeys.connectors.secrets import SealBroken, SecretBox
from journeys.errors import InvalidInput, NotFound
from journeys.settings import Settings

SMTP = {"sender": "shop@mail.example", "host": "mail.example", "username": "u", "password": "pass word"}


def test_every_kind_has_a_form() -> None:
    for kind in CONNECTOR_KINDS.values():
        assert kind.config_schema()["properties"]["sender"]["title"] == "From address"
        assert kind.title
        assert kind.description


def test_secrets_are_sealed_and_come_back() -> None:
    box, config = SecretBox(b"installation"), parse_config("smtp", SMTP)
    shown, sealed = seal_config("smtp", config, box)
    assert sealed is not None
    assert "password" not in shown
    assert b"pass word" not in sealed
    assert unseal_config("smtp", shown, sealed, box) == config
    assert isinstance(getattr(config, "password", None), SecretStr)
    assert "pass word" not in repr(config)


def test_settings_without_secrets_have_nothing_to_seal() -> None:
    box = SecretBox(b"installation")
    shown, sealed = seal_config("outbox", parse_config("outbox", {"sender_name": "Shop"}), box)
    assert (shown, sealed) == ({"sender": None, "sender_name": "Shop", "per_second": None, "at_once": None}, None)


def test_a_seal_opens_only_with_its_key_for_its_purpose_and_unchanged() -> None:
    box = SecretBox(b"installation")
    sealed = box.seal({"password": "x"}, "smtp")
    assert box.open(sealed, "smtp") == {"password": "x"}
    assert box.seal({"password": "x"}, "smtp") != sealed
    with pytest.raises(SealBroken, match="another connection"):
        box.open(sealed, "http_mail")
    with pytest.raises(SealBroken, match="another connection"):
        box.open(sealed[:-1] + bytes([sealed[-1] ^ 1]), "smtp")
    with pytest.raises(SealBroken, match="SOJOURN_SECRET_KEY"):
        SecretBox(b"another").open(sealed, "smtp")


def test_settings_at_fault_are_named_and_secrets_are_not_repeated() -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_config("smtp", {**SMTP, "port": 99999, "sender": "not an address", "password": ["pass word"], "x": 1})
    assert {fault.pointer for fault in caught.value.faults} == {"/port", "/sender", "/password", "/x"}
    assert "pass word" not in str([fault.message for fault in caught.value.faults])


def test_an_unknown_kind_is_not_found() -> None:
    with pytest.raises(NotFound, match="there are outbox, smtp"):
        get_kind("pigeon")


def test_a_provider_is_made_from_its_settings(tmp_path: Path) -> None:
    assert isinstance(
        make_provider("outbox", parse_config("outbox", {}), Settings(SOJOURN_HOME=tmp_path)), OutboxProvider
    )
