"""Action units by number, the folds that AU detection is scored on, and folders of frames.

Both datasets publish no split; papers score three folds that share no subject. A fold here is the
`part` of that number in public code: the subjects are those of `CVI-SZU/ME-GraphAU`,
`tool/*_image_label_process.py`, and agree with `ZhiwenShao/PyTorch-JAANet`,
`data/list/*_part?_path.txt`, where the two were compared (SN030, M013). Beware of the number:
ME-GraphAU's "fold 1" is trained on parts 1 and 2 and tested on part 3.
"""

from __future__ import annotations

import re
from pathlib import Path

FACS_NAMES = {
    1: "Inner Brow Raiser",
    2: "Outer Brow Raiser",
    4: "Brow Lowerer",
    5: "Upper Lid Raiser",
    6: "Cheek Raiser",
    7: "Lid Tightener",
    9: "Nose Wrinkler",
    10: "Upper Lip Raiser",
    12: "Lip Corner Puller",
    14: "Dimpler",
    15: "Lip Corner Depressor",
    17: "Chin Raiser",
    20: "Lip Stretcher",
    23: "Lip Tightener",
    24: "Lip Pressor",
    25: "Lips Part",
    26: "Jaw Drop",
}

Folds = dict[str, tuple[str, ...]]

DISFA_FOLDS: Folds = {
    "fold1": (
        "SN001", "SN002", "SN009", "SN010", "SN016", "SN026", "SN027", "SN030", "SN032",
    ),
    "fold2": (
        "SN006", "SN011", "SN012", "SN013", "SN018", "SN021", "SN024", "SN028", "SN031",
    ),
    "fold3": (
        "SN003", "SN004", "SN005", "SN007", "SN008", "SN017", "SN023", "SN025", "SN029",
    ),
}  # fmt: skip
BP4D_FOLDS: Folds = {
    "fold1": (
        "F001", "F002", "F008", "F009", "F010", "F016", "F018", "F023", "M001", "M004", "M007",
        "M008", "M012", "M014",
    ),
    "fold2": (
        "F003", "F005", "F011", "F013", "F020", "F022", "M002", "M005", "M010", "M011", "M013",
        "M016", "M017", "M018",
    ),
    "fold3": (
        "F004", "F006", "F007", "F012", "F014", "F015", "F017", "F019", "F021", "M003", "M006",
        "M009", "M015",
    ),
}  # fmt: skip

_NUMBERED = re.compile(r"(?:.*\D)?(\d+)\.(?:jpe?g|png|bmp)", re.IGNORECASE)


def fold_of(subject: str, folds: Folds) -> str | None:
    """The fold that a subject belongs to; None for a subject the dataset does not have."""
    return next((fold for fold, subjects in folds.items() if subject in subjects), None)


def numbered(folder: Path) -> dict[int, str]:
    """Frame number to file name of the pictures in a folder, however the number is padded.

    `0017.jpg`, `17.png` and `LeftVideoSN001_comp_0017.png` are all number 17. Empty where there
    is no such folder.
    """
    names = sorted(item.name for item in folder.iterdir()) if folder.is_dir() else []
    return {int(match[1]): name for name in names if (match := _NUMBERED.fullmatch(name))}
