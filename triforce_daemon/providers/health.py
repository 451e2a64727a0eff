"""What the answers have shown of the providers, their models and their keys: measured, never asked for."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from triforce_daemon.errors import KeyRejected, TriforceError, UpstreamLimited
from triforce_daemon.providers.breaker import Breaker, Limits
from triforce_daemon.providers.condition import Condition
from triforce_daemon.providers.credential import Credential
from triforce_daemon.providers.rate_limits import RateLimits
from triforce_daemon.runtime.clock import Clock

#: How much the newest answer counts in a moving average.
WEIGHT = 0.2
#: What is assumed of a model that has not been asked yet, in seconds: better than most, so that it gets its chance.
UNSEEN_FIRST_TOKEN = 0.3
#: Times to the first token that are remembered for a percentile.
SAMPLES = 64
#: From this share of failures on a model counts as degraded.
DEGRADED = 0.25
#: So many models are remembered: callers make up names, and some providers have thousands.
MOST_RECORDS = 4_096
#: How long a key that hit its limit rests where the provider does not say.
REST_SECONDS = 10.0
#: How long a key that was refused is put behind the others, unless it is set anew.
REJECTED_SECONDS = 300.0


@dataclass(slots=True)
class Record:
    """One model at one provider, or a provider as a whole."""

    breaker: Breaker
    first_token: float | None = None
    errors: float = 0.0
    outstanding: int = 0
    #: Seconds to the first token of a stream (True), or to the end of an answer in one piece (False).
    samples: dict[bool, deque[float]] = field(
        default_factory=lambda: {streamed: deque[float](maxlen=SAMPLES) for streamed in (True, False)}
    )
    failure: Condition | None = None

    def began(self, seconds: float, *, streamed: bool) -> None:
        """The first token came after `seconds`, or the whole answer where it is not streamed."""
        self.samples[streamed].append(seconds)
        before = self.first_token
        self.first_token = seconds if before is None else before + WEIGHT * (seconds - before)

    @property
    def telling(self) -> bool:
        """Whether somebody has to know of it: a request is under way, or the last one failed."""
        return self.outstanding > 0 or self.failure is not None

    def percentile(self, share: float, *, streamed: bool) -> float | None:
        """Seconds within which `share` of the answers began; None before there are enough of them to tell."""
        samples = self.samples[streamed]
        if len(samples) < SAMPLES // 4:
            return None
        return sorted(samples)[min(len(samples) - 1, int(share * len(samples)))]


class Records(dict[str, Record]):
    """By the names of providers and models; whoever is asked for is there, and not too many are."""

    def __init__(self, breaker: Callable[[], Breaker]) -> None:
        super().__init__()
        self._breaker = breaker

    def __missing__(self, name: str) -> Record:
        if len(self) >= MOST_RECORDS:
            self._forget_quiet_ones()
        made = self[name] = Record(self._breaker())
        return made

    def _forget_quiet_ones(self) -> None:
        """Half of the records: models that tell of nothing amiss go first, the oldest of them before the others."""
        names = sorted(self, key=lambda name: ("/" not in name, self[name].telling))
        for name in names[: MOST_RECORDS // 2]:
            del self[name]


@dataclass(slots=True)
class KeyRecord:
    """`until` (ticks) is how long the key rests; the condition says why."""

    condition: Condition
    until: float


class Health:
    """Kept in memory: a restart begins with a clean slate."""

    def __init__(self, clock: Clock, limits: Limits | None = None) -> None:
        self._clock = clock
        self._limits = limits or Limits()
        self._records = Records(self._breaker)
        self._keys: dict[tuple[str, Credential], KeyRecord] = {}
        self.rate_limits = RateLimits(clock)

    def take(self, limits: Limits) -> None:
        """The breakers go by these from now on."""
        self._limits = limits
        for record in self._records.values():
            record.breaker.take(limits)

    def first_token_of(self, provider: str) -> float | None:
        """Seconds to the first token at the fastest of its models; None: none has answered yet."""
        records = (record for name, record in self._records.items() if name.startswith(f"{provider}/"))
        return min((record.first_token for record in records if record.first_token is not None), default=None)

    def record(self, name: str) -> Record:
        """Of a provider (`groq`) or of one of its models (`groq/llama-3.3`)."""
        return self._records[name]

    def enter(self, provider: str, model: str) -> bool:
        """Whether a request may be sent there now."""
        whole, part = self._records[provider].breaker, self._records[model].breaker
        if whole.shut_until is None and part.shut_until is None:
            return True
        now = self._clock.ticks()
        # Both are looked at before either is entered: a probe that is not sent must not be used up.
        return not whole.shut(now) and not part.shut(now) and whole.enter(now) and part.enter(now)

    def shut_for(self, provider: str, model: str) -> float:
        """Seconds until somebody is let through again; 0: at once."""
        now = self._clock.ticks()
        ends = [self.record(name).breaker.shut_until or now for name in (provider, model)]
        return max(0.0, max(ends) - now)

    def succeeded(self, provider: str, model: str, credential: Credential) -> None:
        if self._keys:
            self._keys.pop((provider, credential), None)
        for record in (self._records[provider], self._records[model]):
            # Nothing is to be forgotten of who has never failed.
            if record.errors:
                record.breaker.succeeded()
                record.errors *= 1 - WEIGHT
                record.failure = None

    def failed(self, provider: str, model: str, error: TriforceError) -> None:
        """A failure that is the provider's, and no matter of keys. Where nobody answered, all of its models fail."""
        nobody = error.upstream_status is None
        condition = Condition("down", error.message, error.hint, error.upstream_status, self._clock.now_ms())
        for name in (provider, model) if nobody else (model,):
            record = self.record(name)
            record.breaker.failed(self._clock.ticks())
            record.errors += WEIGHT * (1 - record.errors)
            record.failure = condition

    def undecided(self, provider: str, model: str) -> None:
        """An answer that shows neither health nor failure: where it was asked for as a probe, the next one is."""
        for name in (provider, model):
            self.record(name).breaker.undecided(self._clock.ticks())

    def refused(self, provider: str, credential: Credential, error: KeyRejected | UpstreamLimited) -> None:
        """The key was turned down, or has used up its share for now."""
        rejected = isinstance(error, KeyRejected)
        rest = REJECTED_SECONDS if rejected else REST_SECONDS
        if not rejected and error.retry_after_ms is not None:
            rest = error.retry_after_ms / 1_000
        condition = Condition(
            "key-rejected" if rejected else "limited",
            error.message,
            f"`triforce keys set {provider}`" if rejected else "Wait, or add another key.",
            error.upstream_status,
            self._clock.now_ms(),
            until_ms=None if rejected else self._clock.now_ms() + round(rest * 1_000),
        )
        self._keys[provider, credential] = KeyRecord(condition, self._clock.ticks() + rest)

    def forget_keys(self, provider: str) -> None:
        """The provider's keys were changed: what was known of the old ones no longer holds."""
        for key in [key for key in self._keys if key[0] == provider]:
            del self._keys[key]

    def in_turn(self, provider: str, credentials: Sequence[Credential]) -> Sequence[Credential]:
        """The keys in the order in which to try them: those that rest come last, the soonest to be ready first."""
        if not self._keys:
            return credentials
        now = self._clock.ticks()
        return sorted(credentials, key=lambda credential: max(now, self._rests_until(provider, credential)))

    def rests(self, provider: str, credential: Credential) -> KeyRecord | None:
        """Why a key is not to be used now; None where it is."""
        known = self._keys.get((provider, credential))
        return known if known is not None and known.until > self._clock.ticks() else None

    def condition(self, provider: str, model: str | None, credentials: Sequence[Credential]) -> Condition | None:
        """The state of a provider or a model as its answers have shown it; None where they show nothing amiss."""
        resting = [self.rests(provider, credential) for credential in credentials]
        if resting and all(resting):
            return min((known for known in resting if known), key=lambda known: known.until).condition
        for name in (provider, model):
            record = self._records.get(name or "")
            if record is None or record.failure is None:
                continue
            if record.breaker.shut(self._clock.ticks()):
                return record.failure
            if record.errors >= DEGRADED:
                share = f"{record.errors:.0%} of the last requests failed"
                return replace(record.failure, state="degraded", reason=f"{share}; {record.failure.reason}")
        return None

    def _breaker(self) -> Breaker:
        return Breaker(self._limits)

    def _rests_until(self, provider: str, credential: Credential) -> float:
        known = self._keys.get((provider, credential))
        return known.until if known is not None else 0.0
