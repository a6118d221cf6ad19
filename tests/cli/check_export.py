# SPDX-License-Identifier: GPL-3.0-or-later
"""Read what `nguon export` and `nguon show --json` write with other readers.

check_export.py geojson|series|json|pager|engines OUT.h5 [FILE ...]
Exit 77: what it needs is not installed.
"""
import csv
import importlib.util
import json
import math
import os
import sys
import xml.etree.ElementTree as xml


def need(*modules):
    for module in modules:
        if importlib.util.find_spec(module) is None:
            print(f"skipped: python3 has no {module}")
            sys.exit(77)


def close(a, b):
    return (math.isnan(a) and math.isnan(b)) or math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-9)


def geojson(path, plain, full):
    need("xarray", "netCDF4")
    import xarray
    for name in (plain, full):
        d = json.load(open(name, encoding="utf-8"))
        assert d["type"] == "FeatureCollection" and "crs" not in d
        node = {f["properties"]["id"]: f for f in d["features"] if f["id"].startswith("node/")}
        link = {f["properties"]["id"]: f for f in d["features"] if f["id"].startswith("link/")}
        assert node["lake"]["geometry"] == {"type": "Point", "coordinates": [106.9, 21.1]}
        assert node["mill"]["geometry"] is None
        assert link["canal"]["geometry"] == {
            "type": "LineString", "coordinates": [[106.9, 21.1], [107.0, 21.0]]}
        assert link["pipe"]["geometry"] is None
        assert node["town"]["properties"]["name"] == 'Thị "trấn" <A>'
        assert len({f["id"] for f in d["features"]}) == len(d["features"])
        assert ("stress" in node["town"]["properties"]) == (name == full)
    total = xarray.open_dataset(path, group="indicators", decode_times=False)
    root = xarray.open_dataset(path, decode_times=False)
    for i, name in enumerate(root.demand.values):
        is_ = node[str(name)]["properties"]
        met = float(total.demand_supply_m3[:, i].sum() / total.demand_demand_m3[:, i].sum())
        full_share = 1 - float(total.demand_steps_short[:, i].sum()
                               / total.demand_steps_with_demand[:, i].sum())
        assert close(is_["met_share"], met) and close(is_["stress"], 1 - met), (name, is_, met)
        assert close(is_["reliability"], full_share), (name, is_, full_share)
    lowest = float(total.reservoir_minimum_storage_m3[:, 0].min())
    assert close(node["lake"]["properties"]["lowest_storage_m3"], lowest)


WML = "{http://www.opengis.net/waterml/2.0}"
GML = "{http://www.opengis.net/gml/3.2}"
OM = "{http://www.opengis.net/om/2.0}"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"


def series(path, table, wml):
    need("netCDF4", "numpy")
    import datetime
    import netCDF4
    import numpy
    root = netCDF4.Dataset(path)
    scenarios = [str(s) for s in root["scenario"][:]]
    start = datetime.datetime(1970, 1, 1)
    ends = [start + datetime.timedelta(days=float(b[1])) for b in root["time_bnds"][:]]

    def value(variable, name, scenario, t):
        kind = {"storage": "reservoir", "supply": "demand"}[variable]
        i = [str(x) for x in root[kind][:]].index(name)
        v = root[variable][scenarios.index(scenario), t, i]
        return math.nan if v is numpy.ma.masked else float(v)

    rows = list(csv.DictReader(open(table, encoding="utf-8")))
    assert len(rows) == len(scenarios) * 3 * len(ends), len(rows)
    for k, row in enumerate(rows):
        t = k % len(ends)
        assert row["end"] == ends[t].strftime("%Y-%m-%d")
        assert close(float(row["value"] or "nan"),
                     value(row["variable"], row["id"], row["scenario"], t)), row
    tree = xml.parse(wml).getroot()
    assert tree.tag == WML + "Collection"
    ids = [e.get(GML + "id") for e in tree.iter() if e.get(GML + "id")]
    assert len(ids) == len(set(ids)) and ids
    observations = tree.findall(f"{WML}observationMember/{OM}OM_Observation")
    assert len(observations) == len(scenarios) * 3
    missing = 0
    for o in observations:
        scenario = o.find(f"{OM}parameter/{OM}NamedValue/{OM}value").text
        href = {e.tag: e.get("{http://www.w3.org/1999/xlink}href") for e in o}
        variable = href[OM + "observedProperty"].split(":")[-1]
        name = href[OM + "featureOfInterest"].split(":")[-1]
        result = o.find(f"{OM}result/{WML}MeasurementTimeseries")
        uom = next(result.iter(WML + "uom")).get("code")
        kind = next(result.iter(WML + "interpolationType"))
        assert (uom, kind.get("{http://www.w3.org/1999/xlink}title")) == {
            "storage": ("m3", "Continuous"),
            "supply": ("m3.s-1", "Average in preceding interval")}[variable]
        points = result.findall(f"{WML}point/{WML}MeasurementTVP")
        assert len(points) == len(ends)
        for t, point in enumerate(points):
            assert point.find(WML + "time").text == ends[t].strftime("%Y-%m-%dT%H:%M:%S")
            cell = point.find(WML + "value")
            nil = cell.get(XSI + "nil") == "true"
            missing += nil
            assert close(math.nan if nil else float(cell.text), value(variable, name, scenario, t))
    assert missing == 1, missing  # the test has put one NaN there


def no_twice(pairs):
    keys = [k for k, _ in pairs]
    assert len(keys) == len(set(keys)), keys
    return dict(pairs)


def show_json(*files):
    for name in files:
        d = json.load(open(name, encoding="utf-8"), object_pairs_hook=no_twice)
        rows = d if isinstance(d, list) else d["classes"]
        assert rows and all(isinstance(r, dict) for r in rows), name
    assert any(isinstance(r["met %"], float) or isinstance(r["met %"], int) for r in d["classes"])


def pager(program, path):
    """On a terminal of 10 lines what is longer goes through $PAGER, what is not does not."""
    import fcntl
    import pty
    import struct
    import termios

    def run(what):
        pid, terminal = pty.fork()
        if pid == 0:
            fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 10, 200, 0, 0))
            os.environ["PAGER"] = "sed s/^/paged:/"
            os.execv(program, [program, "show", path, what])
        text = b""
        while True:
            try:
                part = os.read(terminal, 65536)
            except OSError:
                break
            if not part:
                break
            text += part
        _, status = os.waitpid(pid, 0)
        assert os.WEXITSTATUS(status) == 0
        return text.decode()

    assert run("series:storage:lake").count("paged:") > 50
    text = run("classes")
    assert "paged:" not in text and "domestic" in text, text


def engines(path):
    need("xarray", "netCDF4")
    import xarray
    want = xarray.open_dataset(path, engine="netcdf4", decode_times=False).storage[0, :, 0].values
    for engine in ("netcdf4", "h5netcdf"):
        if engine == "h5netcdf" and importlib.util.find_spec(engine) is None:
            print(f"skipped: python3 has no {engine}")
            continue
        run = xarray.open_dataset(path, engine=engine)
        got = run.storage.sel(reservoir="lake").isel(scenario=0).values
        assert len(got) == 91 and (got == want).all(), engine
        assert str(run.time.values[0]).startswith("2020-01-01"), engine
        assert run.level.attrs["standard_name"] == "water_surface_height_above_reference_datum"
        totals = xarray.open_dataset(path, engine=engine, group="indicators", decode_times=False)
        assert totals.demand_supply_m3.shape[0] == run.sizes["scenario"]
    need("h5py")
    import h5py
    assert (h5py.File(path)["storage"][0, :, 0] == want).all()


{"geojson": geojson, "series": series, "json": show_json, "pager": pager,
 "engines": engines}[sys.argv[1]](*sys.argv[2:])
