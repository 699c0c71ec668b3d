"""MLCommons Croissant 1.1 metadata of an export (https://docs.mlcommons.org/croissant)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from facelm.corpus.exchange._described import SENSITIVE, USE, Described, file_sha256

_MIME = {
    ".json": "application/json", ".jsonl": "application/jsonlines",
    ".parquet": "application/x-parquet", ".csv": "text/csv",
}  # fmt: skip
_PICTURES = {".jpg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}
_SIDECAR_FIELDS = (
    "id", "file", "face_id", "source", "split", "licence", "style", "teacher", "prompt_hash",
)  # fmt: skip
# Names of terms that are not in schema.org, by the vocabulary they are from.
_TERMS = (
    "arrayShape", "citeAs", "column", "containedIn", "equivalentProperty", "extract", "field",
    "fileObject", "fileProperty", "fileSet", "format", "includes", "isArray", "isLiveDataset",
    "jsonPath", "key", "md5", "parentField", "path", "recordSet", "references", "regex", "repeated",
    "replace", "samplingRate", "separator", "source", "subField", "transform",
)  # fmt: skip
_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "description": {"@container": "@language"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "name": {"@container": "@language"},
    **{term: f"cr:{term}" for term in _TERMS},
}
_TEXT = {"@type": "cr:Field", "dataType": "sc:Text"}


def croissant(described: Described) -> dict[str, Any]:
    """The JSON-LD: files with their hashes, and the plain fields of records and of the sidecar."""
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.1",
        "name": described.name,
        "description": described.description,
        "version": "1.0.0",
        "datePublished": f"{described.year}-01-01",
        "creator": [{"@type": "sc:Person", "name": name} for name in described.creators],
        "license": [one["url"] or one["licence"] for one in described.rights],
        "citeAs": f"{', '.join(described.creators)} ({described.year}). {described.name}.",
        "citation": [value for _, value in described.papers],
        "rai:personalSensitiveInformation": SENSITIVE,
        "rai:dataUseCases": USE,
        "distribution": [
            *(_file(path, path.name) for path in described.files),
            *(_file(path, _again(path)) for path in described.data if path.suffix == ".json"),
            *_picture_sets(described),
        ],
        "recordSet": [
            *(one for path in described.data for one in _records(path, described.manifest["to"])),
            _provenance(described.sidecar),
        ],
    }


def _file(path: Path, identity: str) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": identity,
        "name": identity,
        "contentUrl": path.name,
        "contentSize": f"{path.stat().st_size} B",
        "encodingFormat": _MIME[path.suffix],
        "sha256": file_sha256(path),
    }


def _again(path: Path) -> str:
    """The name under which a JSON list is described once more, for its turns.

    Readers take all fields of one file object to have as many rows.
    """
    return f"{path.stem}.turns{path.suffix}"


def _picture_sets(described: Described) -> list[dict[str, Any]]:
    return [
        {
            "@type": "cr:FileSet",
            "@id": f"pictures{suffix}",
            "name": f"pictures{suffix}",
            "encodingFormat": _PICTURES[suffix],
            "includes": f"images/*{suffix}",
        }
        for suffix in described.picture_suffixes
    ]


def _records(path: Path, kind: str) -> list[dict[str, Any]]:
    """The records of one data file; of a JSON list also its turns, one after the other."""
    sets = [_set(path.stem, f"The records of {path.name}.", [_field(path.stem, path, "id")])]
    if path.suffix == ".json":
        name = f"{path.stem}.turns"
        again = path.with_name(_again(path))
        turns = [_field(name, again, one, "$[*].conversations[*]") for one in ("from", "value")]
        sets.append(_set(name, f"The turns of all records of {path.name}.", turns))
    elif kind == "swift":
        sets[0]["field"] += [_paths(path), _messages(path)]
    elif kind == "messages":
        sets[0]["field"].append(_paths(path))
    return sets


def _provenance(path: Path) -> dict[str, Any]:
    fields = [_field("facelm.provenance", path, name) for name in _SIDECAR_FIELDS]
    return _set("facelm.provenance", "Where each conversation comes from.", fields)


def _set(name: str, description: str, fields: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet", "@id": name, "name": name, "description": description,
        "field": fields,
    }  # fmt: skip


def _field(owner: str, path: Path, name: str, under: str = "$[*]") -> dict[str, Any]:
    extract = {"jsonPath": f"{under}.{name}"} if path.suffix == ".json" else {"column": name}
    source = {"fileObject": {"@id": path.name}, "extract": extract}
    return {**_TEXT, "@id": f"{owner}/{name}", "name": name, "source": source}


def _paths(path: Path) -> dict[str, Any]:
    return {**_field(path.stem, path, "images"), "isArray": True, "arrayShape": "-1"}


def _messages(path: Path) -> dict[str, Any]:
    owner = f"{path.stem}/messages"
    source = {"fileObject": {"@id": path.name}, "extract": {"column": "messages"}}
    parts = [
        {**_TEXT, "@id": f"{owner}/{name}", "name": name,
         "source": {**source, "transform": {"jsonPath": name}}}
        for name in ("role", "content")
    ]  # fmt: skip
    return {
        "@type": "cr:Field", "@id": owner, "name": "messages", "repeated": True, "subField": parts,
    }  # fmt: skip
