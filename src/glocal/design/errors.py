"""What can go wrong in the design room, each with a code, a sentence for a person and what would help."""

from __future__ import annotations

from typing import Any, ClassVar

from glocal.errors import BadInput, CannotBeMade, GlocalError, OutsidePartFailed


class DesignError(GlocalError):
    """The root of every error of the design room."""

    code = "design_error"


class PackageInvalid(DesignError, BadInput):
    """A template package (its manifest, its files) is not what it must be."""

    code = "package_invalid"


class ParameterError(DesignError, BadInput):
    """A value for a parameter cannot be used; ``data`` names the parameter and what is allowed."""

    code = "parameter_invalid"


class UnknownParameter(ParameterError):
    """The design has no parameter of this name."""

    code = "parameter_unknown"


class WrongType(ParameterError):
    """The value is not of the parameter's type."""

    code = "parameter_wrong_type"


class OutOfRange(ParameterError):
    """The number lies outside the parameter's range."""

    code = "parameter_out_of_range"


class NotAnOption(ParameterError):
    """The value is none of the parameter's options."""

    code = "parameter_not_an_option"


class TextNotAllowed(ParameterError):
    """The text is too long or holds characters that cannot be made."""

    code = "parameter_text_not_allowed"


class ConstraintViolated(ParameterError):
    """The values do not go together."""

    code = "parameter_constraint"


class DesignFailed(DesignError, BadInput):
    """The design's program has a mistake; the designer's tool says which."""

    code = "design_failed"


class DesignRefused(DesignError, CannotBeMade):
    """The design itself says that these values cannot be made (an ``assert`` of the designer)."""

    code = "design_refused"


class DesignEmpty(DesignError, CannotBeMade):
    """With these values nothing solid is left."""

    code = "design_empty"


class DesignLoops(DesignError, CannotBeMade):
    """The design did not finish in its time."""

    code = "design_loops"


class DesignTooDeep(DesignError, CannotBeMade):
    """The design calls itself without an end."""

    code = "design_too_deep"


class DesignTooBig(DesignError, CannotBeMade):
    """The design needs more memory, or more triangles, than a design may have."""

    code = "design_too_big"


class DesignNotSolid(DesignError, CannotBeMade):
    """The surface of the part does not enclose a volume."""

    code = "design_not_solid"


class SandboxMissing(DesignError, OutsidePartFailed):
    """The programs that keep a stranger's design away from this computer are not there."""

    code = "sandbox_missing"


class EngineMissing(DesignError, OutsidePartFailed):
    """The design engine has not been set up."""

    code = "engine_missing"


class EngineFailed(DesignError, OutsidePartFailed):
    """The design engine stopped in a way that no design should be able to cause."""

    code = "engine_failed"


class MeshFileError(DesignError, BadInput):
    """A mesh file cannot be read as what it claims to be.

    Each kind says what usually helps; whoever raises it may know better.
    """

    code = "mesh_file"
    advice: ClassVar[str] = "Save it again with the program that made it, or send it as STL."

    def __init__(self, message: str, *, help: str = "", **data: Any) -> None:
        super().__init__(message, help=help or self.advice, **data)


class UnknownMeshFormat(MeshFileError):
    """The file is none of STL, OBJ, 3MF, OFF, STEP."""

    code = "mesh_format_unknown"
    advice = "Send it as STL, OBJ, 3MF, OFF or STEP."


class StepNotRead(MeshFileError):
    """A STEP file cannot be read on this computer, or not now."""

    code = "step_not_read"
    advice = "Export it as 3MF."


class MeshFileTooBig(MeshFileError):
    """The file, or what it unpacks to, is larger than we read."""

    code = "mesh_file_too_big"
    advice = "Reduce the number of triangles in the program that made it."


class MeshFileTruncated(MeshFileError):
    """The file ends before its content does."""

    code = "mesh_file_truncated"
    advice = "It was cut off on its way: send it once more."


class MeshFileMalformed(MeshFileError):
    """The file breaks the rules of its format."""

    code = "mesh_file_malformed"


class MeshBadNumber(MeshFileError):
    """A coordinate is no number, or not finite, or absurdly large."""

    code = "mesh_bad_number"


class MeshBadIndex(MeshFileError):
    """A face names a corner that is not in the file."""

    code = "mesh_bad_index"


class MeshEmpty(MeshFileError):
    """The file holds no triangles."""

    code = "mesh_empty"
    advice = "Did you choose the right file, and is the part itself exported?"


class MeshUnsafeArchive(MeshFileError):
    """The archive holds paths or sizes that only an attack needs."""

    code = "mesh_unsafe_archive"


class MeshBreaksStandard(MeshFileError):
    """A file breaks a rule of its format, so that nobody can say what it means."""

    code = "mesh_breaks_standard"


class MeshNeedsExtension(MeshFileError):
    """A file cannot be understood without an extension of its format that is not read."""

    code = "mesh_needs_extension"


class MeshNotRepairable(DesignError, CannotBeMade):
    """A mesh is damaged in a way that only its author can mend."""

    code = "mesh_not_repairable"


class MeshUnsafeXml(MeshFileError):
    """The XML declares entities or document types, which only an attack needs here."""

    code = "mesh_unsafe_xml"
