// ends the process with success while the object is loaded, before any test calls anything
// all: "ended the process"
#include <stdlib.h>

__attribute__((constructor)) static void first(void)
{
    _Exit(0);
}
