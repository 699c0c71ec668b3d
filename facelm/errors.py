"""The error tree: every error a user can cause is one sentence that says what, where, what to do.

FacelmError
 ├── InputError      something the user gave cannot be used (a file, a name, a value)
 │    └── PictureError   one picture cannot be used; a run counts it and goes on
 ├── MissingError    a package, a weight or a data file is not here, with the way to get it
 └── EndpointError   a teacher's server does not answer as it should
"""


class FacelmError(Exception):
    """Base of all errors that the command line prints as one sentence (exit status 2)."""


class InputError(FacelmError):
    """Something the user gave cannot be used: an unknown name, a wrong value, a bad file."""


class PictureError(InputError):
    """One picture cannot be used; long runs count it, list it and go on."""


class MissingError(FacelmError):
    """A package, weights or data are not on this machine; the sentence says how to get them."""


class EndpointError(FacelmError):
    """A remote teacher is down or answers out of its protocol."""


def choose(kind: str, name: str, known: "list[str] | tuple[str, ...]") -> str:
    """Return `name` if it is one of `known`, else raise with the closest names.

    Raises:
        InputError: `name` is not among `known`.
    """
    if name in known:
        return name
    import difflib

    close = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean '{close[0]}'?" if close else f"known are: {', '.join(known)}."
    raise InputError(f"There is no {kind} named '{name}'; {hint}")
