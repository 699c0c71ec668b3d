"""Draws `facelm/data/heads`: synthetic portraits and clips whose every label is known."""
