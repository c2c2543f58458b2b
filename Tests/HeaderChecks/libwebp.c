// Compiles only where Sources/CCodecs/libraries.h says what the header of libwebp says.
#include <webp/decode.h>

#define IPC_CHECKS_HEADERS
#include "libraries.h"

#define CHECK_FUNCTION(result, name, parameters) result (name) parameters;
IPC_WEBP_FUNCTIONS(CHECK_FUNCTION)
