"""How much to compute (``profile``), and where to keep what is made (``paths``)."""

__all__ = ["paths", "profile"]
