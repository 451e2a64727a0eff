"""Keeps the extra requests to a share of the wanted ones, so that a failing upstream is not hit harder by us."""


class Budget:
    """A bucket for each upstream: a wanted request puts `share` of a token in, an extra one takes a token out."""

    def __init__(self, share: float, reserve: float = 10, begins: float | None = None) -> None:
        """`reserve`: the most that a bucket holds; it `begins` with as much where nothing else is said."""
        self.share = share
        self._reserve = reserve
        self._begins = reserve if begins is None else begins
        self._tokens: dict[str, float] = {}

    def wanted(self, upstream: str) -> None:
        held = self._tokens.get(upstream, self._begins)
        if held < self._reserve:
            self._tokens[upstream] = min(self._reserve, held + self.share)

    def take(self, upstream: str) -> bool:
        """Whether an extra request may be sent."""
        left = self._tokens.get(upstream, self._begins)
        if left < 1:
            return False
        self._tokens[upstream] = left - 1
        return True
