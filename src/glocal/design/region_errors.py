"""What cannot be said, read or offered in a region."""

from __future__ import annotations

from glocal.design.errors import DesignError
from glocal.errors import BadInput, CannotBeMade


class RegionUnknown(DesignError, BadInput):
    """The code names no country and no subdivision of ISO 3166."""

    code = "region_unknown"


class RegionSettingWrong(DesignError, BadInput):
    """A setting of the shop for its region is not what it must be; ``data["setting"]`` names it."""

    code = "region_setting_wrong"


class RegionIncomplete(DesignError, CannotBeMade):
    """Something is needed that nobody has said of the region; ``data["setting"]`` names it."""

    code = "region_incomplete"


class LengthUnreadable(DesignError, BadInput):
    """The text is no length."""

    code = "length_unreadable"


class SizeSystemUnknown(DesignError, BadInput):
    """There is no such size system, or it measures something else."""

    code = "size_system_unknown"


class SizeUnknown(DesignError, BadInput):
    """The size system has no such size."""

    code = "size_unknown"


class SizeOutOfRange(DesignError, CannotBeMade):
    """The measure lies outside what the size system names."""

    code = "size_out_of_range"


class EditRefused(DesignError, BadInput):
    """A shop's change to a template cannot be made; ``data["path"]`` names what it would change."""

    code = "edit_refused"


class MergeRefused(DesignError, BadInput):
    """The new template is another design."""

    code = "merge_refused"
