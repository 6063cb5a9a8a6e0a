"""What this process counts, for Prometheus: numbers and names of ours, nothing of people."""

import math

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

from bot import VERSION
from bot.outcomes import Outcome
from bot.vital_signs import VitalSigns

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Metrics:
    """Lives as long as the process, in a registry of its own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._updates = Counter("lianxin_updates_stored", "Updates committed to the inbox", registry=self._registry)
        self._letters = Counter("lianxin_letters", "Letters the desk took", ["outcome"], registry=self._registry)
        self._seconds = Histogram(
            "lianxin_letter_seconds", "From taking a letter to its commit", buckets=SECONDS, registry=self._registry
        )
        self._messages = Counter(
            "lianxin_attempts", "Attempts to send, by what became of them", ["outcome"], registry=self._registry
        )
        self._heartbeats = self._gauge("heartbeat_age_seconds", "Since a loop's last sign of life", "loop")
        self._leases = self._gauge("lease_held", "1 where this process does what only one may do", "lease")
        self._waiting = self._gauge("waiting", "In the database, all processes together", "what")
        self._oldest = self._gauge("oldest_seconds", "Age of the oldest that could be dealt with now", "what")
        self._fetched = self._gauge("last_fetch_age_seconds", "Since Telegram last gave an answer or an update")
        self._polling = self._gauge("polling_seconds", "Since this process began to poll; NaN: it doesn't")
        self._untold = self._gauge("webhook_untold_seconds", "Since the webhook can't be set; NaN: it is set")
        self._database = self._gauge("database_reachable", "1 or 0")
        self._gauge("build_info", "1", "version").labels(VERSION).set(1)

    def stored(self, updates: int) -> None:
        self._updates.inc(updates)

    def took(self, outcome: str, seconds: float) -> None:
        """A letter: handled, failed, or elsewhere where another process had its chat."""
        self._letters.labels(outcome).inc()
        if outcome == "handled":
            self._seconds.observe(seconds)

    def attempted(self, outcome: Outcome) -> None:
        self._messages.labels(type(outcome).__name__.lower()).inc()

    def text(self, signs: VitalSigns) -> bytes:
        """In Prometheus's form."""
        for loop, age in signs.loops.items():
            self._heartbeats.labels(loop).set(age)
        for lease, is_held in signs.leases.items():
            self._leases.labels(lease).set(is_held)
        for what, number in signs.waiting.items():
            self._waiting.labels(what).set(number)
        for what, age in signs.oldest.items():
            self._oldest.labels(what).set(age)
        ages = ((self._fetched, signs.fetched), (self._polling, signs.polling), (self._untold, signs.untold))
        for gauge, seconds in ages:
            gauge.set(math.nan if seconds is None else seconds)
        self._database.set(signs.is_database_reachable)
        return generate_latest(self._registry)

    def _gauge(self, name: str, about: str, *labels: str) -> Gauge:
        return Gauge(f"lianxin_{name}", about, labels, registry=self._registry)
