"""What the API serves, one file per resource."""
