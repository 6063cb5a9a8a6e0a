"""Values in, bytes out: printed cards and workbooks. No database, no network."""
