// Compiles only if Sources/CCodecs/libraries.h matches TurboJPEG's header.
#include <turbojpeg.h>

#define IPC_CHECKS_HEADERS
#include "libraries.h"

#define CHECK_FUNCTION(result, name, parameters) result (name) parameters;
IPC_TURBO_FUNCTIONS(CHECK_FUNCTION)

#define CHECK_CONSTANT(name, value) _Static_assert(name == (value), #name " has another value");
IPC_TURBO_CONSTANTS(CHECK_CONSTANT)
