// waits for somebody to type
// does not build: ""
#include "/dev/stdin"
#include "/dev/tty"
