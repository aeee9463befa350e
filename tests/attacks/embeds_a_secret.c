// has the assembler take a file of the machine into the program
// does not build (with Landlock): ""
__asm__(".data\n"
        "secret: .incbin \"/etc/passwd\"\n"
        ".text\n");
