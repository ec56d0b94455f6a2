"""Mail servers that behave and misbehave, inside the test's own event loop."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Handle = Callable[[SMTP, Envelope], Awaitable[str]]


class MailServer:
    """Keeps what it accepts; `on_rcpt` and `on_data` may answer otherwise."""

    def __init__(self, on_rcpt: Handle | None = None, on_data: Handle | None = None) -> None:
        self.accepted: list[Envelope] = []
        self.sessions: set[int] = set()
        self._on_rcpt, self._on_data = on_rcpt, on_data

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return await self._on_rcpt(server, envelope) if self._on_rcpt else "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.sessions.add(id(session))
        answer = await self._on_data(server, envelope) if self._on_data else "250 OK: queued as Q-1"
        if answer.startswith("2"):
            self.accepted.append(envelope)
        return answer


@asynccontextmanager
async def serve(
    handler: Any, implicit_tls: ssl.SSLContext | None = None, *, port: int = 0, **options: Any
) -> AsyncIterator[int]:
    """Serve SMTP on a port, a free one unless it is named."""
    sessions: list[SMTP] = []

    def session() -> SMTP:
        sessions.append(SMTP(handler, enable_SMTPUTF8=False, **options))
        return sessions[-1]

    server = await asyncio.get_running_loop().create_server(session, "127.0.0.1", port, ssl=implicit_tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for each in sessions:
            hang_up(each)


def hang_up(session: SMTP) -> None:
    """Drop the connection without a word."""
    if isinstance(session.transport, asyncio.Transport):
        session.transport.abort()


def sign_in(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword) -> AuthResult:
    """Accept one user."""
    accepted = (data.login, data.password) == (b"shop", b"right")
    return AuthResult(success=accepted, handled=accepted)


def make_certificate(folder: Path) -> tuple[ssl.SSLContext, str]:
    """Return a server's context with a certificate of its own, and the file that makes clients trust it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate_file, key_file = folder / "cert.pem", folder / "key.pem"
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate_file, key_file)
    return context, str(certificate_file)
