"""Keeps the extra requests to a share of the wanted ones, so that a failing upstream is not hit harder by us."""


class Budget:
    """A bucket for each upstream: a wanted request puts `share` of a token in, an extra one takes a token out."""

    def __init__(self, share: float, reserve: float = 10) -> None:
        """`reserve`: what an upstream that was hardly asked yet has, and the most that a bucket holds."""
        self.share = share
        self._reserve = reserve
        self._tokens: dict[str, float] = {}

    def wanted(self, upstream: str) -> None:
        self._tokens[upstream] = min(self._reserve, self._tokens.get(upstream, self._reserve) + self.share)

    def take(self, upstream: str) -> bool:
        """Whether an extra request may be sent."""
        left = self._tokens.get(upstream, self._reserve)
        if left < 1:
            return False
        self._tokens[upstream] = left - 1
        return True
