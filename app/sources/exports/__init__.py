"""What the exports of registries share: a reader that ticks off what it took, clean text, ids, criteria."""
