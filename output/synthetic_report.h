/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_SYNTHETIC_REPORT_H
#define NGUON_OUTPUT_SYNTHETIC_REPORT_H

#include "output/synthetic_file.h"

/** A statistic with a bound that generated flows must keep. */
struct acceptance {
    const char *name;
    double bound;
    double worst;         /**< largest error */
    int month;            /**< of it, 0 January */
    int site, other_site; /**< of it; other_site -1 but for correlations between sites */
    double error_mean;    /**< mean error over months and sites */
};

enum { ACCEPTANCE_COUNT = 4 };

/**
 * Largest errors of the logarithms' mean (in standard deviations), standard deviation (relative),
 * lag-one and cross correlations. The bounds are those that the reference implementation of
 * Kirsch et al. reached on 2,000 years at four sites: 0.040, 0.029, 0.059 and 0.119.
 */
void synthetic_acceptance(const struct synthetic_report *report,
                          struct acceptance out[ACCEPTANCE_COUNT]);

/** Print the acceptance and, site by site, what has no bound. @return whether all are kept */
bool synthetic_report_print(const struct synthetic_report *report,
                            const struct synthetic_source *source,
                            const struct synthetic_request *request,
                            const struct synthetic_flow *flow);

/** Write every statistic of every month and site, source beside synthetic. */
enum status synthetic_report_write(const char *path, const struct synthetic_report *report,
                                   const struct synthetic_source *source,
                                   const struct synthetic_request *request,
                                   const struct synthetic_label *label, struct error *err);

#endif
