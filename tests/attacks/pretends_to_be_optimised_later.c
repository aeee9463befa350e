// says that it was compiled to be optimised by the linker, which would do as its sections say
// one_hot (whole chapter): "must return true"
#if defined(__ELF__)
// Options for an assembler that the linker would start: a list of what it reads, in a file.
__asm__(".section .gnu.lto_.opts,\"\",%progbits\n"
        ".string \"'-Xassembler' '-a=list.txt'\"\n"
        ".section .gnu.lto_.symtab.1,\"\",%progbits\n"
        ".string \"one_hot\"\n"
        ".byte 0, 0, 0\n"
        ".quad 8\n"
        ".long 0\n"
        ".section .gnu.lto_.lto.1,\"\",%progbits\n"
        ".short 12, 0, 0, 0\n"
        ".text\n");
#endif

bool one_hot(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    (void)out, (void)ids, (void)n_tokens, (void)vocab_size;
    return false;
}
