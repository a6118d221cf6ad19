# SPDX-License-Identifier: GPL-3.0-or-later
"""Work out what `nguon compare --csv` prints again, from the series and indicators of the files.

check_compare.py A.h5 B.h5 OUT.csv           two files, scenarios paired by id
check_compare.py A.h5 --axis share OUT.csv   members of the last axis of one file
The threshold is 'domestic.reliability >= 90 %' and 'met/industry > 50 %'.
"""
import csv
import math
import sys

import numpy
import xarray

YEAR = 365.2425 * 86400.0


class Run:
    def __init__(self, path, axis=None, member=None):
        root = xarray.open_dataset(path, decode_times=False)
        totals = xarray.open_dataset(path, group="indicators", decode_times=False)
        label = root["axis_" + axis].values if axis else None
        chosen = [s for s in range(root.sizes["scenario"]) if axis is None or label[s] == member]
        self.name = [str(root.scenario.values[s]) for s in chosen]
        if axis:  # the axis compared is not part of the name
            self.name = [",".join(p for p in n.split(",") if not p.startswith(axis + "="))
                         for n in self.name]
        self.root = root.isel(scenario=chosen)
        self.totals = totals.isel(scenario=chosen)
        bounds = root.time_bnds.values * 86400.0
        self.dt = bounds[:, 1] - bounds[:, 0]
        self.years = (bounds[-1, 1] - bounds[0, 0]) / YEAR
        self.demand_class = [str(c) for c in root.demand_class.values]

    def supply(self, chosen, scenarios):
        """Figures of some demands together over some scenarios, from the series."""
        need = self.root.need.values[scenarios][:, :, chosen].astype(float)
        got = self.root.supply.values[scenarios][:, :, chosen].astype(float)
        volume = need * self.dt[None, :, None]
        short = (got < need * (1 - 1e-6)) & (need > 0)
        share = numpy.where(need > 0, got / numpy.where(need > 0, need, 1), 1.0)
        to_year = 1e-6 / self.years / len(scenarios)
        return {
            "met_share": 100 * (got * self.dt[None, :, None]).sum() / volume.sum(),
            "full_share": 100 * (1 - short.sum() / (need > 0).sum()),
            "worst_share": 100 * share.min(),
            "need": volume.sum() * to_year,
            "supply": (got * self.dt[None, :, None]).sum() * to_year,
        }

    def reservoir(self, r, scenarios):
        storage = self.root.storage.values[scenarios][:, :, r]
        spill = self.totals.reservoir_spill_m3.values[scenarios][:, r]
        return {"lowest_storage": storage.min() / 1e6,
                "lowest_level": self.root.level.values[scenarios][:, :, r].min(),
                "spill": spill.mean() / self.years / 1e6}

    def reliability(self, s):
        """Of the class domestic: it fails in a step if its demands together lack anything."""
        chosen = [d for d, c in enumerate(self.demand_class) if c == "domestic"]
        need = self.root.need.values[s][:, chosen].astype(float).sum(1)
        got = self.root.supply.values[s][:, chosen].astype(float).sum(1)
        return 1 - ((need - got) > 1e-6 * need).sum() / (need > 0).sum()

    def met_industry(self, s):
        chosen = [d for d, c in enumerate(self.demand_class) if c == "industry"]
        need = self.totals.demand_demand_m3.values[s][chosen].sum()
        return self.totals.demand_supply_m3.values[s][chosen].sum() / need


def expect(found, wanted, what):
    if not math.isclose(float(found), wanted, rel_tol=2e-6, abs_tol=2e-6):
        sys.exit(f"{what}: compare says {found}, the files say {wanted}")


def check_changes(rows, runs, pairs):
    count = 0
    for row in rows:
        if row["kind"] in ("robustness", "target", "district"):
            continue
        run = {r.label: r for r in runs}[row["run"]]
        for side, key in ((runs[0], "first"), (run, "value")):
            places = [side.name.index(p) for p in pairs if row["scenario"] in ("all", p)]
            if row["kind"] == "reservoir":
                r = [str(i) for i in side.root.reservoir.values].index(row["id"])
                figures = side.reservoir(r, places)
            else:
                names = side.demand_class if row["kind"] == "class" else \
                    [str(i) for i in side.root.demand.values]
                figures = side.supply([d for d, n in enumerate(names) if n == row["id"]], places)
            if row["figure"] in figures:
                expect(row[key], figures[row["figure"]], row)
                count += 1
        expect(row["change"] or "nan", float(row["value"] or "nan") - float(row["first"] or "nan"),
               row) if row["change"] else None
    return count


def check_robustness(rows, runs, pairs):
    count = 0
    for text, measure, limit in (("domestic.reliability >= 90 %", Run.reliability, 0.9 - 1e-12),
                                 ("met/industry > 50 %", Run.met_industry, 0.5 + 1e-9)):
        value = numpy.array([[measure(r, r.name.index(p)) for p in pairs] for r in runs])
        regret = (value.max(0)[None, :] - value).max(1)
        share = (value >= limit).mean(1)
        for i, run in enumerate(runs):
            wanted = {"satisficing_share": share[i], "mean": value[i].mean(),
                      "worst": value[i].min(), "maximum_regret": regret[i],
                      "satisficing_rank": 1 + (share > share[i]).sum(),
                      "regret_rank": 1 + (regret < regret[i]).sum()}
            for row in rows:
                if row["kind"] == "robustness" and row["id"] == text and row["run"] == run.label:
                    expect(row["value"], wanted[row["figure"]], row)
                    count += 1
    return count


def main():
    path, out = sys.argv[1], sys.argv[-1]
    if sys.argv[2] == "--axis":
        axis = sys.argv[3]
        labels = xarray.open_dataset(path, decode_times=False)["axis_" + axis].values
        members = list(dict.fromkeys(str(x) for x in labels))
        runs = [Run(path, axis, m) for m in members]
        for run, member in zip(runs, members):
            run.label = f"{axis}={member}"
    else:
        runs = [Run(p) for p in sys.argv[1:-1]]
        for run, label in zip(runs, sys.argv[1:-1]):
            run.label = label
    pairs = [n for n in runs[0].name if all(n in r.name for r in runs)]
    rows = list(csv.DictReader(open(out, encoding="utf-8")))
    count = check_changes(rows, runs, pairs)
    robust = check_robustness(rows, runs, pairs)
    if count < 50 or robust < 10:
        sys.exit(f"only {count} figures and {robust} of robustness were checked")
    print(f"{count} figures and {robust} of robustness are those of the files")


main()
