"""Signatures: known vectors, and every way of bending a signed request."""

import hashlib
import hmac

import pytest
from gmssl import func, sm3

from actions.business.signing import CLOCK_SKEW, Algorithm, Signer, Verifier, signature

NOW = 1_700_000_000.0
SECRET = b"key"
TARGET, BODY = "/v1/persons/p1/account?KSNY=202601", b'{"a": "\xe4\xb8\xad"}'


class Clock:
    now = NOW

    def __call__(self) -> float:
        return self.now


def pair(algorithm: Algorithm = Algorithm.SHA256) -> tuple[Signer, Verifier, Clock]:
    clock = Clock()
    signer = Signer(app="jiajia", secret=SECRET, now=clock, algorithm=algorithm)
    return signer, Verifier(secrets_by_app={"jiajia": SECRET, "other": b"another"}, now=clock), clock


def test_the_five_lines_are_signed_as_the_contract_says():
    text = f"POST\n{TARGET}\n1700000000\nnonce-of-16-chars\n{hashlib.sha256(BODY).hexdigest()}"

    made = signature(SECRET, Algorithm.SHA256, "POST", TARGET, "1700000000", "nonce-of-16-chars", BODY)

    assert made == hmac.new(SECRET, text.encode(), hashlib.sha256).hexdigest()


def test_sm3_is_the_one_of_the_standard():
    """GM/T 0004-2012, example 1."""
    assert (
        sm3.sm3_hash(func.bytes_to_list(b"abc")) == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    )


@pytest.mark.parametrize("length", [3, 64, 65, 200])
def test_hmac_sm3_agrees_with_hmac_over_an_independent_sm3(length):
    secret = bytes(range(length % 256)) or b"k"
    made = signature(secret, Algorithm.SM3, "GET", "/x", "1", "n" * 16, b"")
    text = f"GET\n/x\n1\n{'n' * 16}\n{hashlib.new('sm3', b'').hexdigest()}".encode()

    assert made == hmac.new(secret, text, lambda data=b"": hashlib.new("sm3", data)).hexdigest()


@pytest.mark.parametrize("algorithm", Algorithm)
def test_a_signed_request_is_accepted_and_never_signed_alike(algorithm):
    signer, verifier, _ = pair(algorithm)
    headers, again = signer.headers("POST", TARGET, BODY), signer.headers("POST", TARGET, BODY)

    assert verifier.problem(headers, "POST", TARGET, BODY) == verifier.problem(again, "POST", TARGET, BODY) == ""
    assert (headers["X-Nonce"], headers["X-Signature"]) != (again["X-Nonce"], again["X-Signature"])


@pytest.mark.parametrize(
    ("method", "target", "body", "changed"),
    [
        ("GET", TARGET, BODY, {}),
        ("POST", TARGET.replace("p1", "p2"), BODY, {}),
        ("POST", TARGET + "&x=1", BODY, {}),
        ("POST", TARGET.split("?")[0], BODY, {}),
        ("POST", TARGET, BODY + b" ", {}),
        ("POST", TARGET, b"", {}),
        ("POST", TARGET, BODY, {"X-App": "other"}),
        ("POST", TARGET, BODY, {"X-App": "nobody"}),
        ("POST", TARGET, BODY, {"X-Nonce": "another-nonce-of-some-length"}),
        ("POST", TARGET, BODY, {"X-Nonce": "short"}),
        ("POST", TARGET, BODY, {"X-Timestamp": str(int(NOW) + 1)}),
        ("POST", TARGET, BODY, {"X-Timestamp": "1e9"}),
        ("POST", TARGET, BODY, {"X-Timestamp": "9" * 5000}),
        ("POST", TARGET, BODY, {"X-Timestamp": "１７０００００００００"}),
        ("POST", TARGET, BODY, {"X-Algorithm": "none"}),
        ("POST", TARGET, BODY, {"X-Algorithm": "hmac-sm3"}),
        ("POST", TARGET, BODY, {"X-Signature": ""}),
        ("POST", TARGET, BODY, {"X-Signature": "\udcff"}),
        ("POST", TARGET + "\udcff", BODY, {}),
    ],
)
def test_a_bent_request_is_refused(method, target, body, changed):
    signer, verifier, _ = pair()
    headers = signer.headers("POST", TARGET, BODY)

    assert verifier.problem(headers | changed, method, target, body) == "bad-signature"
    assert verifier.problem(headers, "POST", TARGET, BODY) == ""


@pytest.mark.parametrize("name", ["X-App", "X-Timestamp", "X-Nonce", "X-Signature"])
def test_a_missing_header_is_refused(name):
    signer, verifier, _ = pair()
    headers = signer.headers("GET", TARGET, b"")
    del headers[name]

    assert verifier.problem(headers, "GET", TARGET, b"") == "bad-signature"


@pytest.mark.parametrize("seconds", [CLOCK_SKEW + 1, -CLOCK_SKEW - 1])
def test_a_clock_that_is_off_is_refused(seconds):
    signer, verifier, clock = pair()
    headers = signer.headers("GET", TARGET, b"")
    clock.now += seconds

    assert verifier.problem(headers, "GET", TARGET, b"") == "clock-skew"
