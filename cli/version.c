/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"
#include "cli/ranks.h"
#include "commit.h"
#include "output/reader.h"

#include <glpk.h>
#include <gsl/gsl_version.h>
#include <hdf5.h>
#include <netcdf.h>
#include <stdio.h>
#include <string.h>

void
print_version(FILE *out)
{
    unsigned major = 0, minor = 0, release = 0;
    H5get_libversion(&major, &minor, &release);
    fputs("nguon " NGUON_VERSION, out);
    if (strcmp(NGUON_COMMIT, "unknown") != 0)
        fputs(" (" NGUON_COMMIT ")", out);
    fprintf(out,
            "\nwrites " RESULTS_FORMAT "; reads basin files 'nguon: 1'\n"
            "built by " NGUON_COMPILER " with GSL %s, HDF5 %u.%u.%u, netCDF %.*s, GLPK %s",
            gsl_version, major, minor, release, (int)strcspn(nc_inq_libvers(), " "),
            nc_inq_libvers(), glp_version());
    if (ranks_library() != NULL)
        fprintf(out, ", %s", ranks_library());
    fputc('\n', out);
}
