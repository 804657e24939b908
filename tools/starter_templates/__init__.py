"""Scripts that draw the starter templates for the first time; from then on designers edit the files in Office."""
