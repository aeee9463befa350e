// has the assembler fill a disk
// does not build: ""
__asm__(".data\n"
        ".fill 64 * 1024 * 1024 * 1024, 1, 7\n"
        ".text\n");
