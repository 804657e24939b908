"""HTML templates and a view in, an accessible PDF out; nothing is fetched but the output set's own files."""
