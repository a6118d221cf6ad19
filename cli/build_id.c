/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/build_id.h"

#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { ID_BYTES_MAX = 32 };

static size_t
padded(size_t size)
{
    return (size + 3) & ~(size_t)3;
}

/* Look for the note among those of a segment. */
static void
read_notes(const unsigned char *note, size_t size, char *text)
{
    ElfW(Nhdr) head;
    while (size >= sizeof head) {
        memcpy(&head, note, sizeof head);
        size_t whole = sizeof head + padded(head.n_namesz) + padded(head.n_descsz);
        if (whole > size)
            return;
        const unsigned char *id = note + sizeof head + padded(head.n_namesz);
        if (head.n_type == NT_GNU_BUILD_ID && head.n_namesz == sizeof ELF_NOTE_GNU &&
            memcmp(note + sizeof head, ELF_NOTE_GNU, sizeof ELF_NOTE_GNU) == 0 &&
            head.n_descsz <= ID_BYTES_MAX)
            for (size_t i = 0; i < head.n_descsz; i++)
                snprintf(text + 2 * i, 3, "%02x", id[i]);
        note += whole;
        size -= whole;
    }
}

/* The first object is the program itself. */
static int
read_program(struct dl_phdr_info *info, size_t size, void *text)
{
    (void)size;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
        if (segment->p_type == PT_NOTE)
            read_notes((const unsigned char *)(uintptr_t)(info->dlpi_addr + segment->p_vaddr),
                       segment->p_memsz, text);
    }
    return 1;
}

const char *
build_id(void)
{
    static char text[2 * ID_BYTES_MAX + 1];
    if (text[0] == '\0')
        dl_iterate_phdr(read_program, text);
    return text;
}
