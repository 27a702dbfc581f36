"""The plain JSON documents of `/api/v1`: their shapes (`shapes.py`) and how a record becomes them. Pure."""
