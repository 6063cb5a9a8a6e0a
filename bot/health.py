"""`/healthz` and `/metrics`: how this process is, for a monitor. 200 while all is well, 503 when something isn't."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.metrics import Metrics
from bot.vital_signs import Pulse

PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


def health_routes(pulse: Pulse, metrics: Metrics) -> list[BaseRoute]:
    async def healthz(_: Request) -> Response:
        signs = await pulse.signs()
        troubles = signs.troubles()
        body = {"status": "ill" if troubles else "ok", "troubles": troubles, **signs.to_json()}
        return JSONResponse(body, status_code=503 if troubles else 200)

    async def scrape(_: Request) -> Response:
        return Response(metrics.text(await pulse.signs()), media_type=PROMETHEUS)

    return [Route("/healthz", healthz), Route("/metrics", scrape)]
