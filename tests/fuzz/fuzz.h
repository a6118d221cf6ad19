/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_TESTS_FUZZ_H
#define NGUON_TESTS_FUZZ_H

/*
 * What the fuzz targets share. A target reads one file of hostile bytes as the program would. Built
 * with -Dfuzz=true it is driven by libFuzzer (see tests/fuzz/run); otherwise by replay.c, which
 * reads the corpus once as a test.
 */

#include <stddef.h>
#include <stdint.h>

/**
 * Write the bytes to a file of that name in a folder of the process's own; its path. An input that
 * then takes more than 2 s of processor time is a finding.
 */
const char *fuzz_file(const char *name, const uint8_t *data, size_t size);

/** Reads the bytes; returns 0. The name is libFuzzer's. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
