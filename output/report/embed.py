# SPDX-License-Identifier: GPL-3.0-or-later
"""Turn text files into a C source: embed.py OUT.c NAME=FILE ..."""
import sys

with open(sys.argv[1], "w", encoding="ascii") as out:
    out.write('#include "output/report_files.h"\n')
    for argument in sys.argv[2:]:
        name, path = argument.split("=", 1)
        with open(path, "rb") as file:
            data = file.read()
        out.write(f"const char file_{name}[] = {{\n")
        for start in range(0, len(data), 20):
            numbers = ((byte ^ 128) - 128 for byte in data[start:start + 20])
            out.write("".join(f"{number}," for number in numbers) + "\n")
        out.write("0};\n")
