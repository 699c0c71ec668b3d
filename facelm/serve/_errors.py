"""Errors as OpenAI's clients expect them: one sentence in a JSON object."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from facelm.errors import FacelmError, InputError

BROKE_OFF = "The model broke off: see the server's own messages for the reason."
_KINDS = {401: "authentication_error"}


def error_reply(status: int, message: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """An error in OpenAI's shape."""
    kind = _KINDS.get(status, "server_error" if status >= 500 else "invalid_request_error")
    body = {"error": {"message": message, "type": kind, "param": None, "code": None}}
    return JSONResponse(body, status, headers)


def add_errors(app: FastAPI) -> None:
    """Answer every error with one sentence in OpenAI's shape."""

    @app.exception_handler(FacelmError)
    async def ours(_: Request, error: FacelmError) -> Response:
        return error_reply(400 if isinstance(error, InputError) else 500, str(error))

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> Response:
        return error_reply(422, _why_invalid(error))

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        return error_reply(error.status_code, f"{request.url.path}: {error.detail}.")

    @app.exception_handler(Exception)
    async def other(_: Request, error: Exception) -> Response:
        return error_reply(500, BROKE_OFF)


def _why_invalid(error: RequestValidationError) -> str:
    """Where and why, without what was sent: a request's text and pictures stay unrepeated."""
    reasons = []
    for one in error.errors()[:3]:
        # Pydantic names union branches in the path too; keep what stands in the request.
        where = [str(p) for p in one["loc"][1:] if str(p).replace("_", "").isalnum() and p != "str"]
        reasons.append(f"{'.'.join(where) or 'body'}: {one['msg'][:120]}")
    return f"The request cannot be used ({'; '.join(reasons)})."
