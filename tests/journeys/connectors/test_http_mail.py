"""The HTTP gateway: what is posted, and what each answer means."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from journeys.connectors.errors import ProviderBusy, ProviderRefused, ProviderSilent, ProviderUnavailable
from journeys.connectors.http_mail.provider import HttpMailConfig, HttpMailProvider
from tests.journeys.connectors.mails import mail

CONFIG = HttpMailConfig.model_validate({"url": "http://gateway.example/send", "secret": "s3cret"})


def gateway(answer: Callable[[httpx.Request], httpx.Response]) -> HttpMailProvider:
    return HttpMailProvider(CONFIG, transport=httpx.MockTransport(answer))


async def test_mails_are_posted_together_and_answered_one_by_one() -> None:
    requests: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        keys = [message["key"] for message in json.loads(request.content)["messages"]]
        results: list[dict[str, Any]] = [
            {"key": keys[2], "state": "deferred", "reason": "later"},
            {"key": keys[0], "state": "sent", "id": "g-1"},
            {"key": keys[1], "state": "failed", "reason": "no such mailbox"},
        ]
        return httpx.Response(200, json={"results": results})

    provider = gateway(answer)
    outcomes = await provider.send([mail(2, headers={"X-A": "1"}), mail(3), mail(4), mail(5)])
    assert [(each.state, each.provider_message_id, each.reason) for each in outcomes[:3]] == [
        ("sent", "g-1", None),
        ("failed", None, "no such mailbox"),
        ("deferred", None, "later"),
    ]
    assert outcomes[3].state == "deferred"
    (request,) = requests
    assert request.headers["Authorization"] == "Bearer s3cret"
    first = json.loads(request.content)["messages"][0]
    assert first == {
        "key": "e2:n:1", "from": "shop@mail.example", "from_name": "The Shop", "to": "ann2@example.com", "to_name": "",
        "subject": "Hello", "html": "<p>Hi</p>", "text": "Hi", "headers": {"X-A": "1"},
    }  # fmt: skip


async def test_a_repeated_request_has_the_same_key() -> None:
    keys: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        keys.append(request.headers["Idempotency-Key"])
        return httpx.Response(200, json={"results": []})

    provider = gateway(answer)
    await provider.send([mail(2), mail(3)])
    await provider.send([mail(2), mail(3)])
    await provider.send([mail(2)])
    assert keys[0] == keys[1] != keys[2]


@pytest.mark.parametrize(
    ("response", "error"),
    [
        (httpx.Response(401, text="who are you"), ProviderRefused),
        (httpx.Response(400, text="what"), ProviderRefused),
        (httpx.Response(302, headers={"Location": "http://elsewhere.example"}), ProviderRefused),
        (httpx.Response(429, headers={"Retry-After": "7"}), ProviderBusy),
        (httpx.Response(429), ProviderBusy),
        (httpx.Response(503, headers={"Retry-After": "Wed, 01 Jan 2020 00:00:00 GMT"}), ProviderBusy),
        (httpx.Response(500, headers={"Retry-After": "soon"}), ProviderUnavailable),
        (httpx.Response(503), ProviderUnavailable),
        (httpx.Response(200, text="<html>"), ProviderSilent),
    ],
)
async def test_an_answer_for_the_whole_request_is_one_error(response: httpx.Response, error: type[Exception]) -> None:
    with pytest.raises(error) as caught:
        await gateway(lambda _: response).send([mail()])
    if "Retry-After" in response.headers and response.status_code == 429:
        assert getattr(caught.value, "retry_after_seconds", None) == 7


@pytest.mark.parametrize(
    ("failure", "error"),
    [
        (httpx.ConnectError("refused"), ProviderUnavailable),
        (httpx.ConnectTimeout("slow"), ProviderUnavailable),
        (httpx.ReadTimeout("silent"), ProviderSilent),
        (httpx.RemoteProtocolError("dropped"), ProviderSilent),
    ],
)
async def test_silence_after_the_request_left_is_told_from_no_connection(
    failure: Exception, error: type[Exception]
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise failure

    with pytest.raises(error):
        await gateway(answer).send([mail()])
