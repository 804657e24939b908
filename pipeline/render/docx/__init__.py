"""Word templates and a view in, documents out: docxtpl's tags in text, bindings in alt texts, native charts."""
