"""A portal's own package. The registry's package has the same name, and the two do not meet."""
