"""Writing workbooks for people: blank ones to fill in, and annotated copies of filled ones."""
