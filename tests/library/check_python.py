# SPDX-License-Identifier: GPL-3.0-or-later
"""The Python example, run as a user would: check_python.py EXAMPLE_FOLDER LIBRARY."""

import importlib.util
import pathlib
import sys
import tempfile

for module in ("numpy", "xarray", "matplotlib"):
    if importlib.util.find_spec(module) is None:
        print(f"skipped: the module {module} is not there")
        sys.exit(77)

import numpy  # noqa: E402 (after the check that it is there)

sys.path.insert(0, sys.argv[1])
import closed_loop  # noqa: E402
import nguon  # noqa: E402

with tempfile.TemporaryDirectory() as folder:
    picture = pathlib.Path(folder) / "loop.png"
    plain, storage, need, supply = closed_loop.main(["--library", sys.argv[2], "-o", str(picture)])
    from matplotlib import image
    pixels = image.imread(picture)
    assert picture.read_bytes().startswith(b"\x89PNG"), "no PNG"
    assert pixels.shape[:2] == (600, 900), pixels.shape
    colours = numpy.unique((pixels.reshape(-1, pixels.shape[2]) * 255).astype(int), axis=0)
    assert len(colours) > 20, "an empty picture"

capacity = float(plain["reservoir_capacity"].sel(reservoir="lake"))
line = closed_loop.SAVE_BELOW * capacity
asked = plain["need"].sel(demand="fields").values
free = plain["storage"].sel(reservoir="lake").values
before = numpy.concatenate([[0.6 * capacity], storage[:-1]])  # what the controller saw
acts = before < line
assert acts.any() and not acts.all()
assert (need[~acts].astype("float32") == asked[~acts]).all(), "it acts above its line"
assert numpy.allclose(need[acts], asked[acts] * before[acts] / line, rtol=1e-12), "another cut"
first = int(numpy.argmax(acts))
assert first > 0
assert (storage[:first].astype("float32") == free[:first]).all(), "the loop itself changes the run"
assert storage.min() > free.min(), "the controller saves nothing"
assert (supply <= need + 1e-9).all()

basin = nguon.Basin(nguon.open_library(sys.argv[2]), closed_loop.BASIN)
try:
    nguon.Simulation(basin, 99)
except RuntimeError as error:
    assert "there is no number 99" in str(error), error
else:
    raise AssertionError("scenario 99 begins")
basin.close()
