// Compiles only if Sources/CCodecs/libraries.h matches libdeflate's header.
#include <libdeflate.h>

#define IPC_CHECKS_HEADERS
#include "libraries.h"

#define CHECK_FUNCTION(result, name, parameters) result (name) parameters;
IPC_DEFLATE_FUNCTIONS(CHECK_FUNCTION)
_Static_assert(LIBDEFLATE_SUCCESS == 0, "success has another value");
