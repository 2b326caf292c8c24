"""`python -m tenfold` is `tenfold`, for whoever has no scripts folder on the PATH."""

from __future__ import annotations

from tenfold.cli.main import console

console()
