"""What is wrong with the reviews, said so that a learner can fix it."""

REMEDY = (
    "Download the published archive with: lstm-course data --fetch, "
    "or import a whole copy with: lstm-course data --from PATH"
)


class DataError(RuntimeError):
    """The reviews are missing, broken or not what they should be; the message says which line fixes it."""


class MissingFolderError(DataError):
    """The archive or folder lacks one of the folders that were asked for, or that folder is empty."""
