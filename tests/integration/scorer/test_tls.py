"""TLS with a certificate made for the test."""

import datetime
from ipaddress import IPv4Address
from pathlib import Path

import grpc
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from fraud.client import ScorerClient
from tests.integration.scorer.conftest import StartScorer
from tests.unit.scorer.support import payment


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A self-signed certificate for 127.0.0.1 and its key, as PEM files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "scorer")])
    now = datetime.datetime.now(datetime.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    paths = tmp_path / "scorer.crt", tmp_path / "scorer.key"
    paths[0].write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return paths


def test_only_a_client_that_trusts_the_certificate_gets_in(
    start: StartScorer, certificate: tuple[Path, Path]
) -> None:
    service = start(tls_certificate=certificate[0], tls_key=certificate[1])
    target, roots = f"127.0.0.1:{service.port}", certificate[0].read_bytes()
    with ScorerClient(target, tls_roots=roots) as client:
        assert client.score(payment("t1"), timeout=5).transaction_id == "t1"
    with ScorerClient(target, attempts=1) as client:
        with pytest.raises(grpc.RpcError) as caught:
            client.score(payment("t2"))
        assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
