/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_CLI_BUILD_ID_H
#define NGUON_CLI_BUILD_ID_H

/** The linker's digest of this very program (GNU build id) in hexadecimal digits, "" if it has
 * none.
 */
const char *build_id(void);

#endif
