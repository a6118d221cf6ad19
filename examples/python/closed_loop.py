#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A controller outside the simulator: as the lake falls, the fields ask for less.

    python3 examples/python/closed_loop.py --library build/library/libnguon.so.0 -o loop.png

The lake, the town and the fields are those of examples/one-reservoir. All its scenarios are run
into a results file, which xarray opens; the first one is then driven step by step, and what the
fields ask for is cut in proportion once less than a third of the lake is left. The picture sets
both side by side.
"""

import argparse
import pathlib

import matplotlib
import numpy
import xarray

import nguon

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402 (after the choice of its canvas)

BASIN = pathlib.Path(__file__).resolve().parent.parent / "one-reservoir" / "basin.yaml"
SAVE_BELOW = 1 / 3  # of the capacity


def drive(basin, plain):
    """Storage at the end, need and supply of the fields in every step, with the controller."""
    fields = basin.ids(nguon.DEMAND).index("fields")
    asked = plain["need"].sel(demand="fields").values  # by the file
    capacity = float(plain["reservoir_capacity"].sel(reservoir="lake"))
    simulation = nguon.Simulation(basin)
    storage, need, supply = [], [], []
    for t in range(len(asked)):
        left = simulation.get("storage")[0] / (SAVE_BELOW * capacity)
        simulation.set("need", fields, asked[t] * left if left < 1 else numpy.nan)
        simulation.step()
        storage.append(simulation.get("storage")[0])
        need.append(simulation.get("need")[fields])
        supply.append(simulation.get("supply")[fields])
    simulation.close()
    return numpy.array(storage), numpy.array(need), numpy.array(supply)


def draw(times, plain, storage, supply, path):
    """Two panels: the lake, and what the fields get."""
    figure, (above, below) = pyplot.subplots(2, 1, sharex=True, figsize=(9, 6))
    above.plot(times, plain["storage"].sel(reservoir="lake") / 1e6, label="as in the file")
    above.plot(times, storage / 1e6, label="with the controller")
    line = SAVE_BELOW * float(plain["reservoir_capacity"].sel(reservoir="lake")) / 1e6
    above.axhline(line, color="grey", linewidth=0.8)
    above.set_ylabel("lake, hm³")
    above.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncol=2, frameon=False)
    below.plot(times, plain["supply"].sel(demand="fields"))
    below.plot(times, supply)
    below.set_ylabel("fields get, m³/s")
    figure.tight_layout()
    figure.savefig(path, dpi=100)
    pyplot.close(figure)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--library", help="libnguon.so (default: NGUON_LIBRARY or the system's)")
    parser.add_argument("-o", "--output", default="loop.png", type=pathlib.Path)
    options = parser.parse_args(arguments)
    basin = nguon.Basin(nguon.open_library(options.library), BASIN)
    results = options.output.with_suffix(".h5")
    basin.run(results)
    with xarray.open_dataset(results) as dataset:
        plain = dataset.isel(scenario=0).load()
    storage, need, supply = drive(basin, plain)
    draw(basin.times()[:-1], plain, storage, supply, options.output)
    basin.close()
    lowest = float(plain["storage"].sel(reservoir="lake").min()) / 1e6
    print(f"lowest lake: {lowest:.1f} hm3 as in the file, {storage.min() / 1e6:.1f} hm3 with the "
          f"controller; fields get {float(plain['supply'].sel(demand='fields').mean()):.3f} and "
          f"{supply.mean():.3f} m3/s")
    return plain, storage, need, supply


if __name__ == "__main__":
    main()
