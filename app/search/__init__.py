"""A question becomes a page: `params` declares, `parse` reads, `compile` makes SQL, `run` answers."""
