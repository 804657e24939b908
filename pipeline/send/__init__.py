"""The outbox: bytes are published there at once and whole. It writes bytes and makes none but the to-do page."""
