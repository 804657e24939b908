"""PowerPoint decks from templates that designers write in PowerPoint (docs/designers.md)."""

from pipeline.render.pptx.compile import compile_deck
from pipeline.render.pptx.render import render
from pipeline.render.pptx.template import DeckTemplate

__all__ = ["DeckTemplate", "compile_deck", "render"]
