"""What the forms of plans send."""

from scheduling.outreach.models import CheckInPlan

EVERY_DAY = {day: [["06:00", "23:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


def step_rows(*rows: dict[str, str], stored: int) -> dict[str, str]:
    form = {"step-TOTAL_FORMS": str(len(rows)), "step-INITIAL_FORMS": str(stored)}
    for number, row in enumerate(rows):
        form |= {f"step-{number}-{name}": value for name, value in row.items()}
    return form


def edited(plan: CheckInPlan, *more: dict[str, str], frequency: str = "weekly", **values: str) -> dict[str, str]:
    """The form as it is shown, with more steps, and other values."""
    rows = [
        {
            "weekday": str(step.weekday),
            "at_wall": f"{step.at_wall:%H:%M}",
            "purpose": step.purpose,
            "channel": step.channel,
            "on_day_off": step.on_day_off,
        }
        for step in plan.steps.all()
    ]
    contacts = {f"contact-{enrolment.contact_id}": frequency for enrolment in plan.enrolments.all()}
    terms = {"account_manager": str(plan.account_manager_id), "quiet_days": "2"}
    return {**step_rows(*rows, *more, stored=len(rows)), **contacts, **terms, **values}
