"""`python -m app`: the same as `trials`."""

from app.cli import main

main()
