/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/h5file.h"

#include <hdf5_hl.h>
#include <stdio.h>
#include <string.h>

enum { DEFLATE_LEVEL = 1 };

/* Note a failure; the handle itself is handed on. */
static hid_t
kept(struct h5file *file, hid_t handle)
{
    if (handle < 0)
        file->failed = true;
    return handle;
}

static void
done(struct h5file *file, herr_t result)
{
    if (result < 0)
        file->failed = true;
}

/* Creation order lets netCDF list and append in the order of writing. */
static const unsigned creation_order = H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED;

void
h5file_prepare(void)
{
    H5dont_atexit();
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
}

void
h5file_create(struct h5file *file, const char *path)
{
    *file = (struct h5file){.file = -1};
    for (int i = 0; i < H5_DIMENSION_COUNT; i++)
        file->scale[i] = -1;
    h5file_prepare();
    hid_t creation = kept(file, H5Pcreate(H5P_FILE_CREATE));
    hid_t access = kept(file, H5Pcreate(H5P_FILE_ACCESS));
    if (!file->failed) {
        done(file, H5Pset_link_creation_order(creation, creation_order));
        done(file, H5Pset_attr_creation_order(creation, creation_order));
        done(file, H5Pset_obj_track_times(creation, false));
        done(file, H5Pset_libver_bounds(access, H5F_LIBVER_V18, H5F_LIBVER_LATEST));
        file->file = kept(file, H5Fcreate(path, H5F_ACC_TRUNC, creation, access));
    }
    H5Pclose(creation);
    H5Pclose(access);
}

void
h5file_close(struct h5file *file)
{
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    for (int i = 0; i < H5_DIMENSION_COUNT; i++) {
        if (file->scale[i] >= 0)
            H5Dclose(file->scale[i]);
        file->scale[i] = -1;
    }
    if (file->file >= 0)
        done(file, H5Fclose(file->file));
    file->file = -1;
}

hid_t
h5file_group(struct h5file *file, const char *path)
{
    if (file->failed)
        return -1;
    hid_t creation = kept(file, H5Pcreate(H5P_GROUP_CREATE));
    done(file, H5Pset_link_creation_order(creation, creation_order));
    done(file, H5Pset_attr_creation_order(creation, creation_order));
    done(file, H5Pset_obj_track_times(creation, false));
    hid_t group = kept(file, H5Gcreate2(file->file, path, H5P_DEFAULT, creation, H5P_DEFAULT));
    H5Pclose(creation);
    return group;
}

static hid_t
dataset_properties(struct h5file *file, hid_t type, const struct h5shape *shape, const void *fill)
{
    hid_t creation = kept(file, H5Pcreate(H5P_DATASET_CREATE));
    if (file->failed)
        return creation;
    done(file, H5Pset_attr_creation_order(creation, creation_order));
    done(file, H5Pset_obj_track_times(creation, false));
    if (fill != NULL)
        done(file, H5Pset_fill_value(creation, type, fill));
    if (shape->chunk[0] > 0) {
        done(file, H5Pset_chunk(creation, shape->rank, shape->chunk));
        done(file, H5Pset_shuffle(creation));
        done(file, H5Pset_deflate(creation, DEFLATE_LEVEL));
    }
    return creation;
}

hid_t
h5file_variable(struct h5file *file, hid_t group, const char *name, hid_t type,
                const struct h5shape *shape, const void *fill)
{
    hsize_t length[H5_RANK_MAX] = {1, 1, 1, 1};
    if (file->failed)
        return -1;
    for (int i = 0; i < shape->rank; i++)
        length[i] = file->length[shape->dimension[i]];
    hid_t creation = dataset_properties(file, type, shape, fill);
    hid_t space = kept(file, shape->rank == 0 ? H5Screate(H5S_SCALAR)
                                              : H5Screate_simple(shape->rank, length, NULL));
    hid_t variable = -1;
    if (!file->failed)
        variable =
            kept(file, H5Dcreate2(group, name, type, space, H5P_DEFAULT, creation, H5P_DEFAULT));
    H5Sclose(space);
    H5Pclose(creation);
    for (int i = 0; i < shape->rank && !file->failed; i++)
        if (file->scale[shape->dimension[i]] >= 0)
            done(file, H5DSattach_scale(variable, file->scale[shape->dimension[i]], (unsigned)i));
    if (fill != NULL && !file->failed)
        h5file_number_attribute(file, variable, "_FillValue", type, fill);
    return variable;
}

void
h5file_set_scale(struct h5file *file, hid_t variable, const char *name, enum h5_dimension dimension)
{
    if (file->failed)
        return;
    done(file, H5DSset_scale(variable, name));
    H5Iinc_ref(variable);
    file->scale[dimension] = variable;
}

void
h5file_bare_dimension(struct h5file *file, const char *name, enum h5_dimension dimension,
                      hsize_t length)
{
    char mark[80]; /* the words by which netCDF knows a dimension that is no variable */
    const struct h5shape shape = {1, {dimension}, {0}};
    file->length[dimension] = length;
    snprintf(mark, sizeof mark, "This is a netCDF dimension but not a netCDF variable. %10d",
             (int)length);
    hid_t variable = h5file_variable(file, file->file, name, H5T_IEEE_F32BE, &shape, NULL);
    h5file_set_scale(file, variable, mark, dimension);
    if (variable >= 0)
        H5Dclose(variable);
}

void
h5file_write(struct h5file *file, hid_t variable, hid_t memory_type, const void *data)
{
    if (!file->failed)
        done(file, H5Dwrite(variable, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data));
}

/* The values at an index of the first dimension, in the file and in memory. */
static void
select_row(struct h5file *file, hid_t variable, hsize_t row_i, hsize_t row_length, hid_t *space,
           hid_t *memory)
{
    hsize_t start[2] = {row_i, 0}, count[2] = {1, row_length};
    *space = kept(file, H5Dget_space(variable));
    *memory = kept(file, H5Screate_simple(1, &row_length, NULL));
    if (!file->failed)
        done(file, H5Sselect_hyperslab(*space, H5S_SELECT_SET, start, NULL, count, NULL));
}

void
h5file_write_row(struct h5file *file, hid_t variable, hid_t memory_type, hsize_t row_i,
                 hsize_t row_length, const void *data)
{
    hid_t space, memory;
    if (file->failed)
        return;
    select_row(file, variable, row_i, row_length, &space, &memory);
    if (!file->failed)
        done(file, H5Dwrite(variable, memory_type, memory, space, H5P_DEFAULT, data));
    H5Sclose(space);
    H5Sclose(memory);
}

void
h5file_write_block(struct h5file *file, hid_t variable, hid_t memory_type,
                   const hsize_t start[H5_RANK_MAX], const hsize_t count[H5_RANK_MAX],
                   const void *data)
{
    if (file->failed)
        return;
    hid_t space = kept(file, H5Dget_space(variable));
    int rank = H5Sget_simple_extent_ndims(space);
    hid_t memory = kept(file, H5Screate_simple(rank, count, NULL));
    if (!file->failed)
        done(file, H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL));
    if (!file->failed)
        done(file, H5Dwrite(variable, memory_type, memory, space, H5P_DEFAULT, data));
    H5Sclose(space);
    H5Sclose(memory);
}

void
h5file_read_row(struct h5file *file, hid_t variable, hid_t memory_type, hsize_t row_i,
                hsize_t row_length, void *data)
{
    hid_t space, memory;
    if (file->failed)
        return;
    select_row(file, variable, row_i, row_length, &space, &memory);
    if (!file->failed)
        done(file, H5Dread(variable, memory_type, memory, space, H5P_DEFAULT, data));
    H5Sclose(space);
    H5Sclose(memory);
}

static hid_t
string_type(struct h5file *file)
{
    hid_t type = kept(file, H5Tcopy(H5T_C_S1));
    done(file, H5Tset_size(type, H5T_VARIABLE));
    done(file, H5Tset_cset(type, H5T_CSET_UTF8));
    return type;
}

hid_t
h5file_strings(struct h5file *file, hid_t group, const char *name, enum h5_dimension dimension,
               hsize_t length, const char *const *text)
{
    if (file->failed)
        return -1;
    const struct h5shape shape = {dimension == DIMENSION_NOTHING ? 0 : 1, {dimension}, {0}};
    if (dimension != DIMENSION_NOTHING)
        file->length[dimension] = length;
    hid_t type = string_type(file);
    hid_t variable = h5file_variable(file, group, name, type, &shape, NULL);
    h5file_write(file, variable, type, text);
    H5Tclose(type);
    return variable;
}

void
h5file_text_attribute(struct h5file *file, hid_t object, const char *name, const char *text)
{
    if (file->failed)
        return;
    size_t length = strlen(text);
    hid_t type = kept(file, H5Tcopy(H5T_C_S1));
    done(file, H5Tset_size(type, length > 0 ? length : 1));
    done(file, H5Tset_cset(type, H5T_CSET_UTF8));
    hid_t space = kept(file, H5Screate(H5S_SCALAR));
    hid_t attribute = kept(file, H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT));
    if (!file->failed)
        done(file, H5Awrite(attribute, type, text));
    if (attribute >= 0)
        H5Aclose(attribute);
    H5Sclose(space);
    H5Tclose(type);
}

void
h5file_number_attribute(struct h5file *file, hid_t object, const char *name, hid_t type,
                        const void *value)
{
    if (file->failed)
        return;
    hsize_t one = 1;
    hid_t space = kept(file, H5Screate_simple(1, &one, NULL));
    hid_t attribute = kept(file, H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT));
    if (!file->failed)
        done(file, H5Awrite(attribute, type, value));
    if (attribute >= 0)
        H5Aclose(attribute);
    H5Sclose(space);
}
