"""Outside formats of call records, one file each."""
