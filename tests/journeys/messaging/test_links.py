"""Signed links: only ours verify."""

from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from journeys.messaging.links import MessageLinks, TrackingTokens

TOKENS = TrackingTokens(b"a secret")


@given(st.uuids(), st.uuids())
def test_a_token_names_its_workspace_and_message(workspace_id: UUID, message_id: UUID) -> None:
    token = TOKENS.sign(workspace_id, message_id)
    assert TOKENS.verify(token) == (workspace_id, message_id)
    assert len(token) == 64
    assert all(character.isalnum() or character in "-_" for character in token)


@given(st.integers(0, 63), st.characters(codec="ascii", categories=["L", "N"]))
def test_a_token_with_one_character_changed_is_refused(place: int, character: str) -> None:
    token = TOKENS.sign(UUID(int=1), UUID(int=2))
    changed = token[:place] + character + token[place + 1 :]
    assert changed == token or TOKENS.verify(changed) is None


@given(st.text(max_size=80))
def test_nonsense_is_refused_and_never_an_error(token: str) -> None:
    assert TOKENS.verify(token) is None


def test_a_token_of_another_installation_is_refused() -> None:
    assert TOKENS.verify(TrackingTokens(b"another").sign(uuid4(), uuid4())) is None


def test_a_destination_is_bound_to_its_message_and_url() -> None:
    links = MessageLinks.of(TOKENS, "https://mail.example", uuid4(), uuid4())
    signature = TOKENS.sign_destination(links.token, "https://shop.example/?a=1")
    assert TOKENS.verify_destination(links.token, "https://shop.example/?a=1", signature)
    assert not TOKENS.verify_destination(links.token, "https://evil.example/", signature)
    assert not TOKENS.verify_destination(TOKENS.sign(uuid4(), uuid4()), "https://shop.example/?a=1", signature)
    assert not TOKENS.verify_destination(links.token, "https://shop.example/?a=1", "é")
