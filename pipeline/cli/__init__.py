"""The entrance: each command parses, calls, prints and exits. What is heavy is imported inside the commands."""
