"""Posts mails as JSON to a gateway that keeps our keys, so that an unclear request may simply be repeated.

Request: `POST url` with `{"messages": [{"key", "from", "from_name", "to", "to_name", "subject", "html", "text",
"headers"}]}` and an `Idempotency-Key` for the whole. Answer: 200 with `{"results": [{"key", "state", "id", "reason"}]}`,
`state` being `sent`, `failed` or `deferred`.
"""

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any, Literal

import httpx
import orjson
from pydantic import AnyHttpUrl, BaseModel, Field, SecretStr, ValidationError

from journeys.connectors.base import EarlierAttempt, Mail, Outcome, SentQuery
from journeys.connectors.config import MailConfig
from journeys.connectors.errors import ProviderBusy, ProviderRefused, ProviderSilent, ProviderUnavailable
from journeys.connectors.outside import read_at_most, seconds_until

_ANSWER_LIMIT = 4_000_000
_TEMPORARY = frozenset((408, 425, 500, 502, 503, 504))
_REST_SECONDS = 1.0
"""How long a gateway is left alone that answers 429 without saying how long."""


class HttpMailConfig(MailConfig):
    """Where the gateway is and what lets us in."""

    url: AnyHttpUrl = Field(title="URL", description="Mails are posted here as JSON.")
    secret: SecretStr | None = Field(None, title="Secret", description="Sent as a bearer token.")


class _Result(BaseModel):
    key: str
    state: Literal["sent", "failed", "deferred"]
    id: str | None = None
    reason: str | None = None


class _Answer(BaseModel):
    results: list[_Result]


class HttpMailProvider:
    """One request takes up to 1,000 mails and answers for each."""

    name = "http_mail"
    max_per_request = 1_000
    honours_keys = True
    timeout_seconds = 35.0

    def __init__(self, config: HttpMailConfig, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._url = str(config.url)
        headers = {"Content-Type": "application/json", "Accept-Encoding": "identity"}
        if config.secret:
            headers["Authorization"] = f"Bearer {config.secret.get_secret_value()}"
        self._client = httpx.AsyncClient(
            headers=headers, timeout=httpx.Timeout(30, connect=5), transport=transport, trust_env=False
        )

    async def send(self, mails: Sequence[Mail]) -> list[Outcome]:
        """Post mails and return what the gateway says of each."""
        results = {result.key: result for result in await self._post([_as_json(mail) for mail in mails])}
        return [_outcome(results.get(mail.key)) for mail in mails]

    async def find_sent(self, mails: Sequence[SentQuery]) -> dict[str, EarlierAttempt]:
        """Tell nothing: repeating the request is how one asks."""
        return {}

    async def check(self) -> None:
        """Post no mails."""
        await self._post([])

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _post(self, messages: Sequence[Mapping[str, Any]]) -> list[_Result]:
        body = orjson.dumps({"messages": messages})
        keys = "\n".join(message["key"] for message in messages)
        headers = {"Idempotency-Key": blake2b(keys.encode(), digest_size=16).hexdigest()}
        try:
            async with self._client.stream("POST", self._url, content=body, headers=headers) as response:
                answer = await read_at_most(response, _ANSWER_LIMIT)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise ProviderUnavailable(f"the gateway cannot be reached: {error or type(error).__name__}") from error
        except httpx.HTTPError as error:
            raise ProviderSilent(f"the gateway did not answer: {error or type(error).__name__}") from error
        _raise_for_status(response, answer or b"")
        if answer is None:
            raise ProviderSilent("the gateway's answer is too long or compressed")
        try:
            return _Answer.model_validate_json(answer).results
        except ValidationError as error:
            raise ProviderSilent("the gateway's answer cannot be read") from error


def _raise_for_status(response: httpx.Response, answer: bytes) -> None:
    status = response.status_code
    after = seconds_until(response.headers.get("Retry-After", ""))
    if status == 429 or (status == 503 and after is not None):
        raise ProviderBusy(f"the gateway answered {status}", _REST_SECONDS if after is None else after)
    if status in _TEMPORARY:
        raise ProviderUnavailable(f"the gateway answered {status}", after)
    if not response.is_success:
        raise ProviderRefused(f"the gateway answered {status}: {answer[:200].decode(errors='replace')}")


def _as_json(mail: Mail) -> dict[str, Any]:
    return {
        "key": mail.key,
        "from": mail.sender,
        "from_name": mail.sender_name,
        "to": mail.to,
        "to_name": mail.to_name,
        "subject": mail.subject,
        "html": mail.html,
        "text": mail.text,
        "headers": dict(mail.headers),
    }


def _outcome(result: _Result | None) -> Outcome:
    if result is None:
        return Outcome("deferred", reason="the gateway's answer did not name this mail")
    return Outcome(result.state, result.id, result.reason)
