"""`make pictures`: what people see, as pictures to look at, in build/pictures."""
