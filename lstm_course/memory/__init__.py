"""Tasks that need a memory over a known lag, and the races of small networks on them."""

__all__ = ["sweeps", "tasks"]
