"""DataCite kernel-4 metadata of an export, as archives such as Zenodo read it."""

from __future__ import annotations

from typing import Any

from facelm.corpus.exchange._described import SENSITIVE, USE, Described


def datacite(described: Described) -> dict[str, Any]:
    """The record; an archive adds the identifier and its own name as publisher.

    The strictest licence stands first, and the first line of `rightsList` says that the whole may
    only be used as it allows. Related identifiers are the papers of the sources.
    """
    counts = described.manifest["counts"]
    return {
        "schemaVersion": "http://datacite.org/schema/kernel-4",
        "types": {"resourceTypeGeneral": "Dataset", "resourceType": "Instruction data"},
        "creators": [{"name": name} for name in described.creators],
        "titles": [{"title": described.name}],
        "publisher": {"name": "unknown"},
        "publicationYear": str(described.year),
        "subjects": [{"subject": "face analysis"}, {"subject": "instruction tuning"}],
        "language": "en",
        "version": "1.0.0",
        "sizes": [f"{counts['records']} records"],
        "formats": sorted({path.suffix.lstrip(".") for path in described.data}),
        "rightsList": [_strictest(described), *(_right(one) for one in described.rights)],
        "descriptions": [
            {"description": described.description, "descriptionType": "Abstract"},
            {"description": f"{SENSITIVE} {USE}", "descriptionType": "Other"},
        ],
        "relatedIdentifiers": [
            {
                "relatedIdentifier": value,
                "relatedIdentifierType": kind,
                "relationType": "References",
            }
            for kind, value in described.papers
        ],
    }


def _strictest(described: Described) -> dict[str, str]:
    first = described.rights[0]
    pictures = "may" if first["pass_on"] else "may not"
    return {
        "rights": (
            f"As a whole only as the strictest licence in it allows: {first['licence']} "
            f"({first['source']}); its pictures {pictures} be passed on."
        )
    }


def _right(one: dict[str, Any]) -> dict[str, str]:
    right = {"rights": f"{one['source']}: {one['licence']}. {one['terms']}".strip()}
    if one["url"].startswith("http"):
        right["rightsUri"] = one["url"]
    if one["spdx"]:
        right |= {
            "rightsIdentifier": one["spdx"],
            "rightsIdentifierScheme": "SPDX",
            "schemeUri": "https://spdx.org/licenses/",
        }
    return right
