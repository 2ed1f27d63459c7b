"""The sandbox's refusals, as the contract's problem codes with a sentence a citizen may read."""

STATUS = {
    "bad-request": 400,
    "bad-signature": 401,
    "clock-skew": 401,
    "replayed": 401,
    "wrong-secret": 403,
    "forbidden": 403,
    "code-expired": 403,
    "not-eligible": 403,
    "not-found": 404,
    "in-flight": 409,
    "key-reused": 409,
    "no-such-time": 409,
    "over-limit": 422,
    "locked": 423,
    "too-soon": 429,
    "unavailable": 503,
}


class Problem(Exception):
    """Refused: `code` as in the contract, `detail` for the citizen, `retry_after` in seconds."""

    def __init__(self, code: str, detail: str = "", retry_after: int = 0) -> None:
        super().__init__(code)
        self.code, self.detail, self.retry_after = code, detail, retry_after

    @property
    def status(self) -> int:
        """The HTTP status of this code."""
        return STATUS[self.code]
