// has the solution compiled in
// does not build: "01_lookup.c"
#include "solutions/01_lookup.c"
