"""Template and view in, bytes out; nothing is written to disk here."""
