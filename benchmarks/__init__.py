"""How fast planpress is, always against the bare library doing the same work in the same run."""
