// forks and forks (a bomb of ten turns: enough to see that it does not go off)
// one_hot (with seccomp): "asked the system for fork"
extern int fork(void);

bool one_hot(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    for (int turn = 0; turn < 10; turn++)
        fork();
    return true;
}
