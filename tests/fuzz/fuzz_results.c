/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A results file: the overview of `nguon show`, one more of its tables, and `nguon why`. */
#include "output/show.h"
#include "output/why.h"
#include "tests/fuzz/fuzz.h"

#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>

static FILE *nowhere;

static void
close_nowhere(void)
{
    fclose(nowhere);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const tables[] = {"classes",   "districts", "demands",
                                         "links",     "balance",   "series:supply:upper_town",
                                         "scenarios", "licences"};
    enum { TABLES = sizeof tables / sizeof tables[0] };
    if (nowhere == NULL) {
        H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
        nowhere = fopen("/dev/null", "w");
        if (nowhere == NULL)
            abort();
        atexit(close_nowhere);
    }
    const char *path = fuzz_file("results.h5", data, size);
    uint8_t sum = 0; /* any byte that changes brings another table */
    for (size_t i = 0; i < size; i++)
        sum = (uint8_t)(sum + data[i]);
    for (int i = 0; i < 2; i++) {
        struct show_options show = {.what = i == 0 ? NULL : tables[sum % TABLES]};
        struct error err = {0};
        show_results(nowhere, path, &show, &err);
    }
    struct why_options why = {.demand = "lower_town", .date = "2022-03", .values = true};
    struct error err = {0};
    why_results(nowhere, path, &why, &err);
    return 0;
}
