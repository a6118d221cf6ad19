/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/gr_kernel.h"
#include "model/hbv_kernel.h"
#include "model/xinanjiang_kernel.h"

#include <stddef.h>

/* The kernels of one width; the build compiles this file once for each (see lanes.h). */

static void
run_gr4j(const struct kernel_run *run)
{
    gr_run(run, &variant_gr4j, false);
}

static void
run_gr5j(const struct kernel_run *run)
{
    gr_run(run, &variant_gr5j, false);
}

static void
run_gr6j(const struct kernel_run *run)
{
    gr_run(run, &variant_gr6j, false);
}

static void
run_gr4h(const struct kernel_run *run)
{
    gr_run(run, &variant_gr4h, false);
}

static void
run_gr2m(const struct kernel_run *run)
{
    gr2m_run(run, false);
}

static void
run_xinanjiang(const struct kernel_run *run)
{
    xinanjiang_run(run, false);
}

static void
run_hbv(const struct kernel_run *run)
{
    hbv_run(run, false);
}

#if LANES == 1

static void
run_gr4j_columns(const struct kernel_run *run)
{
    gr_run(run, &variant_gr4j, true);
}

static void
run_gr5j_columns(const struct kernel_run *run)
{
    gr_run(run, &variant_gr5j, true);
}

static void
run_gr6j_columns(const struct kernel_run *run)
{
    gr_run(run, &variant_gr6j, true);
}

static void
run_gr4h_columns(const struct kernel_run *run)
{
    gr_run(run, &variant_gr4h, true);
}

static void
run_gr2m_columns(const struct kernel_run *run)
{
    gr2m_run(run, true);
}

static void
run_xinanjiang_columns(const struct kernel_run *run)
{
    xinanjiang_run(run, true);
}

static void
run_hbv_columns(const struct kernel_run *run)
{
    hbv_run(run, true);
}

#endif

const struct kernel_table LANES_NAME(kernel_table) = {
    .lanes = LANES,
    .run = {[KERNEL_GR4J] = run_gr4j,
            [KERNEL_GR5J] = run_gr5j,
            [KERNEL_GR6J] = run_gr6j,
            [KERNEL_GR4H] = run_gr4h,
            [KERNEL_GR2M] = run_gr2m,
            [KERNEL_XINANJIANG] = run_xinanjiang,
            [KERNEL_HBV] = run_hbv},
#if LANES == 1
    .run_columns = {[KERNEL_GR4J] = run_gr4j_columns,
                    [KERNEL_GR5J] = run_gr5j_columns,
                    [KERNEL_GR6J] = run_gr6j_columns,
                    [KERNEL_GR4H] = run_gr4h_columns,
                    [KERNEL_GR2M] = run_gr2m_columns,
                    [KERNEL_XINANJIANG] = run_xinanjiang_columns,
                    [KERNEL_HBV] = run_hbv_columns},
#endif
};
