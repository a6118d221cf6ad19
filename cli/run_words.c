/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/run_words.h"

#include <math.h>
#include <stdio.h>

/* One line of the verification: how often, the worst and where. */
static void
print_worst(const struct timeaxis *axis, const struct plan *plan, const char *what, long count,
            const struct verified_worst *worst, double tolerance)
{
    char date[32];
    printf("  %-30s %12ld times, worst %.2g (tolerated %.0e)", what, count, worst->size, tolerance);
    if (worst->size > 0.0)
        printf(": %s, %s, scenario %s", worst->where,
               date_format(timeaxis_date(axis, worst->step_t), axis->step == STEP_HOURLY, date,
                           sizeof date),
               plan->scenario[worst->scenario_s].id);
    putchar('\n');
}

void
print_verification(const struct timeaxis *axis, const struct plan *plan,
                   const struct verification *found)
{
    printf("Verified %ld steps with GLPK, rank by rank\n", found->step_count);
    print_worst(axis, plan, "rank against reference", found->goal_count, &found->difference,
                VERIFY_TOLERANCE);
    print_worst(axis, plan, "water a rank could still get", found->invariant_count,
                &found->invariant, VERIFY_TOLERANCE);
    print_worst(axis, plan, "share that could be raised", found->fairness_count, &found->unfairness,
                VERIFY_FAIRNESS_TOLERANCE);
    print_worst(axis, plan, "limits and balances", found->step_count, &found->violation,
                VERIFY_TOLERANCE);
    if (found->unsolved_count > 0)
        printf("  %ld programs were not solved by GLPK: nothing is known of them\n",
               found->unsolved_count);
    puts(verification_passed(found) ? "  passed" : "  FAILED");
}

void
print_stopping(const struct stopping *stopping, const char *rule, int scenario_count)
{
    double half = stopping_half_width(stopping);
    if (isnan(half)) {
        printf("%s: %d draws of the weather do not say how well it is known\n\n", rule,
               stopping->draw_count);
        return;
    }
    bool enough = half <= stopping->tolerance;
    printf("%s: %.4g %% ±%.3g %% after %d draws of the weather (%d scenarios)%s", rule,
           100.0 * stopping->mean, 100.0 * half, stopping->draw_count, scenario_count,
           enough ? "" : ", not known to ");
    if (!enough)
        printf("±%g %%; some %.0f draws would do", 100.0 * stopping->tolerance,
               stopping_draws_wanted(stopping));
    puts("\n");
}
