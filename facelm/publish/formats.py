"""Other programs' formats: what stands in the way, in one sentence.

None of them is written here. llama.cpp's converter is a script of its repository and in no package;
optimum's exporters ask for an older `transformers` than the one facelm is written for
(docs/publishing.md has what was looked up, and when). Both read a merged folder.
"""

from __future__ import annotations

from facelm.errors import MissingError

FORMATS = ("gguf", "onnx", "openvino")

_LLAMA_CPP = {"llava", "gemma3", "qwen3_vl", "smolvlm", "idefics3"}
"""Model types whose words and eyes llama.cpp's converter takes (its `conversion/__init__.py`)."""
_OPENVINO = {"llava", "gemma3", "idefics3", "smolvlm"}
"""Model types among optimum-intel's that facelm trains."""


def refuse(wanted: str, model_type: str, landmarks: bool) -> None:
    """Say why a format cannot be written here, and what can be done.

    Args:
        wanted: one of `FORMATS`.
        model_type: of the base's `config.json`.
        landmarks: the run has landmark modules.

    Raises:
        MissingError: always.
    """
    raise MissingError(f"No {wanted} can be written here: {_why(wanted, model_type, landmarks)}")


def _why(wanted: str, model_type: str, landmarks: bool) -> str:
    if landmarks:
        return (
            "the run has landmark modules, which no converter knows; export it with --merge and "
            "serve it with `facelm serve`."
        )
    if wanted == "onnx":
        return (
            "optimum-onnx has no exporter for models that look at pictures and answer, and asks "
            "for a transformers before 4.58; export with --merge instead."
        )
    known = _LLAMA_CPP if wanted == "gguf" else _OPENVINO
    tool = "llama.cpp's converter" if wanted == "gguf" else "optimum-intel"
    if model_type not in known:
        return f"{tool} is not known to take models of type '{model_type}'; export with --merge."
    if wanted == "gguf":
        return (
            "llama.cpp's converter is in no package; export with --merge and, in a checkout of "
            "llama.cpp, run `python convert_hf_to_gguf.py DIR`, and once more with --mmproj."
        )
    return (
        "optimum-intel asks for a transformers before 5.6, facelm for a newer one; export with "
        "--merge and, in an environment of its own (`pip install optimum-intel[openvino]`), run "
        "`optimum-cli export openvino --model DIR OUT`."
    )
