"""`python -m tenfold` is `tenfold`, for whoever has no scripts folder on the PATH."""

from __future__ import annotations

import sys

from tenfold.cli.main import main

sys.exit(main())
