// has the assembler repeat itself
// does not build: ""
__asm__(".rept 1000000000\n"
        ".byte 1\n"
        ".endr\n");
