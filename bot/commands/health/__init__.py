"""What the doctor looks at, one file each: every check returns verdicts and never raises."""
