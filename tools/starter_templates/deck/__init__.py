"""The first drawing of the account plan's deck: `python -m tools.starter_templates.deck`."""
