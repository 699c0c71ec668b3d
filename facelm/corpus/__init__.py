"""The corpus: a folder of pictures and conversations that says where all of it comes from."""

from facelm.corpus.reader import Corpus, part_of, read_corpus
from facelm.corpus.writer import CorpusWriter

__all__ = ["Corpus", "CorpusWriter", "part_of", "read_corpus"]
