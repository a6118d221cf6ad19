/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_TESTS_MODEL_BASIN_BAD_PLANS_H
#define NGUON_TESTS_MODEL_BASIN_BAD_PLANS_H

#include "basin_bad_cases.h"

/* Faulty drought plans, added to the good file of basin_bad_cases.h. */

#define PLAN(text) "scenarios:\n", "drought_plans:\n  p: " text "\nscenarios:\n"
#define STAGES(text) PLAN("{stages: [" text "]}")
#define GOOD_STAGE "{id: dry, enter: {storage: 50 %}, caps: {irrigation: 50 %}}"

static const struct bad_case bad_plans[] = {
    {"plan without stages", PLAN("{districts: @west}"), "the district of no node", 2, NULL},
    {"plan without lines", STAGES("@{id: dry, enter: {}, caps: {irrigation: 50 %}}"),
     "'enter' of stage 'dry' needs a line", 0, NULL},
    {"stage with an unknown trigger", STAGES("{id: dry, enter: {@storge: 50 %}}"),
     "did you mean 'storage'", 2, NULL},
    {"no hysteresis but its reverse",
     STAGES("@{id: dry, enter: {storage: 50 %}, "
            "leave: {storage: 40 %}, caps: {irrigation: 50 %}}"),
     "entered below storage 50 % and left above 40 %", 0, NULL},
    {"curves that cross on a day",
     STAGES("@{id: dry, enter: {storage: {curve: {01-01: 50 %, 07-01: 60 %}}}, "
            "leave: {storage: 55 %}, caps: {irrigation: 50 %}}"),
     "would be left before it is entered: on 04-02", 0, NULL},
    {"leave of another kind",
     STAGES("@{id: dry, enter: {storage: 50 %}, leave: {storage: 20 hm3}}"), "both must be one", 0,
     NULL},
    {"stages from severe to mild", STAGES(GOOD_STAGE ", @{id: wet, enter: {storage: 60 %}}"),
     "stages must be listed from mild to severe", 0, NULL},
    {"stage twice", STAGES(GOOD_STAGE ", @" GOOD_STAGE), "stands twice", 0, NULL},
    {"stage called normal", STAGES("@{id: normal, enter: {storage: 50 %}}"), "not be 'normal'", 0,
     NULL},
    {"storage above the capacity", STAGES("@{id: dry, enter: {storage: 120 %}}"), "at most 100 %",
     0, NULL},
    {"class that is none", STAGES("{id: dry, enter: {storage: 50 %}, caps: {@irigation: 50 %}}"),
     "did you mean 'irrigation'", 0, NULL},
    {"opened link that is none", STAGES("{id: dry, enter: {storage: 50 %}, opens: [@links.wel]}"),
     "did you mean 'well'", 0, NULL},
    {"opened node without a section", STAGES("{id: dry, enter: {storage: 50 %}, opens: [@well]}"),
     "links.ID", 0, NULL},
    {"opened node of another section",
     STAGES("{id: dry, enter: {storage: 50 %}, opens: [@sources.ground]}"), "is a aquifer", 0,
     NULL},
    {"river that a plan closes", STAGES("{id: dry, enter: {storage: 50 %}, opens: [@links.river]}"),
     "no plan closes", 0, NULL},
    {"node that nothing leaves", STAGES("{id: dry, enter: {storage: 50 %}, opens: [@seas.bay]}"),
     "no pipe, pump", 0, NULL},
    {"index that is not there", STAGES("@{id: dry, enter: {spi: -1}}"), "needs the key 'spi'", 0,
     NULL},
    {"record too short for the index",
     PLAN("{spi: @{rain: {series: rain}, scale: 3}, stages: [{id: dry, enter: {spi: -1}}]}"),
     "needs 10 years of rain in the run, 2020-2020 gives 0", 0, NULL},
    {"index of no record", PLAN("{spi: @{rain: 3 mm/d}, stages: [{id: dry, enter: {spi: -1}}]}"),
     "must be a series", 0, NULL},
    {"reference outside the run",
     PLAN("{spi: @{rain: {series: rain}, reference: 1981-2010}, stages: [{id: dry, enter: {spi: "
          "-1}}]}"),
     "'reference' is 1981-2010, but the run has the years 2020 to 2020", 0, NULL},
    {"reference that is no years",
     PLAN("{spi: {rain: {series: rain}, reference: @lately}, stages: [{id: dry, enter: {spi: "
          "-1}}]}"),
     "such as 1991-2020", 2, NULL},
    {"scale that is too long",
     PLAN("{spi: {rain: {series: rain}, scale: @60}, stages: [{id: dry, enter: {spi: -1}}]}"),
     "'scale'", 2, NULL},
    {"forecast that is not there", STAGES("@{id: dry, enter: {forecast: 1 hm3}}"),
     "needs the key 'forecast'", 0, NULL},
    {"share of no normal inflow",
     PLAN("{forecast: {window: 30 d}, stages: [@{id: dry, enter: {forecast: 70 %}}]}"),
     "a share of the normal inflow", 0, NULL},
    {"lake that is a demand", PLAN("{storage_of: @town, stages: [" GOOD_STAGE "]}"),
     "not a reservoir", 0, NULL},
    {"lake that is none", PLAN("{storage_of: @lke, stages: [" GOOD_STAGE "]}"),
     "did you mean 'lake'", 0, NULL},
    {"path to a plan that is none", "path: demand_year", "path: @drought_plans.p.enabled",
     "section 'drought_plans' has no 'p'", -1, NULL},
};

#undef PLAN
#undef STAGES
#undef GOOD_STAGE

#endif
