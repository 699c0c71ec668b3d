"""Pixels: opening a picture safely, finding the face, measuring it. Knows no labels, no text."""

from facelm.faces.crop import crop_box, crop_face
from facelm.faces.evidence import measure
from facelm.faces.image import MAX_PIXELS, inspect_picture, open_picture, open_pixels, to_jpeg
from facelm.faces.landmarks import IBUG_FROM_MESH, ibug68
from facelm.faces.mesh import Mesh, MeshFinder
from facelm.faces.ready import prepare

__all__ = [
    "IBUG_FROM_MESH",
    "MAX_PIXELS",
    "Mesh",
    "MeshFinder",
    "crop_box",
    "crop_face",
    "ibug68",
    "inspect_picture",
    "measure",
    "open_picture",
    "open_pixels",
    "prepare",
    "to_jpeg",
]
