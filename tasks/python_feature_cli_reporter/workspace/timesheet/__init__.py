"""Reports on the records of a time clock."""
