#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The night of 29 to 30 October 2014 at Đầm Hà Động, sampled: make_members.py MEMBERS.csv CASES.csv

What was not published is drawn from ranges, a Latin hypercube of 500. The inflow: a gamma curve on
5 m3/s with a peak of 500 to 1500 m3/s (7 to 22 m3/s from each of 68.5 km2), 5 to 9 hours after the
rain began at 23:00, narrow or broad. The dam: crest, its length, gates, coefficients, and the level
of the lake in the evening.
"""
import math
import random
import sys

MEMBERS, START_H, QUARTERS = 500, 23.0, 28 * 4
INFLOW = {"peak": (500.0, 1500.0), "to_peak_h": (5.0, 9.0), "shape": (2.5, 6.0)}
DAM = {"start_level": (59.2, 60.7), "dam.crest_level": (63.0, 64.2), "dam.crest_length": (120, 350),
       "outlets.spillway.width": (6.0, 9.0), "outlets.spillway.coefficient": (0.44, 0.49),
       "outlets.spillway.orifice_coefficient": (0.58, 0.68)}

draw = random.Random(20141030)
columns = {}
for name, (low, high) in {**INFLOW, **DAM}.items():
    cells = [(i + draw.random()) / MEMBERS for i in range(MEMBERS)]
    draw.shuffle(cells)
    columns[name] = [low + cell * (high - low) for cell in cells]

with open(sys.argv[1], "w", encoding="utf-8") as out:
    print("time," + ",".join(f"m{m + 1}" for m in range(MEMBERS)), file=out)
    for quarter in range(QUARTERS + 1):
        hour = 20.0 + quarter / 4
        row = []
        for m in range(MEMBERS):
            x = (hour - START_H) / columns["to_peak_h"][m]
            share = (x * math.exp(1 - x)) ** columns["shape"][m] if x > 0 else 0.0
            row.append(f"{5 + (columns['peak'][m] - 5) * share:.1f}")
        day, clock = 29 + int(hour // 24), hour % 24
        print(f"2014-10-{day} {int(clock):02d}:{int(clock % 1 * 60):02d}," + ",".join(row), file=out)

with open(sys.argv[2], "w", encoding="utf-8") as out:
    print("member," + ",".join(DAM), file=out)
    for m in range(MEMBERS):
        print(f"m{m + 1}," + ",".join(f"{columns[name][m]:.3f}" for name in DAM), file=out)
