"""The only SELECTs of the project. What shows a person's data takes the actor; "not yours" reads as "not there"."""
