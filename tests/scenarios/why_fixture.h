/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_TESTS_SCENARIOS_WHY_FIXTURE_H
#define NGUON_TESTS_SCENARIOS_WHY_FIXTURE_H

#include "scenarios/why.h"
#include "tests/scenarios/run_fixture.h"

/** Open and simulate a basin with all series and the audit; takes the basin over. */
bool open_audited(struct test_run *run, struct basin *basin);

/** The record of a step, freed by audit_step_finish. Its memory is short only in theory. */
struct audit_step record_of(const struct test_run *run, int t);

#endif
