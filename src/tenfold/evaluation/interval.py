"""How far a share can be trusted: the interval that a count of successes leaves open.

Of 10,000 test pictures 9,800 right does not mean that 98 % is the truth; it means that the truth is likely between
97.7 and 98.3 %. This file owns that arithmetic and nothing else.
"""

from __future__ import annotations

import math

Z_95 = 1.959963984540054  # 95 % of a normal distribution lies within this many standard deviations of its mean


def wilson(right: int, total: int, z: float = Z_95) -> tuple[float, float]:
    """The 95 % interval for the share `right / total` after Wilson.

    Wilson's interval, unlike the textbook's share ± 1.96 standard errors, stays within [0, 1] and is not empty when all
    of few pictures are right: 20 of 20 gives 84-100 %, not 100-100 %.
    """
    if not 0 <= right <= total:
        raise ValueError(f"{right} right of {total}: expected between 0 and the total")
    if total == 0:
        return 0.0, 1.0  # nothing was seen, so anything is possible
    share = right / total
    centre = (share + z * z / (2 * total)) / (1 + z * z / total)
    reach = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    low = 0.0 if right == 0 else max(0.0, centre - reach)
    high = 1.0 if right == total else min(1.0, centre + reach)
    return low, high
