"""`make guards`: every guard is switched off in turn, in a copy of the tree, and some test must turn red."""
