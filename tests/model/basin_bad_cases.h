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
    "    dam: {crest_level: 22 m, crest_length: 300 m, crest_coefficient: 0.34, freeboard: 1 m}\n"
    "    tailwater: [[0 m3/s, 1 m], [500 m3/s, 5 m]]\n"
    "    outlets:\n"
    "      spillway: {kind: ogee, gates: 3, sill: 12 m, width: 6 m, height: 5 m,\n"
    "                 coefficient: 0.48, orifice_coefficient: 0.65, opening: 1 m}\n"
    "      bottom: {kind: sluice, sill: 2 m, width: 2 m, height: 2 m, coefficient: 0.6,\n"
    "               rule: [[14 m, 0 m], [15 m, 50 %]]}\n"
    "      conduit: {kind: pipe, sill: 3 m, diameter: 1.2 m, loss: 2.5, axis: 1 m}\n"
    "      siphon: {kind: siphon, table: {level: [15, 16, 17], flow: [0, 4, 9],\n"
    "               units: [m, m3/s]}}\n"
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
    int errors;     /**< number of faults in all; 0 means 1, -1 any */
    const char *at; /**< words of the changed file where the fault stands, instead of '@' */
};

static const struct bad_case bad_cases[] = {
    {"version is missing", "nguon: 1\nrun", "@run", "lacks the key 'nguon'", 0, NULL},
    {"version is unknown", "nguon: 1", "nguon: @2", "reads version 1", 0, NULL},
    {"unknown section", "junctions:", "@junction:", "did you mean 'junctions'", 5, NULL},
    {"section is a list", "seas:\n  bay:", "seas: @[bay]", "must be a map", 2, NULL},
    {"unknown key", "    capacity: 30 hm3", "    capacity: 30 hm3\n    @capacty: 3 hm3",
     "unknown key 'capacty' in reservoirs.lake (did you mean 'capacity'?)", 0, NULL},
    {"key stands twice", "    capacity: 30 hm3", "    capacity: 30 hm3\n    @capacity: 31 hm3",
     "stands twice; it is already in line 16", 0, NULL},
    {"missing required key", "hills: {area: 182 km2, ", "@hills: {", "lacks the key 'area'", 0,
     NULL},
    {"missing spill", "  mouth: {spill_to: bay}", "  @mouth:", "lacks the key 'spill_to'", 0, NULL},
    {"run is missing", "run: {start: 2020-01-01, end: 2020-12-31, demand_year: 2022}\n", "",
     "section 'run' is missing", 0, "nguon: 1"},
    {"dimension is wrong", "capacity: 30 hm3", "capacity: @30 m",
     "'capacity' is '30 m', a level or depth; it takes a volume such as 127.5 hm3", 0, NULL},
    {"unit is missing", "capacity: 30 hm3", "capacity: @30",
     "without a unit; it takes a volume such as 127.5 hm3", 0, NULL},
    {"unit is unknown", "capacity: 30 hm3", "capacity: @30 hmm3", "unknown unit 'hmm'", 0, NULL},
    {"a person is not a head", "120 L/person/d", "@120 L/head/d",
     "a norm per head; with 'population' it must be a norm per person", 0, NULL},
    {"nan", "loss: 10 %", "loss: @.nan", "not a finite number", 0, NULL},
    {"infinity", "area: 182 km2", "area: @inf km2", "not a finite number", 0, NULL},
    {"overflow", "area: 182 km2", "area: @1e400 km2", "too large", 0, NULL},
    {"decimal comma", "area: 182 km2", "area: @'182,5 km2'", "comma", 0, NULL},
    {"grouped digits", "area: 182 km2", "area: @1 182 km2", "not grouped", 0, NULL},
    {"negative area", "area: 182 km2", "area: @-182 km2", "must be above 0 m2", 0, NULL},
    {"share above one", "loss: 10 %", "loss: @110 %", "out of range", 0, NULL},
    {"loss of all", "loss: 10 %", "loss: @100 %", "below 1", 0, NULL},
    {"scale beside lifts a share", "loss: 10 %", "loss: @{value: 60 %, scale: 2}",
     "'loss' comes to 1.2", 0, NULL},
    {"compound nonsense", "capacity: 30 hm3", "capacity: @30 hm3 s", "no kind of quantity", 0,
     NULL},
    {"unknown key of an outlet", "gates: 3, sill", "@gate: 3, sill",
     "unknown key 'gate' in reservoirs.lake.outlets.spillway (did you mean 'gates'?)", 0, NULL},
    {"unknown kind of outlet", "kind: sluice", "kind: @slice", "(did you mean 'sluice'?)", -1,
     NULL},
    {"outlet lacks its sill", "kind: ogee, gates: 3, sill: 12 m,", "kind: ogee, gates: 3,",
     "is a ogee and lacks the key 'sill'", 0, "spillway:"},
    {"gates without an orifice", ", orifice_coefficient: 0.65", "",
     "lacks the key 'orifice_coefficient'", 0, "spillway:"},
    {"opening above the gate", "opening: 1 m", "opening: @6 m",
     "the opening '6 m' is above the height of the gate, 5 m", 0, NULL},
    {"opening of a free crest", " height: 5 m,", "", "'opening' needs 'height'", -1,
     "opening: 1 m"},
    {"rating falls", "flow: [0, 4, 9]", "flow: [0, 4, @3]", "the rating falls: 3", 0, NULL},
    {"rating begins with a flow", "flow: [0, 4, 9]", "flow: [@1, 4, 9]",
     "must begin with the level at which the flow is 0", 0, NULL},
    {"levels of a rating fall", "level: [15, 16, 17]", "level: [15, @14, 17]", "must rise: 14", 0,
     NULL},
    {"rating is too short", "flow: [0, 4, 9]", "flow: @[0, 4]",
     "'flow' must have one entry for each of the 3 levels", 0, NULL},
    {"rule falls", "[15 m, 50 %]", "[@13 m, 50 %]", "'rule' must rise: 13 m", 0, NULL},
    {"key of a pipe on a crest", "gates: 3, sill", "gates: 3, @loss: 2, sill",
     "'loss' goes only with a pipe", 0, NULL},
    {"tailwater falls", "[500 m3/s, 5 m]", "[500 m3/s, @0 m]", "'tailwater' must not fall", 0,
     NULL},
    {"tailwater without a beginning", "[[0 m3/s, 1 m]", "[[@3 m3/s, 1 m]",
     "must begin with the flow 0", 0, NULL},
    {"dam lacks its crest", "dam: {crest_level: 22 m, ", "dam: @{", "lacks the key 'crest_level'",
     0, NULL},
    {"design level above the crest", "freeboard: 1 m}", "freeboard: 1 m, design_level: 23 m}",
     "must lie below the crest", 0, "{crest_level"},
    {"35 ten-day periods", "target: {curve: {01-01: 25 hm3, 07-01: 15 hm3}}",
     "target: {tenday: @[1, 2], unit: hm3}", "a list of 36 figures", 0, NULL},
    {"364 days", "target: {curve: {01-01: 25 hm3, 07-01: 15 hm3}}",
     "target: {daily: @[1, 2], unit: hm3}", "a list of 365 or 366 figures", 0, NULL},
    {"month on top", "x4: 1.7 d", "x4: @1 month", "a month or year may only stand once", 0, NULL},
    {"list for a figure", "    capacity: 30 hm3", "    capacity: @[30 hm3]", "must be one figure",
     0, NULL},
    {"empty value", "    capacity: 30 hm3", "    capacity:@", "has no value", 0, NULL},
    {"flag letter is unknown", "area: 182 km2", "area: @'182 km2 [Q guess]'", "a flag begins with",
     0, NULL},
    {"flag of the map is unknown", "area: 182 km2", "area: 182 km2, flags: {area: @guess}",
     "must begin with S", 0, NULL},
    {"unknown node", "from: works", "from: @worcs", "(did you mean 'works'?)", 0, NULL},
    {"unknown spill node", "spill_to: bay", "spill_to: @bey", "(did you mean 'bay'?)", 0, NULL},
    {"unknown class", "class: industry,", "class: @industri,",
     "stands in no rank of 'ranks' (did you mean 'industry'?)", 0, NULL},
    {"unknown profile", "profile: house", "profile: @hose", "(did you mean 'house'?)", 0, NULL},
    {"unknown series", "{series: q}", "{series: @p}", "series 'p', which is not defined", 0, NULL},
    {"unknown word", "kind: intake", "kind: @intak", "(did you mean 'intake'?)", 0, NULL},
    {"unknown rank", "capacity: 30 hm3", "capacity: 30 hm3\n    emergency_for: @domestik",
     "rank 'domestik', which is not defined (did you mean 'domestic'?)", 0, NULL},
    {"link into a catchment", "to: works, cap", "to: @hills, cap", "'hills', a catchment", 0, NULL},
    {"link out of a catchment", "from: fork, to: works", "from: @hills, to: works",
     "'hills', a catchment", 0, NULL},
    {"link out of a sea", "from: fork, to: works", "from: @bay, to: works", "'bay', a sea", 0,
     NULL},
    {"link out of a demand", "from: works, to: town", "from: @farm, to: town", "'farm', a demand",
     0, NULL},
    {"link into a source", "to: mill", "to: @mine", "'mine', a source", -1, NULL},
    {"river to a demand",
     "from: lake, to: farm, capacity: {by_level: [[5 m, 0 m3/s],\n"
     "          [20 m, 3 m3/s]]}}",
     "from: lake, to: farm}\n  r2: {kind: river, from: fork, to: @farm}",
     "'to' of a river is 'farm', a demand", 0, NULL},
    {"well out of a lake", "kind: well, from: ground", "kind: well, from: @lake",
     "it must be a aquifer", 0, NULL},
    {"catchment to a demand", "to: lake, inflow", "to: @farm, inflow", "'farm', a demand", -1,
     NULL},
    {"spill to a demand", "spill_to: bay", "spill_to: @farm", "'spill_to' is 'farm'", -1, NULL},
    {"link to itself", "from: fork, to: works", "from: works, to: @works", "to itself", 0, NULL},
    {"id stands twice", "  works: {loss: 5 %}", "  works: {loss: 5 %}\n  @fork: {}",
     "id 'fork' is taken by the junction", 0, NULL},
    {"id has bad characters", "  mill: {class", "  @Mill: {class", "may only hold a-z, 0-9 and _",
     2, NULL},
    {"link has the id of a spill", "  drain:",
     "  lake_spill: {kind: river, from: fork, to: mouth}\n"
     "  drain:",
     "a link of the file has that id", 0, "lake:\n"},
    {"table does not rise", "storage: [0, 15, 40]", "storage: [0, 15, @14]",
     "'table' must rise: 'storage' 14 comes after 15", 0, NULL},
    {"table is uneven", "area: [1, 2, 3]", "area: @[1, 2]", "has 2 rows", 0, NULL},
    {"table does not begin empty", "storage: [0, 15, 40]", "storage: [@1, 15, 40]",
     "must begin with the empty lake", 0, NULL},
    {"table has no units", ", units: [m, km2, hm3]}", "}", "needs 'units'", 0, "{level: [0"},
    {"table unit is wrong", "units: [m, km2, hm3]", "units: [m, @m, hm3]",
     "unit 'm' is that of a level", 0, NULL},
    {"table cell is no number", "area: [1, 2, 3]", "area: [1, @two, 3]", "not a number", 0, NULL},
    {"capacity above the table", "capacity: 30 hm3", "capacity: @41 hm3", "lies above the table", 0,
     NULL},
    {"capacity below dead storage", "dead_storage: 5 hm3", "dead_storage: @30 hm3",
     "is not below the capacity", 0, NULL},
    {"level outside the table", "capacity: 30 hm3", "normal_level: @21 m", "lies outside the table",
     -1, NULL},
    {"capacity given twice", "capacity: 30 hm3", "capacity: 30 hm3\n    normal_level: @15 m",
     "not both", 0, NULL},
    {"line outside the lake", "01-01: 25 hm3, 07-01", "01-01: 95 hm3, 07-01", "'target' comes to",
     0, "{curve: {01-01: 95"},
    {"line of two kinds", "07-01: 15 hm3", "07-01: @15 m", "not of the same kind", 0, NULL},
    {"zones are out of order", "zones: [{id: alert, below: 20", "zones: @[{id: alert, below: 11",
     "from the highest line to the lowest: on 01-01 'cut'", 0, NULL},
    {"zone of an unknown class", "caps: {irrigation: 60 %}", "caps: {@irigation: 60 %}",
     "(did you mean 'irrigation'?)", 0, NULL},
    {"zone without a line", "{id: alert, below: 20 hm3}", "@{id: alert}", "needs 'id' and 'below'",
     0, NULL},
    {"profile of eleven", "9, 9, 9, 9, 9, 8, 8, 8]}", "9, 9, 9, 9, 9, 8, 8]}",
     "must be a list of 12 numbers, not a list of 11", 0, "[8, 7, 8, 8"},
    {"profile does not sum to 100", "monthly: [8, 7, 8", "monthly: @[8, 17, 8", "sum to 110 %", 0,
     NULL},
    {"week of six", "house: {monthly", "house: {weekly: @[1, 1, 1, 1, 1, 1], monthly",
     "list of 7 numbers", 0, NULL},
    {"quantity of eleven months", "monthly: [3, 3, 3, 4", "monthly: @[3, 3, 4",
     "a list of 12 figures", 0, NULL},
    {"day that does not exist", "07-01: 15 hm3", "@06-31: 15 hm3", "not a day of the year", 0,
     NULL},
    {"two forms", "{curve: {01-01: 25 hm3, 07-01: 15 hm3}}", "{curve: {01-01: 25 hm3}, @value: 3}",
     "has both", 0, NULL},
    {"form is not allowed", "recharge: 1 m3/s", "recharge: {@by_level: [[1 m, 1 m3/s]]}",
     "cannot be given 'by_level'", 0, NULL},
    {"levels fall", "[20 m, 3 m3/s]", "[@4 m, 3 m3/s]", "must rise", 0, NULL},
    {"level without a lake", "to: works, capacity: 1 m3/s",
     "to: works, capacity: @{by_level: [[5 m, 0 m3/s], [6 m, 1 m3/s]]}",
     "needs a reservoir upstream", 0, NULL},
    {"date that does not exist", "end: 2020-12-31", "end: @2020-02-30", "not a date", 0, NULL},
    {"end before start", "end: 2020-12-31", "end: @2019-12-31", "run:", 0, NULL},
    {"step is unknown", "{start:", "{step: @dayly, start:", "(did you mean 'daily'?)", 0, NULL},
    {"series does not cover the run", "end: 2020-12-31", "end: 2021-12-31",
     "does not serve the run", 2, "q}}"},
    {"series file is missing", "q: {file: weather.csv", "q: {file: wether.csv", "", 0, NULL},
    {"series column is missing", "column: Q", "column: R", "", 0, NULL},
    {"series of another kind", "rain: {series: rain}", "rain: {series: @q}",
     "series 'q' is in the unit of a flow", 0, NULL},
    {"series key is missing", "column: Q, ", "", "lacks the key 'column'", 0, "q: {file"},
    {"fill is unknown", "unit: m3/s}", "unit: m3/s, fill: @zeros}", "(did you mean 'zero'?)", 0,
     NULL},
    {"warm-up is longer than the record", "pet: 3 mm/d", "pet: 3 mm/d, warmup: 9999 d",
     "warms up for 9999 d", 0, "{area: 20 km2"},
    {"x4 is too long", "x4: 1.7 d", "x4: @25 d", "out of range", 0, NULL},
    {"rate per month where per day", "x2: 0 mm/d", "x2: @1 mm/month", "cannot be per month", 0,
     NULL},
    {"split does not sum to one", "to: {fork: 84 %", "to: @{fork: 74 %", "sum to 90 %", 0, NULL},
    {"returns above one", "{mouth: 80 %}", "@{mouth: 80 %, fork: 30 %}", "sum to 110 %", 0, NULL},
    {"return to a catchment", "{mouth: 80 %}", "@{hills: 80 %}", "'hills', a catchment", 0, NULL},
    {"demand without a link", "  drain: {kind: pipe, from: mine, to: mill}\n", "",
     "no link brings water to demand 'mill'", 0, "mill:"},
    {"demand without a size", "need: 0.1 m3/s}", "weight: 2}", "lacks its size", 0, "mill:"},
    {"demand with two sizes", "need: 0.1 m3/s}", "need: 0.1 m3/s, area: @1 ha}", "has both", 0,
     NULL},
    {"floor without people", "need: 0.1 m3/s}", "need: 0.1 m3/s, floor: @60 L/person/d}",
     "'floor' needs 'population'", 0, NULL},
    {"growth without a year", "need: 0.1 m3/s}", "need: 0.1 m3/s, growth: @2 %/year}",
     "go together", 0, NULL},
    {"growth per month", "need: 0.1 m3/s}",
     "need: 0.1 m3/s, growth: @2 %/month, growth_from: 2022}", "must be per year", 0, NULL},
    {"year is not chosen", "run: {start: 2020-01-01, end: 2020-12-31, demand_year: 2022}",
     "@run: {start: 2020-01-01, end: 2020-12-31}", "lacks the key 'demand_year'", 0, NULL},
    {"river runs in a circle",
     "  drain:", "  back: {kind: river, from: mouth, to: @fork}\n  drain:",
     "a river runs in a circle: fork -> mouth -> fork", 0, NULL},
    {"spill closes a circle", "spill_to: bay", "spill_to: @lake",
     "a river runs in a circle: lake -> fork -> mouth -> lake", -1, NULL},
    {"river to the sea is capped", "{kind: river, from: fork, to: mouth}",
     "{kind: river, from: fork, to: mouth, capacity: 5 m3/s}", "comes to the junction 'fork'", 3,
     "lake, inflow"},
    {"there is no sea",
     "  works: {loss: 5 %}\nestuaries:\n  mouth: {spill_to: bay}\nseas:\n  bay:\n",
     "  works: {loss: 5 %}\n  bay:\nestuaries:\n  mouth: {spill_to: bay}\n", "has no sea", 0,
     "hills:"},
    {"forced source without spill", "mine: {capacity", "mine: {forced: @true, capacity",
     "needs 'spill_to'", 0, NULL},
    {"source reaches another class", "from: mine, to: mill", "from: mine, to: fork",
     "mine -> fork -> works -> town", -1, "[industry]}"},
    {"class in two ranks", "industry, [irrigation", "industry, @[industry, irrigation",
     "stands in two ranks", 0, NULL},
    {"rank word twice", "minimum_flow, industry", "minimum_flow, @minimum_flow, industry",
     "stands twice", 0, NULL},
    {"fixed word in a list", "[irrigation, other]", "[irrigation, @storage_target]",
     "cannot share a rank", 0, NULL},
    {"floor without a class", "[domestic_floor,", "@[tourism_floor, domestic_floor,",
     "but class 'tourism' does not", 0, NULL},
    {"latitude is too large", "hills: {", "hills: {at: [@95, 107], ", "beyond 90 degrees", 0, NULL},
    {"yes or no", "plants:\n", "aquifers_: 1\nplants:\n", "unknown section", 0, "aquifers_"},
    {"service ends before it begins", "loss: 10 %",
     "loss: 10 %, in_service: @{from: 2020-02-01, to: 2020-01-01}", "ends before it begins", 0,
     NULL},
    {"fills on a canal", "kind: canal, ", "kind: canal, fills: @true, ", "only with a pump", 0,
     NULL},
    {"axis has an unknown path", "path: demand_year", "path: @demand_yaer",
     "(did you mean 'demand_year'?)", 0, NULL},
    {"axis has an unknown section", "path: demand_year", "path: @demand.town.norm",
     "there is no section 'demand'", 0, NULL},
    {"axis has an unknown id", "path: demand_year", "path: @demands.twon.weight",
     "has no 'twon' (did you mean 'town'?)", 0, NULL},
    {"axis has an unknown key", "path: demand_year", "path: @demands.town.norms",
     "(did you mean 'norm'?)", 0, NULL},
    {"axis on what is fixed", "path: demand_year", "path: @links.main.kind",
     "cannot be changed by a scenario", 0, NULL},
    {"axis on the calendar", "path: demand_year", "path: @start", "cannot be changed by a scenario",
     0, NULL},
    {"axis value has a wrong unit", "values: [2022, 2030], path: demand_year",
     "values: [20 hm3, @20 m], path: reservoirs.lake.capacity", "it takes a volume", 0, NULL},
    {"axis scales with a unit", "values: [2022, 2030], path: demand_year",
     "values: [@20 hm3], path: reservoirs.lake.capacity, change: scale", "it takes a share", 0,
     NULL},
    {"axis shifts by another kind", "values: [2022, 2030], path: demand_year",
     "values: [@2 m], path: reservoirs.lake.target, change: shift", "but 'target' of 'lake' is", 0,
     NULL},
    {"axis scales what is absent", "values: [2022, 2030], path: demand_year",
     "values: [90 %], path: @reservoirs.lake.rain, change: scale", "has no 'rain' to change", 0,
     NULL},
    {"axis scales a word", "values: [2022, 2030], path: demand_year",
     "values: [@2], path: share, change: scale", "can only be set", 0, NULL},
    {"axis is empty", "[2022, 2030]", "@[]", "is empty", 0, NULL},
    {"axis repeats a label", "[2022, 2030]", "@[2022, 2022]", "has '2022' twice", 0, NULL},
    {"range without a sample", "values: [2022, 2030], path: demand_year}\n",
     "values: [2022, 2030], path: demand_year}\n"
     "    @wet: {range: [1 hm3, 2 hm3], path: reservoirs.lake.domestic_reserve}\n",
     "needs 'combine: {sample", 0, NULL},
    {"zip of two lengths", "  axes:\n    year: {values: [2022, 2030], path: demand_year}",
     "  combine: zip\n  axes:\n    year: {values: [2022, 2030], path: demand_year}\n"
     "    @weather: {realisations: 3}",
     "must be of one length: 'weather' has 3 members, 'year' has 2", 0, NULL},
    {"product is too large", "    year:", "    @weather: {realisations: 600000}\n    year:",
     "1200000 scenarios, more than 1000000", 0, NULL},
    {"two axes of realisations", "    year:",
     "    w1: {realisations: 2}\n    @w2: {realisations: 2}\n    year:", "second axis", 0, NULL},
    {"sample without a size", "  axes:\n    year",
     "  combine: {sample: @{method: sobol}}\n  axes:\n    year", "lacks the key 'size'", 0, NULL},
    {"empty list of changes", "    year: {values: [2022, 2030], path: demand_year}",
     "    d: {members: {dry: {catchments.*.inflow: @[]}}}", "empty list of changes", 0, NULL},
    {"member changes twice in one", "    year: {values: [2022, 2030], path: demand_year}",
     "    d: {members: {dry: {catchments.*.inflow: @{scale: 0.5, shift: 1 m3/s}}}}", "not two", 0,
     NULL},
    {"month thirteen", "    year: {values: [2022, 2030], path: demand_year}",
     "    d: {members: {dry: {catchments.*.inflow: {scale: 0.5, months: [@13]}}}}",
     "must be from 1 to 12", 0, NULL},
    {"label with a comma", "    year: {values: [2022, 2030], path: demand_year}",
     "    d: {members: {@'a,b': {}}}", "no ',' or '='", 0, NULL},
    {"window on a number", "    year: {values: [2022, 2030], path: demand_year}",
     "    d: {members: {dry: {reservoirs.lake.capacity: {scale: @0.5, months: [1]}}}}",
     "holds for the whole run", 0, NULL},
    {"unit beside a series", "recharge: 1 m3/s", "recharge: {series: q, unit: @m3/d}",
     "'unit' does not go with 'series'", 0, NULL},
    {"date without a day", "end: 2020-12-31", "end: @2020-12", "not a date", 0, NULL},
    {"date with a time", "end: 2020-12-31", "end: @2020-12-31 07:00", "takes whole days", 0, NULL},
    {"rank id stands twice", "industry, [irrigation",
     "industry, @{id: industry, of: [mining]}, [irrigation", "rank id 'industry' stands twice", 0,
     NULL},
    {"rank id is a class of another rank", "industry, [irrigation",
     "[industry, mining], @{id: mining, of: quarries}, [irrigation",
     "rank id 'mining' is the class of another rank", 0, NULL},
    {"rank id is a fixed word", "industry, [irrigation",
     "industry, @{id: minimum_flow, of: mining}, [irrigation",
     "rank id 'minimum_flow' stands twice", 0, NULL},
    {"area of a galaxy", "area: 182 km2", "area: @1e30 km2", "at most 1e+18 m2", 0, NULL},
    {"more people than there are atoms", "41000 person", "@1e300 person", "at most 1e+18 person", 0,
     NULL},
    {"shift of an ocean", "recharge: 1 m3/s", "recharge: {value: 1 m3/s, shift: @1e40 m3/s}",
     "at most 1e+18 m3/s", 0, NULL},
    {"scale to an ocean", "recharge: 1 m3/s", "recharge: @{value: 1e9 m3/s, scale: 1e17}",
     "at most 1e+18 m3/s", 0, NULL},
    {"river with dates is no way out", "{kind: river, from: fork, to: mouth}",
     "{kind: river, from: fork, to: mouth, in_service: {from: 2020-06-01}}",
     "comes to the junction 'fork'", 3, "lake, inflow"},
    {"river with outages is no way out", "{kind: river, from: fork, to: mouth}",
     "{kind: river, from: fork, to: mouth, outages: [{from: 2020-06-01, to: 2020-06-02}]}",
     "comes to the junction 'fork'", 3, "lake, inflow"},
    {"include of nothing", "nguon: 1\n", "nguon: 1\ninclude: @~\n", "cannot include '~'", 0, NULL},
    {"share below nothing", "monthly: [8, 7, 8", "monthly: [@-8, 23, 8", "'-8' is negative", 0,
     NULL},
    {"axis changes a spill", "path: demand_year", "path: @links.lake_spill.loss",
     "section 'links' has no 'lake_spill'", 0, NULL},
    {"axis by level without a lake", "    year: {values: [2022, 2030], path: demand_year}",
     "    d: {members: {dry: {links.main.capacity: @{by_level: [[1 m, 1 m3/s], [2 m, 2 m3/s]]}}}}",
     "'by_level' needs a reservoir upstream", 0, NULL},
    {"axis of a lowest level without a lake", "    year: {values: [2022, 2030], path: demand_year}",
     "    d: {members: {dry: {links.main.lowest_level: @3 m}}}",
     "'lowest_level' needs a reservoir upstream", 0, NULL},
    {"axis fills by a canal", "    year: {values: [2022, 2030], path: demand_year}",
     "    d: {members: {dry: {links.canal.fills: @true}}}",
     "'fills' goes only with a pump or a well", 0, NULL},
    {"axis of growth without its year", "    year: {values: [2022, 2030], path: demand_year}",
     "    d: {members: {dry: {@demands.mill.growth: 2 %/year}}}", "has no 'growth' to change", 0,
     NULL},
    {"tab for indentation", "  bay:\n", "\tbay:\n", "not valid YAML", 0, "\tbay"},
    {"anchor", "area: 182 km2", "area: @&a 182 km2", "anchors", 0, NULL},
    {"alias", "area: 182 km2", "area: @*a", "aliases", 0, NULL},
    {"tag", "area: 182 km2", "area: @!!str 182 km2", "tags", 0, NULL},
    {"bracket is not closed", "[irrigation, other]]", "[irrigation, other]", "not valid YAML", 0,
     "series:"},
    {"split of a link that is unknown", "scenarios:\n",
     "splits: {s: {links: {@rivr: 50 %, intake: 50 %}}}\nscenarios:\n", "did you mean 'river'", 2,
     NULL},
    {"split of one link", "scenarios:\n", "splits: {s: {links: @{river: 100 %}}}\nscenarios:\n",
     "two links or more", 4, NULL},
    {"split of links of two nodes", "scenarios:\n",
     "splits: {s: {links: @{river: 50 %, main: 50 %}}}\nscenarios:\n",
     "leaves 'fork', but link 'main' leaves 'works'", 4, NULL},
    {"split that sums to less", "scenarios:\n",
     "splits: {s: {links: @{river: 50 %, intake: 40 %}}}\nscenarios:\n", "sum to 90 %, not 100 %",
     4, NULL},
    {"split with a spillway", "scenarios:\n",
     "splits: {s: {links: {@lake_spill: 50 %, canal: 50 %}}}\nscenarios:\n", "a spillway", 2, NULL},
    {"split that stands twice", "scenarios:\n",
     "splits: {s: {links: {river: 50 %, intake: 50 %}}, @s: {}}\nscenarios:\n",
     "key 's' stands twice", 4, NULL},
    {"link in two splits", "scenarios:\n",
     "splits: {s: {links: {river: 50 %, intake: 50 %}},\n  t: {links: @{river: 50 %, intake: 50 "
     "%}}}\nscenarios:\n",
     "in split 's' already", 5, NULL},
    {"split that holds back forced water", "scenarios:\n",
     "splits: {s: {links: {river: 50 %, intake: 50 %}}}\nscenarios:\n", "no unlimited way to a sea",
     3, NULL},
    {"split without links", "scenarios:\n", "splits: {@s: {note: none}}\nscenarios:\n",
     "lacks the key 'links'", 0, NULL},
    {"blend of nothing", "scenarios:\n", "blends: {@b: {at_most: 30 %}}\nscenarios:\n",
     "needs either 'links' or 'content'", 0, NULL},
    {"blend of both", "scenarios:\n",
     "blends: {b: {links: main, content: @{main: 1 g/L}, at_most: 30 %}}\nscenarios:\n", "not both",
     0, NULL},
    {"blend without a limit", "scenarios:\n", "blends: {@b: {links: main}}\nscenarios:\n",
     "lacks the key 'at_most'", 0, NULL},
    {"blend with a limit of another kind", "scenarios:\n",
     "blends: {b: {links: main, at_most: @0.5 g/L}}\nscenarios:\n",
     "'at_most' is a salinity; with 'links'", 0, NULL},
    {"blend that lacks a link", "scenarios:\n",
     "blends: {b: {content: @{main: 1 g/L}, at_most: 0.5 g/L}}\nscenarios:\n",
     "lacks link 'well', which comes to 'town'", 0, NULL},
    {"blend of links to two nodes", "scenarios:\n",
     "blends: {b: {links: @[main, drain], at_most: 30 %}}\nscenarios:\n",
     "comes to 'town', but link 'drain' comes to 'mill'", 0, NULL},
    {"blend above all", "scenarios:\n", "blends: {b: {links: main, at_most: @1 hm3}}\nscenarios:\n",
     "it takes a share such as", 1, NULL},
    {"licence without a volume", "scenarios:\n", "licences: {@p: {links: well}}\nscenarios:\n",
     "needs a volume", 0, NULL},
    {"licence of a link twice", "scenarios:\n",
     "licences: {p: {links: [well, @well], daily: 10 m3}}\nscenarios:\n", "stands twice in 'links'",
     0, NULL},
    {"licence by a flow", "scenarios:\n",
     "licences: {p: {links: well, daily: @10 m3/d}}\nscenarios:\n", "it takes a volume such as", 1,
     NULL},
    {"licence with a reserve alone", "scenarios:\n",
     "licences: {p: {links: well, daily: 10 m3, reserved: @5 m3}}\nscenarios:\n",
     "part of 'yearly'", 0, NULL},
    {"licence with a reserve above it", "scenarios:\n",
     "licences: {p: {links: well, yearly: 1 hm3, reserved: @2 hm3}}\nscenarios:\n", "is above it",
     0, NULL},
    {"licence reserved for an unknown rank", "scenarios:\n",
     "licences: {p: {links: well, yearly: 1 hm3, reserved: 0.1 hm3, reserved_for: "
     "@towns}}\nscenarios:\n",
     "names rank 'towns'", 0, NULL},
    {"licence reset on no day", "scenarios:\n",
     "licences: {p: {links: well, yearly: 1 hm3, reset: @02-30}}\nscenarios:\n", "02-30", 0, NULL},
    {"licence with half a window", "scenarios:\n",
     "licences: {p: {links: well, rolling: {volume: 10 m3}}}\nscenarios:\n",
     "lacks the key 'window'", 2, NULL},
    {"licence with an unknown key", "scenarios:\n",
     "licences: {p: {links: well, yearly: 1 hm3, @daly: 10 m3}}\nscenarios:\n",
     "did you mean 'daily'", 0, NULL},
    {"turn-down above the capacity", "works: {loss: 5 %}",
     "works: {loss: 5 %, capacity: 1 m3/s, turn_down: @2 m3/s}", "more than the capacity", 0, NULL},
    {"turn-down as a share of nothing", "works: {loss: 5 %}",
     "works: {loss: 5 %, turn_down: @20 %}", "capacity that is not given", 0, NULL},
    {"carry-over without a rank", "    dead_storage: 5 hm3",
     "    dead_storage: 5 hm3\n    carry_over: @10 hm3", "needs the word carry_over", 0, NULL},
    {"estuary without a depth", "  mouth: {spill_to: bay}\n",
     "  mouth: {spill_to: bay, salt: {mouth_area: 2600 m2, length: 40 km,\n    mouth_salinity: 30 "
     "kg/m3, van_der_burgh: 0.4, tidal_velocity: 0.5 m/s, tidal_period: 24.84 h,\n    "
     "initial_flow: 5 m3/s}}\n",
     "lacks the key 'depth'", 1, NULL},
    {"Van der Burgh above 1", "  mouth: {spill_to: bay}\n",
     "  mouth: {spill_to: bay, salt: {mouth_area: 2600 m2, depth: 5 m, length: 40 km,\n    "
     "mouth_salinity: 30 kg/m3, van_der_burgh: @1.4, tidal_velocity: 0.5 m/s, tidal_period: 24.84 "
     "h,\n    initial_flow: 5 m3/s}}\n",
     "at most 1", 0, NULL},
    {"mouth fresher than the river", "  mouth: {spill_to: bay}\n",
     "  mouth: {spill_to: bay, salt: {mouth_area: 2600 m2, depth: 5 m, length: 40 km,\n    "
     "mouth_salinity: 30 kg/m3, van_der_burgh: 0.4, tidal_velocity: 0.5 m/s, tidal_period: 24.84 "
     "h,\n    initial_flow: 5 m3/s, river_salinity: 31 kg/m3}}\n",
     "no saltier than the river", 0, NULL},
    {"dispersion given but missing", "  mouth: {spill_to: bay}\n",
     "  mouth: {spill_to: bay, salt: {mouth_area: 2600 m2, depth: 5 m, length: 40 km,\n    "
     "mouth_salinity: 30 kg/m3, van_der_burgh: 0.4, tidal_velocity: 0.5 m/s, tidal_period: 24.84 "
     "h,\n    initial_flow: 5 m3/s, dispersion_form: given}}\n",
     "'dispersion' is missing", 0, NULL},
    {"dispersion of an unknown form", "  mouth: {spill_to: bay}\n",
     "  mouth: {spill_to: bay, salt: {mouth_area: 2600 m2, depth: 5 m, length: 40 km,\n    "
     "mouth_salinity: 30 kg/m3, van_der_burgh: 0.4, tidal_velocity: 0.5 m/s, tidal_period: 24.84 "
     "h,\n    initial_flow: 5 m3/s, dispersion_form: @tidal}}\n",
     "'tidal'", 2, NULL},
    {"bend beyond the reach", "  mouth: {spill_to: bay}\n",
     "  mouth: {spill_to: bay, salt: {mouth_area: 2600 m2, depth: 5 m, length: 40 km,\n    "
     "mouth_salinity: 30 kg/m3, van_der_burgh: 0.4, tidal_velocity: 0.5 m/s, tidal_period: 24.84 "
     "h,\n    initial_flow: 5 m3/s, bend: 50 km, bend_convergence: 20 km}}\n",
     "lies beyond 'length'", 0, NULL},
    {"second convergence without a bend", "  mouth: {spill_to: bay}\n",
     "  mouth: {spill_to: bay, salt: {mouth_area: 2600 m2, depth: 5 m, length: 40 km,\n    "
     "mouth_salinity: 30 kg/m3, van_der_burgh: 0.4, tidal_velocity: 0.5 m/s, tidal_period: 24.84 "
     "h,\n    initial_flow: 5 m3/s, bend_convergence: 20 km}}\n",
     "needs 'bend'", 0, NULL},
    {"tide with an unknown key", "  mouth: {spill_to: bay}\n",
     "  mouth: {spill_to: bay, salt: {mouth_area: 2600 m2, depth: 5 m, length: 40 km,\n    "
     "mouth_salinity: 30 kg/m3, van_der_burgh: 0.4, tidal_velocity: 0.5 m/s, tidal_period: 24.84 "
     "h,\n    initial_flow: 5 m3/s, tide: {file: weather.csv, @statoin: x}}}\n",
     "did you mean 'station'", 2, NULL},
    {"dispersion in another unit", "  mouth: {spill_to: bay}\n",
     "  mouth: {spill_to: bay, salt: {mouth_area: 2600 m2, depth: 5 m, length: 40 km,\n    "
     "mouth_salinity: 30 kg/m3, van_der_burgh: 0.4, tidal_velocity: 0.5 m/s, tidal_period: 24.84 "
     "h,\n    initial_flow: 5 m3/s, dispersion_form: given, dispersion: @250 m/s}}\n",
     "it takes a dispersion such as", 2, NULL},
    {"intake on salt in no estuary", "capacity: 1 m3/s}\n  main",
     "capacity: 1 m3/s, from_mouth: @12 km, max_salinity: 0.4 kg/m3}\n  main",
     "need an estuary with 'salt'", 0, NULL},
    {"river that shuts on salt", "river: {kind: river, from: fork, to: mouth}",
     "river: {kind: river, from: fork, to: mouth, from_mouth: @12 km}", "go with an intake", 0,
     NULL},
    {"river that repels nothing", "river: {kind: river, from: fork, to: mouth}",
     "river: {kind: river, from: fork, to: mouth, minimum_flow: 1 m3/s, repels: @true}",
     "out of an estuary", 0, NULL},
    {"second document", "links:\n", "@---\nlinks:\n", "second document", 0, NULL},
};

#endif
