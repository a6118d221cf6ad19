/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_TESTS_REFERENCE_FILE_H
#define NGUON_TESTS_REFERENCE_FILE_H

/* Reads columns of the reference figures that lie beside the source tree, where they are present:
 * in the folder of NGUON_SHARED, else in ../shared from the source root. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REFERENCE_MAX = 2000 };

/** Read column_i of a CSV file with one heading line. @return number of rows, 0 if not there */
static int
reference_column(const char *name, int column_i, double value[REFERENCE_MAX])
{
    char path[1024];
    char line[1024];
    const char *folder = getenv("NGUON_SHARED");
    snprintf(path, sizeof path, "%s/reference/%s", folder != NULL ? folder : NGUON_SHARED_DEFAULT,
             name);
    FILE *file = fopen(path, "r");
    int count = 0;
    if (file == NULL)
        return 0;
    if (fgets(line, sizeof line, file) != NULL)
        while (count < REFERENCE_MAX && fgets(line, sizeof line, file) != NULL) {
            const char *cell = line;
            for (int i = 0; i < column_i && cell != NULL; i++) {
                cell = strchr(cell, ',');
                cell = cell != NULL ? cell + 1 : NULL;
            }
            if (cell != NULL)
                value[count++] = strtod(cell, NULL);
        }
    fclose(file);
    return count;
}

#endif
