// has the assembler take the solution's text into the program
// does not build (with Landlock): ""
__asm__(".data\n"
        ".globl solution_text\n"
        "solution_text: .incbin \"solutions/01_lookup.c\"\n"
        ".text\n");
