"""Starting the server; nothing heavy is imported before the port is known to be free."""

from __future__ import annotations

import os
import socket

from facelm._io import say
from facelm.errors import InputError, choose
from facelm.serve.courtesy import SENSITIVE, Sensitive

KEY_VARIABLE = "FACELM_API_KEY"
_HOME_ONLY = ("127.0.0.1", "localhost", "::1")


def serve(
    model_name: str,
    host: str = "127.0.0.1",
    port: int = 8000,
    sensitive: Sensitive = "hedge",
    seed: int = 0,
) -> None:
    """Load a model and serve it until interrupted.

    Args:
        model_name: as `facelm.models.load_model` takes it.
        host: address to bind; anything but this machine's own needs FACELM_API_KEY.
        port: TCP port.
        sensitive: see `facelm.serve.courteous`.
        seed: sets torch's generator; answers are greedy and do not depend on it.

    Raises:
        InputError: no such model, the port is taken, or an open address without a key.
        MissingError: the model's weights cannot be had here.
    """
    choose("way with sensitive questions", sensitive, SENSITIVE)
    if host not in _HOME_ONLY and not os.environ.get(KEY_VARIABLE):
        raise InputError(
            f"Serving on {host} lets other machines in: set {KEY_VARIABLE} to a key of your own, "
            "or leave --host away."
        )
    with _bound(host, port) as listening:
        import torch
        import uvicorn

        from facelm.models import load_model
        from facelm.serve.app import create_app

        torch.manual_seed(seed)
        app = create_app(load_model(model_name), sensitive)
        name = f"[{host}]" if ":" in host else host
        where = f"http://{name}:{listening.getsockname()[1]}"
        say(f"{model_name} answers on {where} (a page for people, {where}/v1 for programs).")
        config = uvicorn.Config(app, log_level="warning", access_log=False)
        uvicorn.Server(config).run(sockets=[listening])


def _bound(host: str, port: int) -> socket.socket:
    """Take the port before the model is loaded, so that a busy one is known at once."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except (OSError, OverflowError) as error:
        listening.close()
        raise InputError(
            f"The server cannot listen on {host} port {port} ({error}): choose another --port."
        ) from error
    return listening
