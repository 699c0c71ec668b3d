"""The corpus: a folder of pictures and conversations that says where all of it comes from."""

from facelm.corpus.reader import Corpus, read_corpus
from facelm.corpus.writer import CorpusWriter

__all__ = ["Corpus", "CorpusWriter", "read_corpus"]
