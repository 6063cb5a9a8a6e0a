"""A problem as one reader sees it: the facts within their scope, the words, the buttons that are theirs to press."""
