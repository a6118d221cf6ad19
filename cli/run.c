/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/build_id.h"
#include "cli/command.h"
#include "cli/ranks.h"
#include "cli/run_choice.h"
#include "cli/run_part.h"
#include "cli/run_shared.h"
#include "cli/run_words.h"

#include "model/instant.h"
#include "output/design_drought_table.h"
#include "output/fork.h"
#include "output/progress.h"
#include "output/show.h"
#include "output/writer.h"
#include "scenarios/design_drought.h"
#include "scenarios/ensemble.h"
#include "scenarios/stopping.h"
#include "scenarios/verify.h"

#include <argp.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    OPTION_THREADS = 256,
    OPTION_SAVE,
    OPTION_SEED,
    OPTION_SOLVER,
    OPTION_ON_FAILURE,
    OPTION_VERIFY,
    OPTION_UNTIL,
    OPTION_RESUME,
    OPTION_PART,
    OPTION_SAVE_STATE,
    OPTION_FORK,
    OPTION_BRANCH,
    OPTION_MEMBERS,
    OPTION_QUANTILES,
    OPTION_QUANTILES_BY
};

struct run_options {
    struct basin_source source;
    const char *output_path;
    char default_output[PATH_MAX];
    const char *save;
    const char *quantiles, *quantiles_by;
    const char *until;      /* rule that ends the run early, or NULL */
    const char *save_state; /* date, or NULL */
    const char *fork;       /* results file and date, or NULL */
    const char *members;    /* of them that are run, or NULL: all */
    bool branches;          /* with other rules than those of its states */
    char seed_set[64];
    int threads;
    enum lp_method method;
    bool verify;
    bool go_on; /**< after a scenario that failed */
    bool quiet;
    bool resume;
    struct run_part part;
    bool is_whole; /**< the results file has been written */
    char *command, *shell_command;
    int scenario_count, kept_count; /**< what a run that did not end has left */
};

static const struct argp_option options[] = {
    {"scenarios", 's', "FILE", 0, "take the scenarios from this file", 0},
    {"output", 'o', "FILE", 0, "results file (default: the basin file's name with .h5, here)", 0},
    {"threads", OPTION_THREADS, "N", 0, "number of threads (default: all processors)", 0},
    {"save", OPTION_SAVE, "LIST", 0,
     "series to keep: none, or words separated by commas: a name, all, default, audit (which "
     "`nguon why` needs); storage:yen_lap for one element, supply:irrigation for those of an id, "
     "kind, class or district; before it monthly: or yearly: (monthly-min:, -max:, -mean:, -sum:) "
     "to put steps together, and quantiles: for statistics over the scenarios in place of all of "
     "them (docs/results-file.md; default: storage, level, need, supply, shortage_rule, "
     "shortage_water and the stages of drought plans)",
     0},
    {"quantiles", OPTION_QUANTILES, "LIST", 0,
     "probabilities of quantiles: in --save (default: 0.05,0.1,0.25,0.5,0.75,0.9,0.95)", 0},
    {"quantiles-by", OPTION_QUANTILES_BY, "AXIS", 0,
     "statistics of quantiles: in --save for each member of this axis", 0},
    {"seed", OPTION_SEED, "N", 0, "seed of the weather and of samples, in place of the file's", 0},
    {"set", 'S', "PATH=VALUE", 0, "change a figure: reservoirs.yen_lap.capacity='120 hm3'", 0},
    {"solver", OPTION_SOLVER, "NAME", 0, "simplex (default) or glpk, the slow reference", 0},
    {"verify", OPTION_VERIFY, NULL, 0,
     "solve every step again with GLPK, rank by rank, and report the differences (slow)", 0},
    {"on-failure", OPTION_ON_FAILURE, "stop|continue", 0,
     "after a scenario with a step that cannot be solved: stop (default), or continue with the "
     "next; its linear program is left beside the results",
     0},
    {"until", OPTION_UNTIL, "RULE", 0,
     "end the run when a measure of a class is known well enough over the weather: "
     "'domestic.reliability ±0.5 %'; or .volume, .annual, .resilience, .vulnerability",
     0},
    {"resume", OPTION_RESUME, NULL, 0,
     "complete a run that was interrupted: its finished scenarios are beside the results file, in "
     "files .part1 ...; without any it begins anew",
     0},
    {"part", OPTION_PART, "N/M", 0,
     "do only the N-th of M parts of the scenarios, into a file .partN beside the results file; "
     "when all are done, the same command with --resume in its place merges them",
     0},
    {"save-state", OPTION_SAVE_STATE, "DATE", 0,
     "also keep all that the run remembers where this date begins, for --fork", 0},
    {"fork", OPTION_FORK, "OUT.h5@DATE", 0,
     "go on from the states that an earlier run has kept by --save-state DATE; what was before is "
     "taken from its results",
     0},
    {"branch", OPTION_BRANCH, "OUT.h5@DATE", 0,
     "the same with other rules, demands or schedules from that date on: of the states only the "
     "water is taken",
     0},
    {"members", OPTION_MEMBERS, "least:N:MEASURE", 0,
     "with --fork or --branch: only the N scenarios of that run with the least (or most:N:...) of "
     "a "
     "measure, as 'nguon compare --satisfy' takes it: least:50:basin_inflow_m3 are the driest",
     0},
    {"quiet", 'q', NULL, 0, "no progress bar and no tables afterwards", 0},
    {0}};

static const char doc[] =
    "Simulate every scenario of a basin and write the results to one HDF5 (netCDF-4) file."
    "\vExample:\n  nguon run examples/quang-ninh/basin.yaml -o qn.h5 --set demand_year=2030\n\n"
    "The results are the same for any number of threads.\n\n"
    "An interrupt (control-C, SIGTERM) ends the run after the scenarios in hand, with exit code\n"
    "128 and the number of the signal; a second one ends it at once. Finished scenarios are kept\n"
    "whatever happens, and --resume completes the run.";

static int
parse_threads(const char *text, struct argp_state *state)
{
    char *end;
    errno = 0;
    long value = strtol(text, &end, 10);
    if (*text == '\0' || *end != '\0' || errno != 0 || value < 1 || value > 4096)
        argp_error(state, "--threads takes a number from 1 to 4096, not '%s'", text);
    return (int)value;
}

/* Options that are taken as they stand. @return whether it is one */
static bool
take_option(int key, const char *argument, struct run_options *run)
{
    const char **text = key == 'o'                   ? &run->output_path
                        : key == OPTION_SAVE         ? &run->save
                        : key == OPTION_QUANTILES    ? &run->quantiles
                        : key == OPTION_QUANTILES_BY ? &run->quantiles_by
                        : key == OPTION_UNTIL        ? &run->until
                        : key == OPTION_SAVE_STATE   ? &run->save_state
                        : key == OPTION_MEMBERS      ? &run->members
                                                     : NULL;
    bool *flag = key == 'q'             ? &run->quiet
                 : key == OPTION_VERIFY ? &run->verify
                 : key == OPTION_RESUME ? &run->resume
                                        : NULL;
    if (text != NULL)
        *text = argument;
    else if (flag != NULL)
        *flag = true;
    return text != NULL || flag != NULL;
}

static error_t
parse_option(int key, char *argument, struct argp_state *state)
{
    struct run_options *run = state->input;
    if (take_option(key, argument, run))
        return 0;
    switch (key) {
    case OPTION_THREADS:
        run->threads = parse_threads(argument, state);
        return 0;
    case OPTION_SEED:
        snprintf(run->seed_set, sizeof run->seed_set, "seed=%s", argument);
        return parse_basin_option('S', run->seed_set, state, &run->source);
    case OPTION_SOLVER:
        if (strcmp(argument, "simplex") != 0 && strcmp(argument, "glpk") != 0)
            argp_error(state, "--solver is simplex or glpk, not '%s'", argument);
        run->method = strcmp(argument, "glpk") == 0 ? LP_GLPK : LP_SIMPLEX;
        return 0;
    case OPTION_ON_FAILURE:
        run->go_on = strcmp(argument, "continue") == 0;
        if (!run->go_on && strcmp(argument, "stop") != 0)
            argp_error(state, "--on-failure is stop or continue, not '%s'", argument);
        return 0;
    case OPTION_PART:
        if (!run_part_parse(argument, &run->part))
            argp_error(state, "--part is N/M with N from 1 to M, not '%s'", argument);
        return 0;
    case OPTION_FORK:
    case OPTION_BRANCH:
        if (run->fork != NULL)
            argp_error(state, "one of --fork and --branch, once");
        run->fork = argument;
        run->branches = key == OPTION_BRANCH;
        return 0;
    case ARGP_KEY_ARG:
    case ARGP_KEY_END:
        return parse_path(key, argument, state, "basin file", &run->source.path);
    default:
        return parse_basin_option(key, argument, state, &run->source);
    }
}

/* basins/north.yaml -> north.h5 */
static void
name_output(struct run_options *run)
{
    if (run->output_path != NULL)
        return;
    const char *slash = strrchr(run->source.path, '/');
    const char *base = slash != NULL ? slash + 1 : run->source.path;
    const char *dot = strrchr(base, '.');
    int length = dot != NULL && dot != base ? (int)(dot - base) : (int)strlen(base);
    snprintf(run->default_output, sizeof run->default_output, "%.*s.h5", length, base);
    run->output_path = run->default_output;
}

/* An argument as a shell reads it back. */
static void
print_quoted(FILE *out, const char *argument)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "_-./=:,+%@";
    if (argument[0] != '\0' && argument[strspn(argument, plain)] == '\0') {
        fputs(argument, out);
        return;
    }
    fputc('\'', out);
    for (const char *c = argument; *c != '\0'; c++)
        if (*c == '\'')
            fputs("'\\''", out);
        else
            fputc(*c, out);
    fputc('\'', out);
}

/* The command line: as typed, for the provenance of the results, or for a shell. */
static char *
join_command(int argc, char **argv, bool quoted)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL)
        return NULL;
    for (int i = 0; i < argc; i++) {
        fputs(i > 0 ? " " : "", out);
        if (quoted && i > 0)
            print_quoted(out, argv[i]);
        else
            fputs(argv[i], out);
    }
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}

static volatile sig_atomic_t interrupted; /* by a signal of this number */

static void
on_interrupt(int number)
{
    interrupted = number;
    signal(number, SIG_DFL); /* a second one stops at once */
}

/* What is told while a run goes on. */
struct watch {
    struct progress progress;
    const struct writer *writer; /**< NULL while ranks share the run */
};

static bool
show_progress(void *context, int done_count, int scenario_count)
{
    struct watch *watch = context;
    if (watch->writer != NULL)
        watch->progress.before_count = writer_taken_count(watch->writer);
    progress_update(&watch->progress, done_count, scenario_count);
    return !interrupted;
}

/* A scenario failed and the run goes on: say so at once. */
static void
show_failure(void *context, const char *message)
{
    struct watch *watch = context;
    progress_finish(&watch->progress);
    fprintf(stderr, "nguon: %s\n", message);
}

/* What a run that did not end has left, and how it is completed. */
static void
print_kept(const struct run_options *run)
{
    if (run->kept_count == 0)
        return;
    fprintf(stderr, "nguon: %d of %d scenarios are kept in '%s.part1'", run->kept_count,
            run->scenario_count, run->output_path);
    if (ranks_count() > 1)
        fprintf(stderr, " to '.part%d'", ranks_count());
    fprintf(stderr, "; this%s completes the run:\n  %s%s\n",
            ranks_count() > 1 ? ", by any number of ranks," : "", run->shell_command,
            run->resume ? "" : " --resume");
}

/* What the files of failed steps begin with: out.h5 -> out. */
static char *
name_dumps(const struct run_options *run)
{
    size_t length = strlen(run->output_path);
    if (length > 3 && strcmp(run->output_path + length - 3, ".h5") == 0)
        length -= 3;
    return strndup(run->output_path, length);
}

/* What a part of a run has left. */
static void
print_part(const struct run_options *run, int kept_count)
{
    int size = run_part_size(&run->part, run->scenario_count);
    if (!run->quiet || kept_count < size)
        fprintf(stderr, "nguon: %d of the %d scenarios of part %d are in '%s.part%d'; %s\n",
                kept_count, size, run->part.number, run->output_path, run->part.number,
                kept_count < size ? "the same command with --resume completes the part"
                                  : "when all parts are done, the same command with --resume in "
                                    "place of --part merges them");
}

/* Make the results file, of what is in part files and what is simulated now. */
static enum status
write_all(struct run_options *run, struct writer *writer, const struct run_info *info,
          struct ensemble_settings *settings, struct error *err)
{
    struct watch *watch = settings->progress_context;
    struct sink sink = writer_sink(writer);
    if (ranks_count() > 1 && !run->resume)
        settings->failed = NULL; /* each has been told by its rank */
    enum status status =
        ensemble_run(info->basin, info->axis, info->plan, info, settings, &sink, err);
    progress_finish(&watch->progress);
    run->is_whole = status == STATUS_OK ||
                    (run->go_on && status_exit_code(status) == status_exit_code(STATUS_NUMERIC));
    run->kept_count = run->is_whole ? 0 : writer_kept_count(writer);
    return status;
}

/* The step of --save-state: the state is the one where the date begins. */
static enum status
find_save_step(const struct run_options *run, struct run_info *info, struct error *err)
{
    const struct timeaxis *axis = info->axis;
    struct instant date;
    if (run->save_state == NULL)
        return STATUS_OK;
    if (run->method != LP_SIMPLEX)
        return error_set(err, STATUS_USAGE, "--save-state needs the simplex solver");
    if (!instant_parse(run->save_state, &date))
        return error_set(err, STATUS_USAGE, "--save-state takes a date, not '%s'", run->save_state);
    for (int t = 1; t <= axis->step_count; t++)
        if (axis->start_s[t] == date.local_s)
            info->save_before_t = t;
    if (info->save_before_t == 0)
        return error_set(err, STATUS_USAGE, "--save-state: no step of the run ends where %s begins",
                         run->save_state);
    return STATUS_OK;
}

/* What a run goes on from. */
struct past {
    struct fork *fork;
    struct run_origin origin;
};

/* The states of --fork, if it is given. */
static enum status
open_past(const struct run_options *run, const struct run_info *info, struct past *past,
          struct ensemble_settings *settings, struct error *err)
{
    if (run->fork == NULL)
        return STATUS_OK;
    if (run->verify || run->until != NULL || run->method != LP_SIMPLEX)
        return error_set(err, STATUS_USAGE,
                         "--fork goes with neither --verify, --until nor --solver glpk, which need "
                         "the whole run");
    enum status status = fork_open(run->fork, info, run->branches, &past->fork, err);
    if (status != STATUS_OK)
        return status;
    if (info->save_before_t > 0 && info->save_before_t < fork_step(past->fork))
        return error_set(err, STATUS_USAGE, "--save-state names a date before that of --fork");
    past->origin = fork_origin(past->fork);
    settings->origin = &past->origin;
    return STATUS_OK;
}

static enum status
prepare_states(const struct run_options *run, struct run_info *info, struct past *past,
               struct ensemble_settings *settings, struct error *err)
{
    enum status status = STATUS_OK;
    info->fork = run->fork;
    TRY(find_save_step(run, info, err));
    TRY(open_past(run, info, past, settings, err));
out:
    return status;
}

/* What comes before the first scenario: all that is simulated, the rule of --until, the writer. */
static enum status
prepare(const struct run_options *run, struct run_info *info, struct plan *plan,
        struct stopping *stopping, struct past *past, struct ensemble_settings *settings,
        struct writer **writer, struct error *err)
{
    enum status status = STATUS_OK;
    TRY(result_select(run->save, &info->selection, err));
    info->selection.quantiles = run->quantiles;
    info->selection.quantiles_by = run->quantiles_by;
    TRY(plan_expand(info->basin, plan, err));
    if (run->members != NULL)
        TRY(run_choose(run->members, run->fork, plan, err));
    TRY(prepare_states(run, info, past, settings, err));
    TRY(writer_create(run->output_path, run->resume, writer, err));
    if (run->part.number > 0 && (run->until != NULL || ranks_count() > 1))
        return error_set(err, STATUS_USAGE,
                         "--part is for one process at a time, and --until is "
                         "asked of all scenarios: where the parts are merged");
    if (run->until == NULL)
        return STATUS_OK;
    if (!info->selection.keep[RESULT_NEED] || !info->selection.keep[RESULT_SUPPLY])
        return error_set(err, STATUS_USAGE, "--until needs the series need and supply in --save");
    status = stopping_init(stopping, run->until, info->basin, info->axis, info->plan, err);
out:
    return status;
}

/* A run that has gone well otherwise fails if the verification has. */
static enum status
tell_verification(const struct run_info *info, const struct verification *found, enum status status,
                  struct error *err)
{
    if (ranks_own() == 0)
        print_verification(info->axis, info->plan, found);
    if (status == STATUS_OK && !verification_passed(found))
        return error_set(err, STATUS_NUMERIC, "the verification has failed");
    return status;
}

static enum status
run_ensemble(struct run_options *run, const struct basin *basin, const struct timeaxis *axis,
             struct error *err)
{
    enum status status = STATUS_OK;
    struct plan plan = {0};
    struct writer *writer = NULL;
    struct past past = {0};
    struct watch watch = {0};
    struct run_info info = {.basin = basin,
                            .axis = axis,
                            .plan = &plan,
                            .program_version = NGUON_VERSION,
                            .program_build = build_id(),
                            .solver = run->method == LP_GLPK ? "glpk" : "simplex",
                            .command = run->command,
                            .threads = run->threads};
    progress_init(&watch.progress, run->quiet ? NULL : stderr);
    struct verification found = {0};
    struct stopping stopping = {0};
    int scenario_count = 0;
    char *dump_path = name_dumps(run);
    struct ensemble_settings settings = {.go_on = run->go_on,
                                         .failed = show_failure,
                                         .dump_path = dump_path,
                                         .threads = run->threads,
                                         .method = run->method,
                                         .progress = show_progress,
                                         .progress_context = &watch,
                                         .verification = run->verify ? &found : NULL,
                                         .scenario_count = &scenario_count};
    status = prepare(run, &info, &plan, &stopping, &past, &settings, &writer, err);
    TRY(ranks_agree(status, err));
    run->scenario_count = plan.scenario_count;
    if (run->until != NULL)
        settings.stopping = &stopping;
    if (run->part.number > 0)
        status = run_part(&run->part, writer, &info, &settings, err);
    else if (ranks_count() > 1)
        status = run_shared(writer, &info, &settings, &run->kept_count, err);
    progress_finish(&watch.progress);
    if (status == STATUS_OK && run->part.number == 0 && ranks_own() == 0) {
        watch.writer = writer;
        status = write_all(run, writer, &info, &settings, err);
    }
    if (run->part.number > 0)
        print_part(run, writer_kept_count(writer));
    if (run->until != NULL && run->is_whole && !run->quiet)
        print_stopping(&stopping, run->until, scenario_count);
    if (run->verify)
        status = tell_verification(&info, &found, status, err);
out:
    writer_destroy(writer);
    fork_close(past.fork);
    stopping_finish(&stopping);
    plan_finish(&plan);
    free(dump_path);
    return status;
}

static enum status
show_droughts(const struct basin *basin, struct error *err)
{
    const struct axis *axis = design_drought_axis(basin);
    enum status status = axis == NULL ? STATUS_OK : design_drought_table(stdout, axis, false, err);
    if (axis != NULL && status == STATUS_OK)
        putchar('\n');
    return status;
}

/* Read and run; what went wrong is said. @return exit code */
static int
run_and_tell(struct run_options *run, struct basin **basin, struct timeaxis *axis)
{
    struct error err = {0};
    enum status status = ranks_agree(read_basin(&run->source, basin, axis), &err);
    if (status != STATUS_OK && err.status == STATUS_OK)
        return status_exit_code(status); /* read_basin has said why */
    if (status == STATUS_OK)
        status = ranks_agree(design_droughts_find(*basin, &err), &err);
    if (status == STATUS_OK)
        status = run_ensemble(run, *basin, axis, &err);
    if (status == STATUS_OK)
        return 0;
    int exit_code = report_failure(&err);
    if (status == STATUS_INTERRUPTED)
        exit_code = 128 + (interrupted != 0 ? interrupted : SIGTERM);
    print_kept(run);
    return exit_code;
}

int
command_run(int argc, char **argv)
{
    struct error err = {0};
    if (ranks_begin(&err) != STATUS_OK)
        return report_failure(&err);
    struct run_options run = {.method = LP_SIMPLEX};
    struct argp parser = {options, parse_option, "BASIN", doc, NULL, NULL, NULL};
    run.command = join_command(argc, argv, false);
    run.shell_command = join_command(argc, argv, true);
    if (run.command == NULL || run.shell_command == NULL)
        return 4;
    argp_parse(&parser, argc, argv, 0, NULL, &run);
    name_output(&run);
    signal(SIGINT, on_interrupt);
    signal(SIGTERM, on_interrupt);
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is an error like a full disk */
    struct basin *basin = NULL;
    struct timeaxis axis = {0};
    int exit_code = run_and_tell(&run, &basin, &axis);
    if (run.is_whole && !run.quiet) {
        struct show_options overview = {0};
        err = (struct error){0};
        if (show_droughts(basin, &err) != STATUS_OK ||
            show_results(stdout, run.output_path, &overview, &err) != STATUS_OK)
            exit_code = report_failure(&err);
    }
    timeaxis_finish(&axis);
    basin_destroy(basin);
    free(run.command);
    free(run.shell_command);
    return ranks_end(exit_code);
}
