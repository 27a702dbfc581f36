"""The one table of search parameters, and what each of them finds in a resource: documents in, index rows out. Pure."""
