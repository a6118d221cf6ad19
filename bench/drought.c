/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/clock.h"
#include "scenarios/synthetic_flow.h"
#include "solvers/philox.h"

#include <gsl/gsl_errno.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/*
 * Speed of the stochastic generator: 10,000 years of days at 12 sites from a record of 30 years, by
 * each method. Time on the wall with all threads, without writing a file.
 */

enum { SITES = 12, FIRST_YEAR = 1991, YEARS = 30, DAYS = 10958, MEMBERS = 100, MEMBER_YEARS = 100 };

static const double pi = 3.14159265358979323846;

/* Days with a season, storms that the sites share, and some of their own. */
static void
make_record(double *flow_m3, int64_t *start_s)
{
    for (int t = 0; t <= DAYS; t++)
        start_s[t] = date_to_seconds((struct date){FIRST_YEAR, 1, 1, 0}) + (int64_t)86400 * t;
    for (uint32_t s = 0; s < SITES; s++)
        for (uint32_t t = 0; t < DAYS; t++) {
            struct philox_key own = {.seed = 1, .site = s}, all = {.seed = 1, .site = SITES};
            double week = philox_normal(&all, t / 7) + 0.5 * philox_normal(&own, t / 7);
            double season = 1.0 - cos(2.0 * pi * t / 365.25);
            flow_m3[s * DAYS + t] = 86400.0 * (1.0 + s) * exp(season + 0.5 * week);
        }
}

static int
run_methods(const struct synthetic_source *source)
{
    for (int method = 0; method < FLOW_METHOD_COUNT; method++) {
        struct synthetic_request request = {.method = (enum flow_method)method,
                                            .change = monsoon_unchanged,
                                            .member_count = MEMBERS,
                                            .year_count = MEMBER_YEARS,
                                            .start_year = 2001,
                                            .daily = true,
                                            .window_days = 7};
        struct synthetic_flow made;
        struct synthetic_report report;
        struct error err = {0};
        double begin_s = wall_seconds();
        if (synthetic_flow_generate(&made, source, &request, NULL, NULL, &err) != STATUS_OK) {
            fprintf(stderr, "%s\n", err.text);
            return 3;
        }
        double made_s = wall_seconds();
        if (synthetic_report_make(&report, source, &request, &made, &err) != STATUS_OK)
            return 3;
        printf("%-8s %10.2f %10.2f %17.1f\n", flow_method_name(request.method), made_s - begin_s,
               wall_seconds() - made_s,
               1e-6 * MEMBERS * made.step_count * SITES / (made_s - begin_s));
        synthetic_report_finish(&report);
        synthetic_flow_finish(&made);
    }
    return 0;
}

int
main(void)
{
    struct site_series series[SITES];
    struct synthetic_source source;
    struct error err = {0};
    static char path[] = "record", names[SITES][8];
    double *flow_m3 = malloc(sizeof(double) * SITES * DAYS);
    int64_t *start_s = malloc(sizeof *start_s * (DAYS + 1));
    int *line = calloc(DAYS, sizeof *line), code = 4;
    gsl_set_error_handler_off();
    if (flow_m3 != NULL && start_s != NULL && line != NULL) {
        make_record(flow_m3, start_s);
        for (int s = 0; s < SITES; s++) {
            snprintf(names[s], sizeof names[s], "s%d", s);
            series[s] = (struct site_series){path, names[s], SITE_VOLUME_M3,     STEP_DAILY,
                                             DAYS, start_s,  flow_m3 + s * DAYS, line};
        }
        puts("10,000 years of days at 12 sites");
        puts("method     make s   report s   million values/s");
        if (synthetic_source_init(&source, SITES, series, &err) == STATUS_OK) {
            code = run_methods(&source);
            synthetic_source_finish(&source);
        }
    }
    free(flow_m3);
    free(start_s);
    free(line);
    return code;
}
