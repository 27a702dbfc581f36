"""Tables, versions and served bytes; what differs between SQLite and PostgreSQL is in `database.py`."""
