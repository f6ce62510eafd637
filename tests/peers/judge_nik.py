"""Reads NIKs line by line and prints what python-stdnum makes of each: `day-month-yy`, or `-` when it refuses the date."""

import sys

from stdnum.exceptions import ValidationError
from stdnum.id import nik

for line in sys.stdin:
    try:
        print(nik.get_birth_date(line.strip()).strftime("%d-%m-%y"))
    except ValidationError:
        print("-")
