"""How a whole request to a provider can fail: for good, for now, or without our knowing."""

from journeys.errors import SojournError


class ProviderError(SojournError):
    """A request to a provider failed as a whole."""

    status, title = 502, "The provider failed"


class ProviderRefused(ProviderError):
    """The provider will never take this: wrong credentials, unknown host, a request it cannot read."""

    title = "The provider refused"


class ProviderUnavailable(ProviderError):
    """The provider took nothing of this request and may take it later."""

    title = "The provider is unavailable"

    def __init__(self, detail: str, retry_after_seconds: float | None = None) -> None:
        super().__init__(detail)
        self.retry_after_seconds = retry_after_seconds


class ProviderBusy(ProviderUnavailable):
    """The provider wants no request of this connection for a while."""

    title = "The provider wants a rest"


class ProviderSilent(ProviderError):
    """The request left and no answer came: any of its mails may have been taken."""

    title = "The provider did not answer"
