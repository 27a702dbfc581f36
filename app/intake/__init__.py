"""Documents in: which source reads them, what they add to what is known, what became of each."""
