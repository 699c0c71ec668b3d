"""Corpora for other trainers, and other people's records as corpora.

A format is one file here and a line in `FORMATS`.
"""

from facelm.corpus.exchange._formats import FORMATS
from facelm.corpus.exchange.bring import import_corpus
from facelm.corpus.exchange.export import export_corpus

__all__ = ["FORMATS", "export_corpus", "import_corpus"]
