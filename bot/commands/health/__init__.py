"""What the doctor looks at, one file each: a check returns verdicts."""
