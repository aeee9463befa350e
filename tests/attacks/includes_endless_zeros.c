// a file without an end
// does not build (with Landlock): ""
#include "/dev/zero"
