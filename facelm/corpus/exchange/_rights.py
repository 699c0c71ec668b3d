"""What each source allows, as far as it matters to somebody who gets an export."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from facelm.corpus._licences import strictness
from facelm.corpus.card import about_source

_CC = re.compile(r"CC[ -](BY(?:[ -](?:NC|SA|ND))*)[ -](\d\.\d)", re.IGNORECASE)
_CC0 = re.compile(r"CC0(?:[ -]1\.0)?", re.IGNORECASE)
_ARXIV = re.compile(r"arXiv[: ](\d{4}\.\d{4,5})", re.IGNORECASE)
_DOI = re.compile(r"\b(10\.\d{4,9}/[^\s,;]+)")


def may_pass_on(source: str) -> bool:
    """Whether pictures of a source may be given away; what is unknown counts as no."""
    about = about_source(source)
    return about is not None and about.redistribute


def ask_at(source: str) -> str:
    """Where to ask for a source's pictures."""
    about = about_source(source)
    return about.ask_at if about else "unknown: ask whoever made the corpus"


def rights(stated: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    """The licences of a corpus, the strictest first.

    Args:
        stated: pairs of source and licence.

    Returns:
        `source`, `licence`, `pass_on`, `terms`, `url` (of the licence, else of the page that
        states it; "" without) and `spdx` ("" for what is no Creative Commons licence).
    """
    ordered = sorted(set(stated), key=lambda one: (may_pass_on(one[0]), -strictness(one[1]), one))
    return [_right(source, licence) for source, licence in ordered]


def _right(source: str, licence: str) -> dict[str, Any]:
    about = about_source(source)
    spdx, url = _known(licence)
    return {
        "source": source,
        "licence": licence,
        "pass_on": may_pass_on(source),
        "terms": about.terms if about else "",
        "url": url or (about.stated_at if about else ""),
        "spdx": spdx,
    }


def _known(licence: str) -> tuple[str, str]:
    if match := _CC.fullmatch(licence.strip()):
        kind, version = match[1].upper().replace(" ", "-"), match[2]
        url = f"https://creativecommons.org/licenses/{kind.lower()}/{version}/"
        return f"CC-{kind}-{version}", url
    if _CC0.fullmatch(licence.strip()):
        return "CC0-1.0", "https://creativecommons.org/publicdomain/zero/1.0/"
    return "", ""


def papers(sources: Iterable[str]) -> list[tuple[str, str]]:
    """Identifiers of the sources' papers: kind (`arXiv` or `DOI`) and value, each once."""
    texts = [about.paper for name in sources if (about := about_source(name))]
    found = [("arXiv", f"arXiv:{one}") for text in texts for one in _ARXIV.findall(text)]
    found += [("DOI", one.rstrip(".")) for text in texts for one in _DOI.findall(text)]
    return sorted(set(found))
