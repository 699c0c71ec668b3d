"""Letting people ask: the use policy, the OpenAI-compatible server and its page.

Knows nothing of training or benchmarks.
"""

from facelm.serve.courtesy import SENSITIVE, Sensitive, courteous, kind_of

__all__ = ["SENSITIVE", "Sensitive", "courteous", "kind_of"]
