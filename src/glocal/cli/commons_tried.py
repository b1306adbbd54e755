"""``glocal commons tried``: say which of the network's answers were tried on a print."""

from __future__ import annotations

import uuid

import click

from glocal.cli.output import json_option, print_result
from glocal.cli.own_shop import need_shop


@click.command()
@click.argument("job", type=click.UUID)
@click.argument("answers", nargs=-1, metavar="[ANSWER]...")
@json_option
def tried(job: uuid.UUID, answers: tuple[str, ...], as_json: bool) -> None:
    """Say that ANSWERs (ids, as 'ask --json' tells them) were tried on the print JOB; none takes it back.

    The print's outcome speaks for or against them when it is shared: nobody votes.
    """
    need_shop()
    from glocal.shop.commons.tried import say_tried
    from glocal.shop.errors import NotFound
    from glocal.shop.jobs.models import Job

    if not Job.objects.filter(id=job).exists():
        raise NotFound(f"There is no job {job}.", help="Its address is on the page where its outcome is said.")
    noted = say_tried(job, answers)
    shared = noted.shared.exists()
    result = {"job": str(job), "tried": noted.tried, "corrects": shared}
    count = len(noted.tried)
    many = "1 answer was" if count == 1 else f"{count or 'No'} answers were"
    words = f"{many} tried on this print. "
    when = (
        "What was shared of it is corrected within some days." if shared else "It is said when the outcome is shared."
    )
    print_result(result, as_json=as_json, text=words + when)
