// Compiles only if Sources/CCodecs/libraries.h matches libwebp's header.
#include <stddef.h>
#include <webp/decode.h>
#include <webp/encode.h>

#define IPC_CHECKS_HEADERS
#include "libraries.h"

#define CHECK_FUNCTION(result, name, parameters) result (name) parameters;
IPC_WEBP_FUNCTIONS(CHECK_FUNCTION)

#define CHECK_CONSTANT(name, value) _Static_assert(name >> 8 == (value) >> 8, #name " has another value");
IPC_WEBP_CONSTANTS(CHECK_CONSTANT)

#define CHECK_FIELD(ours, theirs, field)                                                                    \
    _Static_assert(                                                                                         \
        offsetof(struct ours, field) == offsetof(theirs, field)                                             \
            && sizeof(((struct ours *) 0)->field) == sizeof(((theirs *) 0)->field),                         \
        #theirs "." #field " lies elsewhere");
IPC_WEBP_FIELDS(CHECK_FIELD)
_Static_assert(sizeof(struct ipc_webp_config) >= sizeof(WebPConfig), "WebPConfig is larger");
_Static_assert(sizeof(struct ipc_webp_picture) >= sizeof(WebPPicture), "WebPPicture is larger");
