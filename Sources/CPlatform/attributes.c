#include "CPlatform.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>

// Darwin's calls take a position and options, too.
#if defined(__APPLE__)
#define list_names(file, names, size) flistxattr(file, names, size, 0)
#define get_value(file, name, value, size) fgetxattr(file, name, value, size, 0, 0)
#define set_value(file, name, value, size) fsetxattr(file, name, value, size, 0, 0)
#else
#define list_names(file, names, size) flistxattr(file, names, size)
#define get_value(file, name, value, size) fgetxattr(file, name, value, size)
#define set_value(file, name, value, size) fsetxattr(file, name, value, size, 0)
#endif

// The system's own labels, which only it may set, stay as they are on the new file.
static int belongs_to_the_system(const char *name) {
    return strncmp(name, "security.", 9) == 0 || strncmp(name, "trusted.", 8) == 0;
}

static int copy_value(int from, int to, const char *name) {
    const ssize_t size = get_value(from, name, NULL, 0);
    if (size < 0) return errno;
    char *const value = malloc(size > 0 ? (size_t)size : 1);
    if (!value) return ENOMEM;
    const ssize_t read = get_value(from, name, value, (size_t)size);
    const int error = read < 0 || set_value(to, name, value, (size_t)read) != 0 ? errno : 0;
    free(value);
    return error;
}

int ipp_copy_attributes(int from, int to) {
    const ssize_t size = list_names(from, NULL, 0);
    if (size == 0 || (size < 0 && errno == ENOTSUP)) return 0;
    if (size < 0) return errno;
    char *const names = malloc((size_t)size);
    if (!names) return ENOMEM;
    const ssize_t end = list_names(from, names, (size_t)size);
    int error = end < 0 ? errno : 0;
    for (ssize_t next = 0; error == 0 && next < end; next += (ssize_t)strlen(names + next) + 1) {
        const int failure = copy_value(from, to, names + next);
        if (failure != 0 && !belongs_to_the_system(names + next)) error = failure;
    }
    free(names);
    return error;
}
