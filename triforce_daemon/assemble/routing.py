"""What finds an answer to a request."""

from random import Random

from triforce_daemon.assemble.ground import Ground
from triforce_daemon.assemble.models import Models
from triforce_daemon.dialects.all import by_name
from triforce_daemon.providers.upstream import Upstream
from triforce_daemon.runtime.afterwards import Afterwards
from triforce_daemon.services.chat_router import ChatRouter
from triforce_daemon.services.ledger import Ledger
from triforce_daemon.services.quota import Quota
from triforce_daemon.services.routing.attempts import Attempts
from triforce_daemon.services.routing.budget import Budget
from triforce_daemon.services.routing.choice import Choice
from triforce_daemon.services.routing.hedging import Hedging


def router(ground: Ground, models: Models, ledger: Ledger, quota: Quota) -> ChatRouter:
    random, settings, health, clock = Random(), ground.settings.routing, models.health, ground.clock
    attempts = Attempts(health, Budget(settings.retry_budget), settings, clock, random)
    hedging = Hedging(attempts, health, Budget(settings.hedge_budget, begins=0), ground.tasks, clock)
    afterwards = Afterwards()
    ground.world.closing.append(afterwards.close)
    return ChatRouter(
        registry=models.registry,
        upstream=Upstream(ground.world.outbound, ground.settings.upstream, clock),
        dialects=by_name(),
        ledger=ledger,
        quota=quota,
        health=health,
        choice=Choice(health, random),
        attempts=attempts,
        hedging=hedging,
        prices=models.prices,
        clock=clock,
        afterwards=afterwards,
    )
