"""The figures of the server itself, for Prometheus: what was asked and how long it took, open pages, the audit, the data's age."""

import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from tornado.log import access_log
from tornado.web import RequestHandler

from tollbook.account.database import Database
from tollbook.account.people.models import AuditEvent
from tollbook.api.asked import Asked
from tollbook.api.operations import Operation, operation
from tollbook.lake.store import Lake

MEDIA: Final = "text/plain; version=0.0.4; charset=utf-8"
_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_FAILED: Final = 500
_SECRET: Final = re.compile(r"[\w-]{40,}")
"""A part of a path that is as long as the token of a link, which lets in whoever reads it."""

_registry: Final = CollectorRegistry()
_requests: Final = Counter(
    "tollbook_requests", "Requests that were answered.", ("route", "method", "status"), registry=_registry
)
_seconds: Final = Histogram(
    "tollbook_request_seconds",
    "Seconds until a request was answered.",
    ("route",),
    buckets=_BUCKETS,
    registry=_registry,
)
ProcessCollector(registry=_registry)


def note(handler: RequestHandler) -> None:
    """Count an answered request: tornado's `log_function`. What failed here is still said in the log."""
    request = handler.request
    route = getattr(handler, "route", type(handler).__name__)
    method = request.method if request.method in type(handler).SUPPORTED_METHODS else "other"
    _requests.labels(route, method, str(handler.get_status())).inc()
    _seconds.labels(route).observe(request.request_time())
    if handler.get_status() >= _FAILED:
        path = _SECRET.sub("***", request.path)
        access_log.log(logging.ERROR, "%d %s %s", handler.get_status(), request.method, path)


@dataclass
class Events:
    """Rows that the audit has got since the server runs, by action and outcome; what there was before is not counted."""

    _counts: dict[tuple[str, str], int] = field(default_factory=dict)
    _last: int | None = None
    _lock: Lock = field(default_factory=Lock)

    def since(self, db: Database) -> Mapping[tuple[str, str], int]:
        """The counts as of now."""
        with self._lock, db.reading() as session:
            last = session.scalar(select(func.max(AuditEvent.id))) or 0
            if self._last is not None and last > self._last:
                what = AuditEvent.action, AuditEvent.outcome
                new = select(*what, func.count()).where(AuditEvent.id > self._last, AuditEvent.id <= last)
                for action, outcome, count in session.execute(new.group_by(*what)):
                    self._counts[action, outcome] = self._counts.get((action, outcome), 0) + count
            self._last = last
            return dict(self._counts)


_events: Final = Events()


@dataclass(eq=False)
class Figures(Collector):
    """What is looked up at the moment it is asked for."""

    asked: Asked

    def collect(self) -> Iterator[Metric]:
        """Each figure."""
        for name, value in self.asked.server.items():
            yield GaugeMetricFamily(f"tollbook_{name}", _MEANINGS[name], value)
        published = Lake(self.asked.workspace)
        if published.updated_at:
            told = "When the rollups were last brought up to date."
            yield GaugeMetricFamily(
                "tollbook_lake_updated_timestamp_seconds", told, published.updated_at.timestamp()
            )
        stale = len(published.published.stale_days())
        yield GaugeMetricFamily(
            "tollbook_lake_stale_days", "Days whose rollups are behind their calls.", stale
        )
        events = CounterMetricFamily(
            "tollbook_audit_events",
            "Rows of the audit, such as sign-ins and refusals.",
            labels=("action", "outcome"),
        )
        for (action, outcome), count in sorted(_events.since(self.asked.db).items()):
            events.add_metric((action, outcome), count)
        yield events


_MEANINGS: Final = {
    "kernels": "Kernels that run.",
    "sessions": "Sessions of pages that readers have open.",
    "sessions_most": "Sessions that there may be at once.",
    "api_waiting": "Requests of the API that are answered or wait.",
}
"""What the server tells of itself, by the name of its figure."""


@operation("GET", "/metrics", "see", "monitoring", media=MEDIA)
def metrics(asked: Asked) -> bytes:
    """Tell the figures of the server, as Prometheus reads them."""
    now = CollectorRegistry()
    now.register(Figures(asked))
    return generate_latest(_registry) + generate_latest(now)


OPERATIONS: Final[tuple[Operation, ...]] = (metrics,)
