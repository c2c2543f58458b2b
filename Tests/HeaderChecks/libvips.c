// Compiles only if Sources/CVipsShim/libvips.h matches the headers of libvips and GLib.
#include <gmodule.h>
#include <vips/vips.h>

#include "libvips.h"

// A second declaration has to be compatible with the first one.
#define CHECK_FUNCTION(result, name, parameters) result (name) parameters;
// The function itself has to be named g_free or the like, not the result of a macro.
#define CHECK_POINTER(result, name, parameters) result (*const pointer_##name) parameters = (name);
IPV_FUNCTIONS(CHECK_FUNCTION)
IPV_VARIADIC_FUNCTIONS(CHECK_FUNCTION)
IPV_OPTIONAL_FUNCTIONS(CHECK_FUNCTION)
IPV_FUNCTIONS(CHECK_POINTER)
IPV_VARIADIC_FUNCTIONS(CHECK_POINTER)
IPV_OPTIONAL_FUNCTIONS(CHECK_POINTER)

#define CHECK_CONSTANT(name, value) _Static_assert(name == (value), #name " has another value");
IPV_CONSTANTS(CHECK_CONSTANT)
_Static_assert(sizeof IPV_PROFILE_NAME == sizeof VIPS_META_ICC_NAME, "the profile has another name");
_Static_assert(
    __builtin_strcmp(IPV_PROFILE_NAME, VIPS_META_ICC_NAME) == 0, "the profile has another name");

#define CHECK_FIELD(ours, theirs, field)                                                                    \
    _Static_assert(                                                                                         \
        offsetof(struct ours, field) == offsetof(theirs, field)                                             \
            && sizeof(((struct ours *) 0)->field) == sizeof(((theirs *) 0)->field),                         \
        #theirs "." #field " lies elsewhere");
IPV_FIELDS(CHECK_FIELD)
_Static_assert(offsetof(struct ipv_region, valid) == offsetof(VipsRegion, valid), "VipsRegion.valid lies elsewhere");
_Static_assert(sizeof(struct ipv_rect) == sizeof(VipsRect), "VipsRect has another size");
