/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_CATCHMENT_HDF5_H
#define NGUON_OUTPUT_CATCHMENT_HDF5_H

#include "output/catchment_file.h"

/** Write a series as HDF5 that is also netCDF-4: one variable a column, over time. */
enum status catchment_hdf5_write(const char *path, const struct catchment_result *result,
                                 struct error *err);

#endif
