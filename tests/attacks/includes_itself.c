// includes itself without end
// does not build: ""
#include __FILE__
