# SPDX-License-Identifier: GPL-3.0-or-later
"""The part of libnguon that the example needs, through ctypes (see nguon.h)."""

import ctypes
import ctypes.util
import os

import numpy

BASIN, NODE, RESERVOIR, AQUIFER, CATCHMENT, DEMAND, LINK, SCENARIO = range(8)


class _Error(ctypes.Structure):
    _fields_ = [("status", ctypes.c_int), ("text", ctypes.c_char * 8192)]


class _Variable(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("standard_name", ctypes.c_char_p),
                ("units", ctypes.c_char_p), ("meaning", ctypes.c_char_p),
                ("kind", ctypes.c_int), ("can_be_set", ctypes.c_bool)]


def open_library(path=None):
    """libnguon from a path, NGUON_LIBRARY, or wherever the system keeps it."""
    path = path or os.environ.get("NGUON_LIBRARY") or ctypes.util.find_library("nguon")
    if path is None:
        raise OSError("libnguon is not installed: name it by NGUON_LIBRARY")
    library = ctypes.CDLL(path)
    for name in ("nguon_version", "nguon_basin_id", "nguon_basin_name"):
        getattr(library, name).restype = ctypes.c_char_p
    library.nguon_basin_step_start_s.restype = ctypes.c_double
    library.nguon_variable_of.restype = ctypes.POINTER(_Variable)
    for name in ("nguon_basin_free", "nguon_simulation_free"):
        getattr(library, name).restype = None
    return library


class Basin:
    """A basin file that has been read."""

    def __init__(self, library, path):
        self.library, self.handle = library, ctypes.c_void_p()
        self.call("nguon_basin_load", os.fsencode(path), None, None, 0, ctypes.byref(self.handle))

    def call(self, name, *arguments):
        """A function whose last argument is the error; its message is raised."""
        error = _Error()
        if getattr(self.library, name)(*arguments, ctypes.byref(error)) != 0:
            raise RuntimeError(error.text.decode())

    def ids(self, kind):
        count = self.library.nguon_basin_count(self.handle, kind)
        return [self.library.nguon_basin_id(self.handle, kind, i).decode() for i in range(count)]

    def times(self):
        """Starts of the steps and the end of the run."""
        count = self.library.nguon_basin_step_count(self.handle)
        seconds = [int(self.library.nguon_basin_step_start_s(self.handle, t))
                   for t in range(count + 1)]
        return numpy.array(seconds, dtype="datetime64[s]")

    def run(self, output):
        """All scenarios into a results file."""
        self.call("nguon_basin_run", self.handle, os.fsencode(output), None)

    def close(self):
        self.library.nguon_basin_free(self.handle)
        self.handle = ctypes.c_void_p()


class Simulation:
    """One scenario, step by step; values are arrays in the units of the variable."""

    def __init__(self, basin, scenario=0):
        self.basin, self.library, self.handle = basin, basin.library, ctypes.c_void_p()
        basin.call("nguon_simulation_begin", basin.handle, scenario, None,
                   ctypes.byref(self.handle))

    def _count(self, name):
        i = self.library.nguon_variable_find(name.encode())
        if i < 0:
            raise KeyError(name)
        kind = self.library.nguon_variable_of(i).contents.kind
        return self.library.nguon_basin_count(self.basin.handle, kind)

    def get(self, name):
        value = numpy.empty(self._count(name))
        self.basin.call("nguon_simulation_get", self.handle, name.encode(),
                        value.ctypes.data_as(ctypes.POINTER(ctypes.c_double)), value.size)
        return value

    def set(self, name, i, value):
        self.basin.call("nguon_simulation_set_one", self.handle, name.encode(), i,
                        ctypes.c_double(value))

    def step(self):
        self.basin.call("nguon_simulation_step", self.handle)

    def close(self):
        self.library.nguon_simulation_free(self.handle)
        self.handle = ctypes.c_void_p()
