"""The pages of the desk that axe-core looks at in the scripted day; ``{order}`` is Tom's."""

from __future__ import annotations

DESK_PAGES = (
    "/desk/",
    "/desk/orders/",
    "/desk/orders/{order}/",
    "/desk/payments/",
    "/desk/payments/{order}/",
    "/desk/payments/terms/",
    "/desk/customers/",
    "/desk/designs/",
    "/desk/wishes/",
    "/desk/demand/",
    "/desk/products/",
    "/desk/products/replacement-knob/",
    "/desk/products/new/",
    "/desk/products/commons/",
    "/desk/makers/",
    "/desk/makers/ines/presence/",
    "/desk/machines/",
    "/desk/machines/ines-1/settings/",
    "/desk/machines/ines-1/connection/",
    "/desk/grow/",
    "/desk/law/",
    "/desk/people/",
    "/desk/people/?email=tom@example.org",
    "/desk/data/",
    "/desk/settings/",
    "/know-how/",
)
