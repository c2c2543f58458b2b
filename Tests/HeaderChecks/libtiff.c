// Compiles only if Sources/CCodecs/libraries.h matches libtiff's header.
#include <stdarg.h>
#include <stdint.h>
#include <tiffio.h>

#define IPC_CHECKS_HEADERS
typedef TIFFErrorHandler ipc_tiff_handler;
#include "libraries.h"

#define CHECK_FUNCTION(result, name, parameters) result (name) parameters;
IPC_TIFF_FUNCTIONS(CHECK_FUNCTION)
