"""How a channel's code says no: raised by `send` and `run`, answered and acted upon by the SDK."""


class Verdict(Exception):
    """What is known of something that did not work. `reason` is a sentence for a person."""

    def __init__(self, reason: str = "") -> None:
        super().__init__(reason)
        self.reason = reason


class Retry(Verdict):
    """Not now, and certainly not sent. The same message comes again after so many seconds."""

    def __init__(self, reason: str, after: float = 5.0) -> None:
        super().__init__(reason)
        self.after = after


class Rejected(Verdict):
    """It will never be delivered like this, and was not. `code` is the channel's own."""

    def __init__(self, reason: str, code: str = "") -> None:
        super().__init__(reason)
        self.code = code


class Unknown(Verdict):
    """It may have been sent or not. `Capabilities.when_unknown` says what happens then."""


class AuthFailed(Verdict):
    """The channel refuses our credentials: the account pauses for a minute and says so."""


class Unavailable(Verdict):
    """The channel cannot be reached or broke off: `run` is started again after a pause."""


class NotNow(Verdict):
    """Nobody could commit it in time: refuse for now (SMTP 451, HTTP 503); it must come again."""
