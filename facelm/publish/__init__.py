"""Publishing: a finished run as a folder that others load, and on the hub."""

from facelm.publish.export import export

__all__ = ["export"]
