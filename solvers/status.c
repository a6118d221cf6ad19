/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/status.h"

#include <stdio.h>

const char *
status_text(enum status status)
{
#define STATUS_TEXT_ENTRY(name, number, text)                                                      \
    case name:                                                                                     \
        return text;
    switch (status) {
        STATUS_LIST(STATUS_TEXT_ENTRY)
    }
#undef STATUS_TEXT_ENTRY
    return "unknown status";
}

int
status_exit_code(enum status status)
{
    if (status == STATUS_OK)
        return 0;
    if (status < STATUS_NUMERIC)
        return 2;
    if (status < STATUS_FILE)
        return 3;
    return 4;
}

enum status
error_set(struct error *err, enum status status, const char *format, ...)
{
    if (err == NULL || err->status != STATUS_OK)
        return status;
    err->status = status;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(err->text, sizeof err->text, format, arguments);
    va_end(arguments);
    return status;
}
