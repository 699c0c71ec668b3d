"""Letting people ask: the use policy, the OpenAI-compatible server and its page.

Knows nothing of training or benchmarks. `facelm.serve.app.create_app` builds the application.
"""

from facelm.serve._run import serve
from facelm.serve.courtesy import SENSITIVE, Sensitive, courteous, courteous_stream, kind_of

__all__ = ["SENSITIVE", "Sensitive", "courteous", "courteous_stream", "kind_of", "serve"]
