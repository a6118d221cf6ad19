#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Inflows of Đầm Hà Động in the night of 29 to 30 October 2014, sampled: nothing was published.

Peak 500 to 1500 m3/s (7 to 22 m3/s from each of 68.5 km2), 5 to 9 hours after the rain began at
23:00, narrow or broad: a Latin hypercube of 200 gamma curves on 5 m3/s, every quarter of an hour.
"""
import math
import random

MEMBERS, START_H, QUARTERS = 200, 23.0, 28 * 4
RANGES = {"peak": (500.0, 1500.0), "to_peak_h": (5.0, 9.0), "shape": (2.5, 6.0)}

draw = random.Random(20141030)
columns = {}
for name, (low, high) in RANGES.items():
    cells = [(i + draw.random()) / MEMBERS for i in range(MEMBERS)]
    draw.shuffle(cells)
    columns[name] = [low + cell * (high - low) for cell in cells]

print("time," + ",".join(f"m{m + 1}" for m in range(MEMBERS)))
for quarter in range(QUARTERS + 1):
    hour = 20.0 + quarter / 4
    row = []
    for m in range(MEMBERS):
        x = (hour - START_H) / columns["to_peak_h"][m]
        share = (x * math.exp(1 - x)) ** columns["shape"][m] if x > 0 else 0.0
        row.append(f"{5 + (columns['peak'][m] - 5) * share:.1f}")
    day, clock = 29 + int(hour // 24), hour % 24
    print(f"2014-10-{day} {int(clock):02d}:{int(clock % 1 * 60):02d}," + ",".join(row))
