"""A folder on the hub, private until somebody makes it public there."""

from __future__ import annotations

from pathlib import Path

from facelm._io import say
from facelm.errors import FacelmError, InputError, MissingError


def check_push(repo_id: str) -> None:
    """Find out before the work what would stop the upload.

    Raises:
        InputError: the id is of another form.
        MissingError: there is no token, or the hub was switched off.
    """
    from huggingface_hub import constants, get_token
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils import validate_repo_id

    try:
        validate_repo_id(repo_id)
    except HFValidationError as error:
        raise InputError(f"'{repo_id}' is no name on the hub: write OWNER/NAME.") from error
    if repo_id.count("/") != 1:
        raise InputError(f"'{repo_id}' is no name on the hub: write OWNER/NAME.")
    if constants.HF_HUB_OFFLINE:
        raise MissingError("The hub is switched off (HF_HUB_OFFLINE): unset it, or leave --push.")
    if not get_token():
        raise MissingError(
            "There is no token for the hub: `export HF_TOKEN=…` with one that may write, or run "
            "`hf auth login`."
        )


def push(folder: Path, repo_id: str) -> str:
    """Make a private repository, or take the one that is there, and put the folder into it.

    Args:
        folder: from `facelm.publish.export`.
        repo_id: `OWNER/NAME`.

    Returns:
        Its address.

    Raises:
        FacelmError: the hub refused, or cannot be reached; the folder stays.
    """
    from huggingface_hub import HfApi

    try:
        api = HfApi()
        address = api.create_repo(repo_id, private=True, exist_ok=True)
        api.upload_folder(repo_id=repo_id, folder_path=folder, commit_message="Exported by facelm")
    except Exception as error:  # which HTTP library's it is changes with huggingface_hub
        line = " ".join(str(error).split()).partition(". ")[0].rstrip(".")
        raise FacelmError(
            f"The hub did not take {repo_id} ({line}): the model is whole in {folder}; "
            f"`hf upload {repo_id} {folder}` tries again."
        ) from error
    say(f"{repo_id} is private if it is new: who may see it is set on its page.")
    return str(address)
