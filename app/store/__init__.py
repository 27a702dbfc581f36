"""Tables, versions and served bytes; what differs between SQLite and PostgreSQL is in `engine.py`
(writing), `database.py` (reading) and `words.py` (full text)."""
