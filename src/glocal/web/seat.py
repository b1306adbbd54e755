"""Pages that the owner opens at the desk and a maker by their link: one view, two doors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.decorators.cache import never_cache

from glocal.shop.access import Actor
from glocal.shop.makers.links import access_maker, actor_of
from glocal.shop.makers.models import Maker
from glocal.web.desk_nav import navigation
from glocal.web.guard import actor_of_request, open_to, owner_only
from glocal.web.page import page


@dataclass(frozen=True)
class Seat:
    """Who looks at a page, and from where.

    Parameters
    ----------
    link : str
        The maker's own link; empty for the owner at the desk.
    """

    actor: Actor
    maker: Maker | None = None
    link: str = ""

    @cached_property
    def base(self) -> str:
        """The frame of the page."""
        return "web/maker_base.html" if self.link else "web/desk/base.html"

    @cached_property
    def home(self) -> str:
        """Where the machines are listed."""
        return reverse("maker", args=[self.link]) if self.link else reverse("desk-machines")

    def url(self, name: str, *arguments: Any) -> str:
        """Return the address of a page of this seat: ``machine-connection`` is the maker's or the desk's."""
        if self.link:
            return reverse(f"maker-{name}", args=[self.link, *arguments])
        return reverse(f"desk-{name}", args=arguments)

    def page(self, request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        """Render ``web/<template>`` in the frame of this seat."""
        frame = {"seat": self} if self.link else {"seat": self, "desk_nav": navigation(request.path)}
        return page(request, template, {**frame, **context}, status=status)


SeatedView = Callable[..., HttpResponse]
Doors = tuple[Callable[..., Any], Callable[..., Any]]


def doors(view: SeatedView) -> Doors:
    """Return the view as a maker opens it by a link, and as the owner does at the desk."""

    def by_link(request: HttpRequest, link: str, **named: Any) -> HttpResponse:
        maker = access_maker(link)
        return view(request, Seat(actor_of(maker), maker, link), **named)

    def at_desk(request: HttpRequest, **named: Any) -> HttpResponse:
        return view(request, Seat(actor_of_request(request)), **named)

    return open_to("link")(never_cache(by_link)), owner_only(at_desk)
