"""What PowerPoint and Word have in common: packages, alt-text bindings, native charts, themes."""
