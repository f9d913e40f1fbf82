from scheduling.outreach.services.claiming import BATCH, claim
from scheduling.outreach.services.delivery import deliver
from scheduling.outreach.services.planning import plan
from scheduling.outreach.services.retrying import retry

__all__ = ["BATCH", "claim", "deliver", "plan", "retry"]
