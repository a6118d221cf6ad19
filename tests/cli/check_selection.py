# SPDX-License-Identifier: GPL-3.0-or-later
"""What `nguon run --save` keeps of a run, against the same run with all its series.

check_selection.py NGUON
Exit 77: python3 has no xarray.
"""
import importlib.util
import os
import signal
import subprocess
import sys
import tempfile
import time

for module in ("xarray", "netCDF4"):
    if importlib.util.find_spec(module) is None:
        print(f"skipped: python3 has no {module}")
        sys.exit(77)
import numpy as np
import xarray

NGUON = sys.argv[1]
BASIN = """\
nguon: 1
name: Selected
run: {start: 2019-12-20, end: %s, step: %s, seed: 3}
catchments:
  hills: {area: 60 km2, to: upper, inflow: {generate: {mean: 1.0 m3/s, monthly:
    [3, 3, 4, 5, 8, 13, 17, 17, 12, 8, 6, 4], cv: 0.4, lag1: 0.5, recession: 8 d, base: 60 %%}}}
reservoirs:
  upper: {district: North, table: {level: [0, 20], area: [1, 1], storage: [0, 9],
    units: [m, km2, hm3]}, capacity: 9 hm3, spill_to: lower}
  lower: {district: South, table: {level: [0, 20], area: [1, 1], storage: [0, 5],
    units: [m, km2, hm3]}, capacity: 5 hm3, spill_to: sea}
seas:
  sea: {}
demands:
  town: {class: domestic, district: North, need: 0.3 m3/s}
  fields: {class: irrigation, district: South, need: 0.6 m3/s}
  groves: {class: irrigation, district: South, need: 0.2 m3/s}
links:
  main: {kind: pipe, from: upper, to: town}
  river: {kind: river, from: upper, to: lower, minimum_flow: 0.05 m3/s}
  canal: {kind: canal, from: lower, to: fields}
  ditch: {kind: canal, from: lower, to: groves}
scenarios:
  axes:
    weather: {realisations: %d}
    need: {values: [100 %%, 130 %%], path: demands.*.need, change: scale}
"""


def write_basin(realisations=3, end="2020-03-10", step="daily"):
    text = BASIN % (end, step, realisations)
    if step in ("monthly", "tenday"):
        text = text.replace("2019-12-20", "2019-12-01")
    open("basin.yaml", "w", encoding="utf-8").write(text)


def run(out, save, *more, threads=1, code=0):
    command = [NGUON, "run", "basin.yaml", "-o", out, "-q", "--threads", str(threads), *more]
    if save is not None:
        command += ["--save", save]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100)
    assert done.returncode == code, (command, done.returncode, done.stderr)
    return done.stderr


def nguon(*arguments, code=0):
    done = subprocess.run([NGUON, *arguments], capture_output=True, text=True, timeout=100)
    assert done.returncode == code, (arguments, done.returncode, done.stdout, done.stderr)
    return done.stdout + done.stderr


def opened(path):
    return xarray.open_dataset(path).load()


def same(a, b):
    return np.array_equal(np.asarray(a), np.asarray(b), equal_nan=True)


# ---- elements ------------------------------------------------------------------------------------


def elements():
    """Every place: an id, a kind, a class, a district, an end of a link, several of them."""
    write_basin()
    run("all.h5", "all")
    run("some.h5", "storage:upper,supply:irrigation,need:South,link_flow:canal,"
                   "shortage_rule:town,shortage_rule:groves,link_flow:pipe,level")
    full, some = opened("all.h5"), opened("some.h5")
    kept = {"storage": ["upper"], "supply": ["fields", "groves"], "need": ["fields", "groves"],
            "link_flow": ["main", "canal"], "shortage_rule": ["town", "groves"],
            "level": ["upper", "lower"]}
    assert "shortage_water" not in some and "inflow" not in some
    for name, ids in kept.items():
        kind = some[name].dims[2]
        for one in some[kind].values:
            value = some[name].sel({kind: one})
            if one in ids:
                assert same(value, full[name].sel({kind: one})), (name, one)
            else:
                assert np.isnan(value).all(), (name, one)
        whole = len(ids) == some[kind].size
        assert some[name].attrs.get("elements_kept") == (None if whole else " ".join(ids)), name
    assert os.path.getsize("some.h5") < os.path.getsize("all.h5")
    run("node.h5", "all:upper")
    node = opened("node.h5")
    assert same(node.storage.sel(reservoir="upper"), full.storage.sel(reservoir="upper"))
    assert same(node.inflow.sel(node="upper"), full.inflow.sel(node="upper"))
    assert np.isnan(node.storage.sel(reservoir="lower")).all() and "supply" not in node
    # what is not kept is said, by the element
    text = nguon("show", "some.h5", "series:storage:lower", code=2)
    assert "storage:lower" in text and "--save" in text, text
    nguon("show", "some.h5", "series:storage:upper")
    nguon("export", "some.h5", "--series", "storage:upper", "--csv", "s.csv")
    nguon("export", "some.h5", "--series", "storage", "--csv", "s.csv")
    assert "lower" not in open("s.csv").read()
    text = nguon("export", "some.h5", "--series", "storage:lower", "--csv", "s.csv", code=2)
    assert "storage:lower" in text and "--save" in text, text
    text = nguon("plot", "some.h5", "storage:lower", "-o", "s.svg", code=2)
    assert "storage:lower" in text and "--save" in text, text
    nguon("plot", "some.h5", "storage:upper", "-o", "s.svg")
    nguon("report", "some.h5", "-o", "r.html")
    nguon("compare", "some.h5", "all.h5")
    # a file with part of the elements is not taken for one with all of them
    nguon("verify", "some.h5")


def refused():
    """What cannot be kept is refused before anything is simulated, in words."""
    write_basin(1)
    for save, more, words in (
            ("storage:uper", (), "did you mean 'upper'"),
            ("storag", (), "did you mean 'storage'"),
            ("all:nowhere", (), "nothing called 'nowhere'"),
            ("monthly-sum:storage", (), "only flows have a sum"),
            ("storage", ("--quantiles", "0.5"), "need a series in --save"),
            ("quantiles:storage", ("--quantiles", "0.5,0.1"), "rising numbers from 0 to 1"),
            ("quantiles:storage", ("--quantiles", "1.5"), "rising numbers from 0 to 1"),
            ("quantiles:storage", ("--quantiles-by", "policy"), "no axis 'policy'"),
            ("quantiles:audit", (), "no result called 'audit'")):
        text = run("no.h5", save, *more, code=2)
        assert words in text, (save, text)
        assert not os.path.exists("no.h5")


# ---- time ----------------------------------------------------------------------------------------


def in_time(step, end):
    """Months and years against xarray's resample."""
    write_basin(2, end, step)
    run("all.h5", "all")
    run("time.h5", "monthly:supply,monthly:storage,monthly-min:storage,monthly-max:storage,"
                   "monthly-mean:storage,monthly-sum:supply,yearly:link_flow,yearly-max:need,"
                   "yearly-sum:link_flow:canal,monthly:spill:lower")
    full, part = opened("all.h5"), opened("time.h5")
    seconds = (full.time_bnds[:, 1] - full.time_bnds[:, 0]) / np.timedelta64(1, "s")

    def mean(value, rule):
        value = value.astype(float)
        return (value * seconds).resample(time=rule).sum() / seconds.resample(time=rule).sum()

    def check(name, value, rtol=2e-7):
        assert part[name].shape == value.transpose(*full_dims(value)).shape, name
        np.testing.assert_allclose(part[name].values, value.transpose(*full_dims(value)).values,
                                   rtol=rtol, atol=1e-9, err_msg=name)

    def full_dims(value):
        return [d for d in ("scenario", "time", "reservoir", "demand", "link") if d in value.dims]

    check("supply_monthly", mean(full.supply, "MS"))
    check("storage_monthly", full.storage.resample(time="MS").last())
    check("storage_monthly_min", full.storage.resample(time="MS").min())
    check("storage_monthly_max", full.storage.resample(time="MS").max())
    check("storage_monthly_mean", mean(full.storage, "MS"))
    check("supply_monthly_sum", (full.supply.astype(float) * seconds).resample(time="MS").sum())
    check("link_flow_yearly", mean(full.link_flow, "YS" if new_pandas() else "AS"))
    check("need_yearly_max", full.need.resample(time="YS" if new_pandas() else "AS").max())
    assert np.isnan(part.link_flow_yearly_sum.sel(link="river")).all()
    np.testing.assert_allclose(
        part.link_flow_yearly_sum.sel(link="canal").sum("year"),
        (full.link_flow.sel(link="canal").astype(float) * seconds).sum("time"), rtol=1e-6)
    assert np.isnan(part.spill_monthly.sel(reservoir="upper")).all()
    assert part.supply_monthly.attrs["cell_methods"] == "month: mean"
    assert part.storage_monthly.attrs["cell_methods"] == "month: point"
    assert part.storage_monthly_min.attrs["cell_methods"] == "month: minimum"
    assert part.supply_monthly_sum.attrs["units"] == "m3"
    # the bounds are what the run covers, and say how much of the month that is
    first = part.month_bnds.values[0]
    assert first[0] == full.time_bnds.values[0, 0] and str(first[1])[:10] == "2020-01-01"
    assert part.month_bnds.values[-1, 1] == full.time_bnds.values[-1, 1]
    for t in range(part.month.size):
        covered = part.month_bnds.values[t]
        days = (covered[1] - covered[0]) / np.timedelta64(1, "D")
        month = np.datetime64(covered[0], "M")
        whole = ((month + 1).astype("datetime64[D]") - month.astype("datetime64[D]")).astype(float)
        assert abs(float(part.month_coverage[t]) - days / whole) < 1e-12
    assert float(part.year_coverage[-1]) < 1 or end.endswith("12-31")


def new_pandas():
    import pandas
    return tuple(int(x) for x in pandas.__version__.split(".")[:2]) >= (2, 2)


# ---- statistics ----------------------------------------------------------------------------------

P = [0, 0.05, 0.1, 0.33, 0.5, 0.9, 0.95, 1]
STATISTICS = ["--quantiles", ",".join(str(p) for p in P)]


def check_statistics(found, full, name, dims, bound):
    """Against numpy's quantiles of all scenarios."""
    value = full[name].astype(float)
    low, high = value.min("scenario"), value.max("scenario")
    stat = f"{name}_"
    wanted = value.quantile(P, "scenario").transpose("quantile", *dims)
    off = abs(found[stat + "quantiles"].transpose("quantile", *dims).values - wanted.values)
    # what is stored is single precision
    room = bound * (high - low).values[None] + 2e-7 * abs(wanted.values)
    assert (off <= room).all(), (name, off.max(), room.flat[off.argmax()])
    assert same(found[stat + "min"], low.astype("f4"))
    assert same(found[stat + "max"], high.astype("f4"))
    np.testing.assert_allclose(found[stat + "mean"], value.mean("scenario"), rtol=2e-7, atol=1e-9)
    assert (found[stat + "count"] == full.scenario.size).all()
    return float((off / (1e-30 + (high - low).values[None])).max())


def statistics():
    """Few scenarios: exact. Many: within the bound that is promised. By member of an axis."""
    for realisations, bound in ((5, 0.0), (140, 2 / 255)):
        write_basin(realisations)
        run("all.h5", "storage,supply,link_flow", threads=2)
        run("stat.h5", "quantiles:storage,quantiles:supply,quantiles:monthly:link_flow",
            *STATISTICS, threads=2)
        full, found = opened("all.h5"), opened("stat.h5")
        worst = check_statistics(found, full, "storage", ("time", "reservoir"), bound)
        check_statistics(found, full, "supply", ("time", "demand"), bound)
        print(f"{2 * realisations} scenarios: off by at most {worst:.5f} of the range")
        run("month.h5", "monthly:link_flow", threads=2)
        month = opened("month.h5")
        check_statistics(found, month, "link_flow_monthly", ("month", "link"), bound)
        assert found.storage_quantiles.dims == ("quantile", "time", "reservoir")
        assert found.storage_mean.attrs["cell_methods"] == "time: point realization: mean"
        assert found.storage_quantiles.attrs["units"] == "m3"
        assert "storage" not in found
    assert os.path.getsize("stat.h5") < os.path.getsize("all.h5")
    run("by.h5", "quantiles:storage:upper", *STATISTICS, "--quantiles-by", "need", threads=2)
    by = opened("by.h5")
    assert list(by.by_need.values) == ["100 %", "130 %"]
    assert by.storage_quantiles.dims == ("by_need", "quantile", "time", "reservoir")
    for label in by.by_need.values:
        mine = full.sel(scenario=full.axis_need.values == label).sel(reservoir="upper")
        check_statistics(by.sel(by_need=label, reservoir="upper"), mine, "storage", ("time",), 0.0)
    assert np.isnan(by.storage_quantiles.sel(reservoir="lower")).all()


def same_bytes():
    """Any number of threads, a run that was killed and completed, one that is ended early."""
    write_basin(60)
    save = "default,quantiles:storage,quantiles:monthly:supply,yearly:need,link_flow:canal"
    run("one.h5", save, threads=1)
    run("four.h5", save, threads=4)
    one, four = opened("one.h5"), opened("four.h5")
    assert one.identical(four)
    command = [NGUON, "run", "basin.yaml", "-o", "cut.h5", "-q", "--threads", "2", "--save", save,
               "--resume"]
    subprocess.run(command, check=True, timeout=100)
    whole = open("cut.h5", "rb").read()
    os.remove("cut.h5")
    kills = 0
    for wait in (0.05, 0.15, 0.3):
        process = subprocess.Popen(command)
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
        kills += process.wait() == -signal.SIGKILL
        assert kills == 0 or not os.path.exists("cut.h5") or process.returncode == 0
        if os.path.exists("cut.h5"):
            break
    subprocess.run(command, check=True, timeout=100)
    assert open("cut.h5", "rb").read() == whole, "a completed run differs"
    print(f"killed {kills} times")
    # --until: statistics are of the scenarios that there are
    write_basin(100)
    run("until.h5", "need,supply,quantiles:storage", "--until", "irrigation.reliability ±10 %")
    until = opened("until.h5")
    assert until.scenario.size < 200
    assert (until.storage_count == until.scenario.size).all()
    run("again.h5", "storage")
    again = opened("again.h5").isel(scenario=slice(0, until.scenario.size))
    assert same(until.storage_max, again.storage.max("scenario"))


def readers():
    """A file with statistics alone: every command reads it, or says what is missing."""
    write_basin()
    run("stat.h5", "quantiles:storage,monthly:supply")
    nguon("plot", "stat.h5", "supply_monthly:town", "-o", "x.svg")
    month = opened("stat.h5").supply_monthly.sel(demand="fields")
    nguon("export", "stat.h5", "--series", "supply_monthly:fields", "--csv", "x.csv")
    lines = open("x.csv").read().splitlines()[1:]
    assert len(lines) == month.size and ",2019-12-20,2020-01-01," in lines[0], lines[0]
    assert [float(x.split(",")[-1]) for x in lines] == [float("%.9g" % x) for x in month.values.flat]
    shown = nguon("show", "stat.h5", "series:supply_monthly:fields", "--csv").splitlines()[1:]
    assert len(shown) == month.size and shown[1].split(",")[-2] == "2020-01-01", shown[1]
    nguon("show", "stat.h5")
    nguon("show", "stat.h5", "scenarios")
    nguon("report", "stat.h5", "-o", "r.html")
    nguon("compare", "stat.h5", "stat.h5")
    for arguments in (("plot", "stat.h5", "supply:town", "-o", "x.svg"),
                      ("show", "stat.h5", "series:supply:town"),
                      ("export", "stat.h5", "--series", "supply:town", "--csv", "x.csv"),
                      ("drought", "performance", "stat.h5")):
        text = nguon(*arguments, code=2)
        assert "--save" in text, (arguments, text)


with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    elements()
    refused()
    in_time("daily", "2021-01-10")
    in_time("hourly", "2020-01-05")
    in_time("tenday", "2020-03-20")
    in_time("monthly", "2020-12-31")
    statistics()
    same_bytes()
    readers()
    print("good")
