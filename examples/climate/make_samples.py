#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the sample files of this folder: weather.csv (thirty "observed" years) and netCDF files like
those of CMIP6, of three models that do not exist. Needs python3 and ncgen (netcdf-bin) only.

The models are given a known bias and a known change, so that what the program makes of them can be
checked: MADE-A is 20 % too wet and becomes drier, MADE-B is 2 K too cold and becomes wetter, MADE-C
has days of 360 and becomes much drier. MADE-A has two runs.
"""
import datetime
import math
import os
import random
import subprocess
import sys

MONTHLY_RAIN_MM = [25, 28, 45, 85, 190, 260, 320, 360, 250, 140, 40, 22]  # coast of the north
MONTHLY_TEMPERATURE_C = [16, 17, 19.5, 23, 26.5, 28.5, 28.8, 28.2, 27, 24.5, 21, 17.8]
WET_DAYS = [0.25, 0.35, 0.4, 0.4, 0.45, 0.5, 0.55, 0.6, 0.45, 0.3, 0.2, 0.18]
# calendar, bias of rain, bias of temperature, change of rain in wet and dry months, warming by 2055
MODELS = {
    "MADE-A": ("standard", 1.20, 0.5, 1.02, 0.86, 1.6, ("r1i1p1f1", "r2i1p1f1")),
    "MADE-B": ("noleap", 0.95, -2.0, 1.10, 1.05, 1.3, ("r1i1p1f1",)),
    "MADE-C": ("360_day", 1.35, 0.0, 0.88, 0.70, 2.4, ("r1i1p1f1",)),
}
DAYS = {"noleap": [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], "360_day": [30] * 12}


def days_of(calendar, year, month):
    if calendar == "standard":
        after = datetime.date(year + month // 12, month % 12 + 1, 1)
        return (after - datetime.date(year, month, 1)).days
    return DAYS[calendar][month - 1]


def weather(rng, calendar, first, last, wet=1.0, dry=1.0, warming=0.0):
    """Rain in mm/d and temperature in degC of each day; the change grows from 2014 to 2055."""
    anomaly = 0.0
    for year in range(first, last + 1):
        grown = max(0.0, (year - 2014) / 41.0)
        year_factor = math.exp(rng.gauss(0.0, 0.16))
        for month in range(1, 13):
            days = days_of(calendar, year, month)
            season = wet if 5 <= month <= 10 else dry
            factor = year_factor * (1.0 + (season - 1.0) * grown) * math.exp(rng.gauss(0.0, 0.3))
            mean = MONTHLY_RAIN_MM[month - 1] / days / WET_DAYS[month - 1] * factor
            for _ in range(days):
                anomaly = 0.7 * anomaly + rng.gauss(0.0, 1.2)
                rain = rng.gammavariate(0.7, mean / 0.7) if rng.random() < WET_DAYS[month - 1] else 0.0
                yield rain, MONTHLY_TEMPERATURE_C[month - 1] + anomaly + warming * grown


def write_netcdf(path, name, units, standard, calendar, first, last, source, experiment, run, cells):
    """cells: value of each day, the same for four cells but for a slope of some per cent."""
    if calendar == "standard":
        start = (datetime.date(first, 1, 1) - datetime.date(1850, 1, 1)).days
    else:
        start = (first - 1850) * sum(DAYS[calendar])
    with subprocess.Popen(["ncgen", "-k", "nc4", "-o", path, "-"], stdin=subprocess.PIPE,
                          text=True) as ncgen:
        out = ncgen.stdin
        out.write(f"""netcdf sample {{
dimensions: time = {len(cells)}; lat = 2; lon = 2;
variables:
 double time(time); time:units = "days since 1850-01-01"; time:calendar = "{calendar}";
 time:standard_name = "time"; time:axis = "T";
 double lat(lat); lat:units = "degrees_north"; lat:standard_name = "latitude";
 double lon(lon); lon:units = "degrees_east"; lon:standard_name = "longitude";
 float {name}(time, lat, lon); {name}:units = "{units}"; {name}:standard_name = "{standard}";
 {name}:cell_methods = "area: time: mean"; {name}:_FillValue = 1e20f;
 {name}:_DeflateLevel = 5; {name}:_Shuffle = "true"; {name}:_ChunkSizes = 365, 2, 2;
 :Conventions = "CF-1.7"; :source_id = "{source}"; :experiment_id = "{experiment}";
 :variant_label = "{run}"; :comment = "made up; a model of this name does not exist";
data:
 lat = 21.5, 20.5; lon = 106.5, 107.5;
 time = """)
        out.write(",".join(str(start + i + 0.5) for i in range(len(cells))))
        out.write(f";\n {name} = ")
        for i, (value, slope) in enumerate(cells):
            grid = ",".join(f"{value * (1 + slope * k):.6g}" for k in (-1, 0, 0, 1))
            out.write(("," if i else "") + grid)
        out.write(";\n}\n")
    if ncgen.returncode != 0:
        sys.exit(f"ncgen could not write {path}")


def make_model(source, run_i, run, settings):
    calendar, rain_bias, temperature_bias, wet, dry, warming, _ = settings
    for experiment, first, last in (("historical", 1985, 2014), ("ssp245", 2015, 2070)):
        rng = random.Random(f"{source} {run_i} {experiment}")
        days = list(weather(rng, calendar, first, last, wet, dry, warming))
        tail = f"day_{source}_{experiment}_{run}_gn_{first}0101-{last}1231.nc"
        write_netcdf(f"cmip6/pr_{tail}", "pr", "kg m-2 s-1", "precipitation_flux", calendar, first,
                     last, source, experiment, run,
                     [(rain * rain_bias / 86400.0, 0.05) for rain, _ in days])
        write_netcdf(f"cmip6/tas_{tail}", "tas", "K", "air_temperature", calendar, first, last,
                     source, experiment, run,
                     [(t + temperature_bias + 273.15, 0.001) for _, t in days])


def make_weather():
    rng = random.Random("observed")
    day = datetime.date(1985, 1, 1)
    with open("weather.csv", "w", encoding="ascii") as out:
        out.write("date,P_mm,T_C\n")
        for rain, temperature in weather(rng, "standard", 1985, 2014):
            out.write(f"{day},{rain:.1f},{temperature:.1f}\n")
            day += datetime.timedelta(1)


def main():
    os.chdir(os.path.dirname(os.path.abspath(__file__)))
    os.makedirs("cmip6", exist_ok=True)
    make_weather()
    for source, settings in MODELS.items():
        for run_i, run in enumerate(settings[-1]):
            make_model(source, run_i, run, settings)
    print(f"weather.csv and {len(os.listdir('cmip6'))} files in cmip6/")


if __name__ == "__main__":
    main()
