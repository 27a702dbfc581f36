"""The record: the one shape of a trial that every other part speaks. Pure: no I/O, no SQL, no HTTP."""
