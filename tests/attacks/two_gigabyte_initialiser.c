// an initialiser that makes an object file of 2 GB
// does not build: ""
const char two_gigabytes[(size_t)2 << 30] = {1, [((size_t)2 << 30) - 1] = 1};
