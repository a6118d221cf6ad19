/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_TESTS_MODEL_BASIN_BAD_CASES_H
#define NGUON_TESTS_MODEL_BASIN_BAD_CASES_H

/*
 * Faulty basin files, each the good one below with a piece replaced. '@' in the new piece marks the
 * line and column at which the fault must be reported, and is taken out before the file is read.
 */

static const char good_file[] =
    "nguon: 1\n"
    "run: {start: 2020-01-01, end: 2020-12-31, demand_year: 2022}\n"
    "ranks: [domestic_floor, domestic, minimum_flow, industry, [irrigation, other]]\n"
    "series:\n"
    "  q: {file: weather.csv, column: Q, unit: m3/s}\n"
    "  rain: {file: weather.csv, column: P_mm, unit: mm/d}\n"
    "profiles:\n"
    "  house: {monthly: [8, 7, 8, 8, 9, 9, 9, 9, 9, 8, 8, 8]}\n"
    "catchments:\n"
    "  hills: {area: 182 km2, to: lake, inflow: {series: q}}\n"
    "  delta: {area: 20 km2, to: {fork: 84 %, mouth: 16 %}, inflow: {gr4j: {x1: 350 mm,\n"
    "          x2: 0 mm/d, x3: 90 mm, x4: 1.7 d, rain: {series: rain}, pet: 3 mm/d}}}\n"
    "reservoirs:\n"
    "  lake:\n"
    "    table: {level: [0, 10, 20], area: [1, 2, 3], storage: [0, 15, 40], units: [m, km2, hm3]}\n"
    "    capacity: 30 hm3\n"
    "    dead_storage: 5 hm3\n"
    "    evaporation: {monthly: [3, 3, 3, 4, 4, 5, 5, 5, 4, 4, 3, 3], unit: mm/d}\n"
    "    target: {curve: {01-01: 25 hm3, 07-01: 15 hm3}}\n"
    "    zones: [{id: alert, below: 20 hm3}, {id: cut, below: 12 hm3, caps: {irrigation: 60 %}}]\n"
    "    spill_to: fork\n"
    "junctions:\n"
    "  fork:\n"
    "plants:\n"
    "  works: {loss: 5 %}\n"
    "estuaries:\n"
    "  mouth: {spill_to: bay}\n"
    "seas:\n"
    "  bay:\n"
    "aquifers:\n"
    "  ground: {capacity: 20 hm3, recharge: 1 m3/s}\n"
    "sources:\n"
    "  mine: {capacity: 0.1 m3/s, classes: [industry]}\n"
    "demands:\n"
    "  town: {class: domestic, population: 41000 person, norm: 120 L/person/d, profile: house,\n"
    "         returns: {mouth: 80 %}}\n"
    "  mill: {class: industry, need: 0.1 m3/s}\n"
    "  farm: {class: irrigation, area: {years: {2022: 800 ha, 2030: 900 ha}}, norm: 45 m3/ha/d}\n"
    "links:\n"
    "  river: {kind: river, from: fork, to: mouth}\n"
    "  intake: {kind: intake, from: fork, to: works, capacity: 1 m3/s}\n"
    "  main: {kind: pipe, from: works, to: town, loss: 10 %}\n"
    "  well: {kind: well, from: ground, to: town, capacity: 0.05 m3/s}\n"
    "  canal: {kind: canal, from: lake, to: farm, capacity: {by_level: [[5 m, 0 m3/s],\n"
    "          [20 m, 3 m3/s]]}}\n"
    "  drain: {kind: pipe, from: mine, to: mill}\n"
    "scenarios:\n"
    "  axes:\n"
    "    year: {values: [2022, 2030], path: demand_year}\n";

struct bad_case {
    const char *name;
    const char *old; /**< piece of good_file, replaced once */
    const char *new; /**< with '@' at the place of the fault */
    const char *words;
    int errors; /**< number of faults in all; 0 means 1 */
};

static const struct bad_case bad_cases[] = {
    {"version is missing", "nguon: 1\nrun", "@run", "lacks the key 'nguon'", 0},
    {"version is unknown", "nguon: 1", "nguon: @2", "reads version 1", 0},
    {"unknown section", "junctions:", "@junction:", "did you mean 'junctions'", 5},
    {"section is a list", "seas:\n  bay:", "seas: @[bay]", "must be a map", 2},
    {"unknown key", "    capacity: 30 hm3", "    capacity: 30 hm3\n    @capacty: 3 hm3",
     "unknown key 'capacty' in reservoirs.lake (did you mean 'capacity'?)", 0},
    {"key stands twice", "    capacity: 30 hm3", "    capacity: 30 hm3\n    @capacity: 31 hm3",
     "stands twice; it is already in line 16", 0},
    {"missing required key", "hills: {area: 182 km2, ", "@hills: {", "lacks the key 'area'", 0},
    {"missing spill", "  mouth: {spill_to: bay}", "  @mouth:", "lacks the key 'spill_to'", 0},
    {"run is missing", "run: {start: 2020-01-01, end: 2020-12-31, demand_year: 2022}\n", "",
     "section 'run' is missing", 0},
    {"dimension is wrong", "capacity: 30 hm3", "capacity: @30 m",
     "'capacity' is '30 m', a level or depth; it takes a volume such as 127.5 hm3", 0},
    {"unit is missing", "capacity: 30 hm3", "capacity: @30",
     "without a unit; it takes a volume such as 127.5 hm3", 0},
    {"unit is unknown", "capacity: 30 hm3", "capacity: @30 hmm3", "unknown unit 'hmm'", 0},
    {"a person is not a head", "120 L/person/d", "@120 L/head/d",
     "a norm per head; with 'population' it must be a norm per person", 0},
    {"nan", "loss: 10 %", "loss: @.nan", "not a finite number", 0},
    {"infinity", "area: 182 km2", "area: @inf km2", "not a finite number", 0},
    {"overflow", "area: 182 km2", "area: @1e400 km2", "too large", 0},
    {"decimal comma", "area: 182 km2", "area: @'182,5 km2'", "comma", 0},
    {"grouped digits", "area: 182 km2", "area: @1 182 km2", "not grouped", 0},
    {"negative area", "area: 182 km2", "area: @-182 km2", "must be above 0 m2", 0},
    {"share above one", "loss: 10 %", "loss: @110 %", "out of range", 0},
    {"loss of all", "loss: 10 %", "loss: @100 %", "below 1", 0},
    {"scale beside lifts a share", "loss: 10 %", "loss: @{value: 60 %, scale: 2}",
     "'loss' comes to 1.2", 0},
    {"compound nonsense", "capacity: 30 hm3", "capacity: @30 hm3 s", "no kind of quantity", 0},
    {"month on top", "x4: 1.7 d", "x4: @1 month", "a month or year may only stand once", 0},
    {"list for a figure", "    capacity: 30 hm3", "    capacity: @[30 hm3]", "must be one figure",
     0},
    {"empty value", "    capacity: 30 hm3", "    capacity:@", "has no value", 0},
    {"flag letter is unknown", "area: 182 km2", "area: @'182 km2 [Q guess]'", "a flag begins with",
     0},
    {"flag of the map is unknown", "area: 182 km2", "area: 182 km2, flags: {area: @guess}",
     "must begin with S", 0},
    {"unknown node", "from: works", "from: @worcs", "(did you mean 'works'?)", 0},
    {"unknown spill node", "spill_to: bay", "spill_to: @bey", "(did you mean 'bay'?)", 0},
    {"unknown class", "class: industry,", "class: @industri,",
     "stands in no rank of 'ranks' (did you mean 'industry'?)", 0},
    {"unknown profile", "profile: house", "profile: @hose", "(did you mean 'house'?)", 0},
    {"unknown series", "{series: q}", "{series: @p}", "series 'p', which is not defined", 0},
    {"unknown word", "kind: intake", "kind: @intak", "(did you mean 'intake'?)", 0},
    {"unknown rank", "capacity: 30 hm3", "capacity: 30 hm3\n    emergency_for: @domestik",
     "rank 'domestik', which is not defined (did you mean 'domestic'?)", 0},
    {"link into a catchment", "to: works, cap", "to: @hills, cap", "'hills', a catchment", 0},
    {"link out of a catchment", "from: fork, to: works", "from: @hills, to: works",
     "'hills', a catchment", 0},
    {"link out of a sea", "from: fork, to: works", "from: @bay, to: works", "'bay', a sea", 0},
    {"link out of a demand", "from: works, to: town", "from: @farm, to: town", "'farm', a demand",
     0},
    {"link into a source", "to: mill", "to: @mine", "'mine', a source", -1},
    {"river to a demand",
     "from: lake, to: farm, capacity: {by_level: [[5 m, 0 m3/s],\n"
     "          [20 m, 3 m3/s]]}}",
     "from: lake, to: farm}\n  r2: {kind: river, from: fork, to: @farm}",
     "'to' of a river is 'farm', a demand", 0},
    {"well out of a lake", "kind: well, from: ground", "kind: well, from: @lake",
     "it must be a aquifer", 0},
    {"catchment to a demand", "to: lake, inflow", "to: @farm, inflow", "'farm', a demand", -1},
    {"spill to a demand", "spill_to: bay", "spill_to: @farm", "'spill_to' is 'farm'", -1},
    {"link to itself", "from: fork, to: works", "from: works, to: @works", "to itself", 0},
    {"id stands twice", "  works: {loss: 5 %}", "  works: {loss: 5 %}\n  @fork: {}",
     "id 'fork' is taken by the junction", 0},
    {"id has bad characters", "  mill: {class", "  @Mill: {class", "may only hold a-z, 0-9 and _",
     2},
    {"link has the id of a spill", "  drain:",
     "  lake_spill: {kind: river, from: fork, to: mouth}\n"
     "  drain:",
     "a link of the file has that id", 0},
    {"table does not rise", "storage: [0, 15, 40]", "storage: [0, 15, @14]",
     "'table' must rise: 'storage' 14 comes after 15", 0},
    {"table is uneven", "area: [1, 2, 3]", "area: @[1, 2]", "has 2 rows", 0},
    {"table does not begin empty", "storage: [0, 15, 40]", "storage: [@1, 15, 40]",
     "must begin with the empty lake", 0},
    {"table has no units", ", units: [m, km2, hm3]}", "}", "needs 'units'", 0},
    {"table unit is wrong", "units: [m, km2, hm3]", "units: [m, @m, hm3]",
     "unit 'm' is that of a level", 0},
    {"table cell is no number", "area: [1, 2, 3]", "area: [1, @two, 3]", "not a number", 0},
    {"capacity above the table", "capacity: 30 hm3", "capacity: @41 hm3", "lies above the table",
     0},
    {"capacity below dead storage", "dead_storage: 5 hm3", "dead_storage: @30 hm3",
     "is not below the capacity", 0},
    {"level outside the table", "capacity: 30 hm3", "normal_level: @21 m", "lies outside the table",
     -1},
    {"capacity given twice", "capacity: 30 hm3", "capacity: 30 hm3\n    normal_level: @15 m",
     "not both", 0},
    {"line outside the lake", "01-01: 25 hm3, 07-01", "01-01: 95 hm3, 07-01", "'target' comes to",
     0},
    {"line of two kinds", "07-01: 15 hm3", "07-01: @15 m", "not of the same kind", 0},
    {"zones are out of order", "zones: [{id: alert, below: 20", "zones: @[{id: alert, below: 11",
     "from the highest line to the lowest: on 01-01 'cut'", 0},
    {"zone of an unknown class", "caps: {irrigation: 60 %}", "caps: {@irigation: 60 %}",
     "(did you mean 'irrigation'?)", 0},
    {"zone without a line", "{id: alert, below: 20 hm3}", "@{id: alert}", "needs 'id' and 'below'",
     0},
    {"profile of eleven", "9, 9, 9, 9, 9, 8, 8, 8]}", "9, 9, 9, 9, 9, 8, 8]}",
     "must be a list of 12 numbers, not a list of 11", 0},
    {"profile does not sum to 100", "monthly: [8, 7, 8", "monthly: @[8, 17, 8", "sum to 110 %", 0},
    {"week of six", "house: {monthly", "house: {weekly: @[1, 1, 1, 1, 1, 1], monthly",
     "list of 7 numbers", 0},
    {"quantity of eleven months", "monthly: [3, 3, 3, 4", "monthly: @[3, 3, 4",
     "a list of 12 figures", 0},
    {"day that does not exist", "07-01: 15 hm3", "@06-31: 15 hm3", "not a day of the year", 0},
    {"two forms", "{curve: {01-01: 25 hm3, 07-01: 15 hm3}}", "{curve: {01-01: 25 hm3}, @value: 3}",
     "has both", 0},
    {"form is not allowed", "recharge: 1 m3/s", "recharge: {@by_level: [[1 m, 1 m3/s]]}",
     "cannot be given 'by_level'", 0},
    {"levels fall", "[20 m, 3 m3/s]", "[@4 m, 3 m3/s]", "must rise", 0},
    {"level without a lake", "to: works, capacity: 1 m3/s",
     "to: works, capacity: @{by_level: [[5 m, 0 m3/s], [6 m, 1 m3/s]]}",
     "needs a reservoir upstream", 0},
    {"date that does not exist", "end: 2020-12-31", "end: @2020-02-30", "not a date", 0},
    {"end before start", "end: 2020-12-31", "end: @2019-12-31", "run:", 0},
    {"step is unknown", "{start:", "{step: @dayly, start:", "(did you mean 'daily'?)", 0},
    {"series does not cover the run", "end: 2020-12-31", "end: 2021-12-31",
     "does not serve the run", 2},
    {"series file is missing", "q: {file: weather.csv", "q: {file: wether.csv", "", 0},
    {"series column is missing", "column: Q", "column: R", "", 0},
    {"series of another kind", "rain: {series: rain}", "rain: {series: @q}",
     "series 'q' is in the unit of a flow", 0},
    {"series key is missing", "column: Q, ", "", "lacks the key 'column'", 0},
    {"fill is unknown", "unit: m3/s}", "unit: m3/s, fill: @zeros}", "(did you mean 'zero'?)", 0},
    {"warm-up is longer than the record", "pet: 3 mm/d", "pet: 3 mm/d, warmup: 9999 d",
     "warms up for 9999 d", 0},
    {"x4 is too long", "x4: 1.7 d", "x4: @25 d", "out of range", 0},
    {"rate per month where per day", "x2: 0 mm/d", "x2: @1 mm/month", "cannot be per month", 0},
    {"split does not sum to one", "to: {fork: 84 %", "to: @{fork: 74 %", "sum to 90 %", 0},
    {"returns above one", "{mouth: 80 %}", "@{mouth: 80 %, fork: 30 %}", "sum to 110 %", 0},
    {"return to a catchment", "{mouth: 80 %}", "@{hills: 80 %}", "'hills', a catchment", 0},
    {"demand without a link", "  drain: {kind: pipe, from: mine, to: mill}\n", "",
     "no link brings water to demand 'mill'", 0},
    {"demand without a size", "need: 0.1 m3/s}", "weight: 2}", "lacks its size", 0},
    {"demand with two sizes", "need: 0.1 m3/s}", "need: 0.1 m3/s, area: @1 ha}", "has both", 0},
    {"floor without people", "need: 0.1 m3/s}", "need: 0.1 m3/s, floor: @60 L/person/d}",
     "'floor' needs 'population'", 0},
    {"growth without a year", "need: 0.1 m3/s}", "need: 0.1 m3/s, growth: @2 %/year}",
     "go together", 0},
    {"growth per month", "need: 0.1 m3/s}",
     "need: 0.1 m3/s, growth: @2 %/month, growth_from: 2022}", "must be per year", 0},
    {"year is not chosen", "run: {start: 2020-01-01, end: 2020-12-31, demand_year: 2022}",
     "@run: {start: 2020-01-01, end: 2020-12-31}", "lacks the key 'demand_year'", 0},
    {"river runs in a circle",
     "  drain:", "  back: {kind: river, from: mouth, to: @fork}\n  drain:",
     "a river runs in a circle: fork -> mouth -> fork", 0},
    {"spill closes a circle", "spill_to: bay", "spill_to: @lake",
     "a river runs in a circle: lake -> fork -> mouth -> lake", -1},
    {"river to the sea is capped", "{kind: river, from: fork, to: mouth}",
     "{kind: river, from: fork, to: mouth, capacity: 5 m3/s}", "comes to the junction 'fork'", 3},
    {"there is no sea", "seas:\n  bay:\n", "", "", -1},
    {"forced source without spill", "mine: {capacity", "mine: {forced: @true, capacity",
     "needs 'spill_to'", 0},
    {"source reaches another class", "from: mine, to: mill", "from: mine, to: fork",
     "mine -> fork -> works -> town", -1},
    {"class in two ranks", "industry, [irrigation", "industry, @[industry, irrigation",
     "stands in two ranks", 0},
    {"rank word twice", "minimum_flow, industry", "minimum_flow, @minimum_flow, industry",
     "stands twice", 0},
    {"fixed word in a list", "[irrigation, other]", "[irrigation, @storage_target]",
     "cannot share a rank", 0},
    {"floor without a class", "[domestic_floor,", "@[tourism_floor, domestic_floor,",
     "but class 'tourism' does not", 0},
    {"latitude is too large", "hills: {", "hills: {at: [@95, 107], ", "beyond 90 degrees", 0},
    {"yes or no", "plants:\n", "aquifers_: 1\nplants:\n", "unknown section", 0},
    {"service ends before it begins", "loss: 10 %",
     "loss: 10 %, in_service: @{from: 2020-02-01, to: 2020-01-01}", "ends before it begins", 0},
    {"fills on a canal", "kind: canal, ", "kind: canal, fills: @true, ", "only with a pump", 0},
    {"axis has an unknown path", "path: demand_year", "path: @demand_yaer",
     "(did you mean 'demand_year'?)", 0},
    {"axis has an unknown section", "path: demand_year", "path: @demand.town.norm",
     "there is no section 'demand'", 0},
    {"axis has an unknown id", "path: demand_year", "path: @demands.twon.weight",
     "has no 'twon' (did you mean 'town'?)", 0},
    {"axis has an unknown key", "path: demand_year", "path: @demands.town.norms",
     "(did you mean 'norm'?)", 0},
    {"axis on what is fixed", "path: demand_year", "path: @links.main.kind",
     "cannot be changed by a scenario", 0},
    {"axis on the calendar", "path: demand_year", "path: @start", "cannot be changed by a scenario",
     0},
    {"axis value has a wrong unit", "values: [2022, 2030], path: demand_year",
     "values: [20 hm3, @20 m], path: reservoirs.lake.capacity", "it takes a volume", 0},
    {"axis scales with a unit", "values: [2022, 2030], path: demand_year",
     "values: [@20 hm3], path: reservoirs.lake.capacity, change: scale", "it takes a share", 0},
    {"axis shifts by another kind", "values: [2022, 2030], path: demand_year",
     "values: [@2 m], path: reservoirs.lake.target, change: shift", "but 'target' of 'lake' is", 0},
    {"axis scales what is absent", "values: [2022, 2030], path: demand_year",
     "values: [90 %], path: @reservoirs.lake.rain, change: scale", "has no 'rain' to change", 0},
    {"axis scales a word", "values: [2022, 2030], path: demand_year",
     "values: [@2], path: share, change: scale", "can only be set", 0},
    {"axis is empty", "[2022, 2030]", "@[]", "is empty", 0},
    {"axis repeats a label", "[2022, 2030]", "@[2022, 2022]", "has '2022' twice", 0},
    {"range without a sample", "values: [2022, 2030], path: demand_year}\n",
     "values: [2022, 2030], path: demand_year}\n"
     "    @wet: {range: [1 hm3, 2 hm3], path: reservoirs.lake.domestic_reserve}\n",
     "needs 'combine: {sample", 0},
    {"zip of two lengths", "  axes:\n    year: {values: [2022, 2030], path: demand_year}",
     "  combine: zip\n  axes:\n    year: {values: [2022, 2030], path: demand_year}\n"
     "    @weather: {realisations: 3}",
     "must be of one length: 'weather' has 3 members, 'year' has 2", 0},
    {"product is too large", "    year:", "    @weather: {realisations: 600000}\n    year:",
     "1200000 scenarios, more than 1000000", 0},
    {"two axes of realisations", "    year:",
     "    w1: {realisations: 2}\n    @w2: {realisations: 2}\n    year:", "second axis", 0},
    {"sample without a size", "  axes:\n    year",
     "  combine: {sample: @{method: sobol}}\n  axes:\n    year", "lacks the key 'size'", 0},
    {"empty list of changes", "    year: {values: [2022, 2030], path: demand_year}",
     "    d: {members: {dry: {catchments.*.inflow: @[]}}}", "empty list of changes", 0},
    {"member changes twice in one", "    year: {values: [2022, 2030], path: demand_year}",
     "    d: {members: {dry: {catchments.*.inflow: @{scale: 0.5, shift: 1 m3/s}}}}", "not two", 0},
    {"month thirteen", "    year: {values: [2022, 2030], path: demand_year}",
     "    d: {members: {dry: {catchments.*.inflow: {scale: 0.5, months: [@13]}}}}",
     "must be from 1 to 12", 0},
    {"label with a comma", "    year: {values: [2022, 2030], path: demand_year}",
     "    d: {members: {@'a,b': {}}}", "no ',' or '='", 0},
    {"window on a number", "    year: {values: [2022, 2030], path: demand_year}",
     "    d: {members: {dry: {reservoirs.lake.capacity: {scale: @0.5, months: [1]}}}}",
     "holds for the whole run", 0},
    {"tab for indentation", "  bay:\n", "\tbay:\n", "not valid YAML", 0},
    {"anchor", "area: 182 km2", "area: @&a 182 km2", "anchors", 0},
    {"alias", "area: 182 km2", "area: @*a", "aliases", 0},
    {"tag", "area: 182 km2", "area: @!!str 182 km2", "tags", 0},
    {"bracket is not closed", "[irrigation, other]]", "[irrigation, other]", "not valid YAML", 0},
    {"second document", "links:\n", "@---\nlinks:\n", "second document", 0},
};

#endif
