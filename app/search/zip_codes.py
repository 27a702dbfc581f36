"""US ZIP codes and where they are: degrees WGS 84 (the table of `zip2info`, which its package holds).

The point is the middle of the area that the code delivers to, not an address. Measured: the table takes 13 MB when it
is first asked, that of the better-known `zipcodes` 57 MB, with the same places.
"""

import re

from app.errors import RequestError

_CODE = re.compile(r"([0-9]{5})(?:-?[0-9]{4})?")
EXPECTED = "expected a US ZIP code such as 20814 or 20814-1234"


def place_of(code: str, path: str) -> tuple[float, float]:
    """Latitude and longitude. Raises RequestError 400, naming `path`, for what is no ZIP code or has no place."""
    from zip2info import coordinates  # a tenth of a second, for those who ask

    found = _CODE.fullmatch(code.strip())
    if found is None:
        raise RequestError(400, "value", f"{path} is '{code[:20]}': {EXPECTED}", path)
    place = coordinates(found[1])
    if place is None:
        raise RequestError(400, "value", f"{path} is '{code[:20]}', whose place is not known: {EXPECTED}", path)
    return place
