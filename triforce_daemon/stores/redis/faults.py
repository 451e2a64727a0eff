"""What keeps Redis from doing what it was asked."""


class RedisFault(Exception):
    """Nobody who asks triforce is to blame, and none of them is told: whoever asked Redis answers without it."""


class RedisUnreachable(RedisFault):
    """There is no connection, it broke, or no answer came in time; whether the command was carried out is unknown."""


class RedisRefused(RedisFault):
    """Redis answered with an error: full, read-only, a script forbidden. Nothing was carried out."""

    @property
    def code(self) -> str:
        """Its first word: `NOSCRIPT`, `READONLY`, `OOM`."""
        return str(self).partition(" ")[0]
