"""What is outstanding, a file for each kind of thing; `checklist` puts them together for a reader."""
