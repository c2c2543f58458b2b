// Compiles only where Sources/CCodecs/libraries.h says what the header of libdeflate says.
#include <libdeflate.h>

#define IPC_CHECKS_HEADERS
#include "libraries.h"

#define CHECK_FUNCTION(result, name, parameters) result (name) parameters;
IPC_DEFLATE_FUNCTIONS(CHECK_FUNCTION)
_Static_assert(LIBDEFLATE_SUCCESS == 0, "success has another value");
