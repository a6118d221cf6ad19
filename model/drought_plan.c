/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/basin.h"

#include <math.h>

void
drought_stage_follow(struct drought_stage *stage)
{
    for (int trigger = 0; trigger < TRIGGER_COUNT; trigger++)
        if (stage->leaves_as_entered[trigger])
            stage->leave[trigger] = stage->enter[trigger];
}

double
drought_plan_cap(const struct basin *basin, int plan_p, int stage, int demand_d)
{
    const struct drought_plan *plan = &basin->drought_plan[plan_p];
    double cap = 1.0;
    for (int s = 0; s < stage && plan->holds_for[demand_d]; s++)
        for (int i = 0; i < plan->stage[s].cap_count; i++)
            if (plan->stage[s].cap_class_i[i] == basin->demand[demand_d].class_i)
                cap = fmin(cap, plan->stage[s].cap[i]);
    return cap;
}

bool
drought_plans_cut(const struct basin *basin, int demand_d)
{
    for (int p = 0; p < basin->drought_plan_count; p++)
        if (drought_plan_cap(basin, p, basin->drought_plan[p].stage_count, demand_d) < 1.0)
            return true;
    return false;
}

bool
drought_plan_names(const struct basin *basin, int plan_p, int link_l, int *stage)
{
    const struct drought_plan *plan = &basin->drought_plan[plan_p];
    for (int s = 0; s < plan->stage_count; s++)
        for (int i = 0; i < plan->stage[s].link_count; i++)
            if (plan->stage[s].link_i[i] == link_l) {
                *stage = s + 1;
                return true;
            }
    return false;
}
