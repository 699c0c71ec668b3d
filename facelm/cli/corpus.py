"""`facelm corpus`: what can be done with a corpus that is there."""

from __future__ import annotations

import typer

from facelm.cli.exchange import corpus_export, corpus_import

corpus_app = typer.Typer(
    no_args_is_help=True, help="Corpora: what is in them, and what can be done with them."
)
corpus_app.command("export")(corpus_export)
corpus_app.command("import")(corpus_import)
