#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Margin of Đầm Hà Động in the members that agree with what was seen: margin.py RESULTS.h5

Seen, with the gates late: the dam overtopped by 1 to 1.5 m for about 4 hours, taken as 3 to 5. The
results are those of `nguon operate` (docs/operate.md); its ways of operating: in time, late, jammed.
"""
import sys

import numpy as np
import xarray as xr

run = xr.open_dataset(sys.argv[1])
figures = xr.open_dataset(sys.argv[1], group="indicators")
ways = [str(name) for name in run.schedule.values]
late = next(i for i, name in enumerate(ways) if "late" in name)
over_m, over_h = -figures.freeboard_m.values, figures.overtop_s.values / 3600
seen = ((over_m[late] >= 1.0) & (over_m[late] <= 1.5) & (over_h[late] >= 3.0) & (over_h[late] <= 5.0))
print(f"{seen.sum()} of {seen.size} members agree with what was seen, {ways[late]}")
for i, name in enumerate(ways):
    low, middle, high = np.percentile(over_m[i][seen], [5, 50, 95])
    share = np.mean(over_m[i][seen] > 0.0)
    print(f"{name}: highest level above the crest {low:+.2f} / {middle:+.2f} / {high:+.2f} m "
          f"(5, 50, 95 %), overtopped in {100 * share:.0f} %")
