// has a file of the machine shown in an error message
// does not build: ""
#include "/etc/passwd"
