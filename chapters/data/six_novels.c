// Makes chapters/data/six_novels.safetensors: chapter 5's tied model with its matrix, and
// chapter 4's table of positions added to the rows that are read, trained on Jane Austen's
// six novels. Run from the root of the project (with OPT=-O3 some minutes):
//
//     mkdir -p build && cat chapters/data/austen/*.txt >build/six_novels.txt
//     cc -std=c11 -O3 -w chapters/data/six_novels.c -lm -o build/six_novels
//     build/six_novels build/six_novels.txt chapters/data/six_novels.safetensors
//
// A position is the number of words since the sentence began. The last digits depend on the
// compiler, as in all training; the file that ships was made once.
#define main chapter_5
#include "../05_heads.c"
#undef main

enum { N_POSITIONS = 64, PASSES = 4, SEED = 1 };

static float wpe[N_POSITIONS * D];

// places[p]: how many words of its sentence stand before word p, the last one for longer
// ones; a sentence ends with one of . ! ?
static void find_places(uint32_t *places, const struct corpus *novels)
{
    bool ends[VOCAB_SIZE] = {false};
    for (size_t v = 1; v < novels->vocab_size; v++)
        ends[v] = novels->words[v].length == 1 && strchr(".!?", *novels->words[v].start);
    for (size_t p = 0, place = 0; p < novels->n_ids; p++) {
        places[p] = (uint32_t)(place < N_POSITIONS ? place : N_POSITIONS - 1);
        place = ends[novels->ids[p]] ? 0 : place + 1;
    }
}

// chapter 5's forward, of rows to which their position's row was added
static void read_rows(struct work *work, const struct model *model, const uint32_t *ids,
                      const uint32_t *places)
{
    for (size_t t = 0; t < BATCH; t++)
        for (size_t i = 0; i < D; i++)
            work->x[t * D + i] = model->wte[ids[t] * D + i] + wpe[places[t] * D + i];
    product(work->h, work->x, D, 1, model->m, BATCH, D);
    transpose(work->h_t, work->h, BATCH, D);
    product(work->probs, model->lm_head, D, 1, work->h_t, model->vocab_size, D);
    softmax_columns(work->probs, model->vocab_size);
}

static double held_out_loss(struct work *work, const struct model *model,
                            const struct corpus *novels, const uint32_t *places)
{
    double loss = 0.0;
    size_t n = 0;
    for (size_t at = novels->n_train; at + BATCH < novels->n_ids; at += BATCH, n++) {
        read_rows(work, model, novels->ids + at, places + at);
        loss += mean_loss(work, novels->ids + at + 1);
    }
    return loss / (double)n;
}

static void train_novels(struct model *model, const struct corpus *novels,
                         const uint32_t *places, float rate)
{
    const size_t part = (novels->n_train - 1) / BATCH, n_steps = PASSES * part;
    size_t *order = allocate(part, sizeof *order);
    struct work work;
    uint64_t rng = 6 + SEED;
    open_work(&work, model->vocab_size);
    for (size_t step = 0; step < n_steps; step++) {
        uint32_t ids[BATCH], targets[BATCH], at[BATCH];
        const float lr = rate * (float)(n_steps - step) / (float)n_steps;
        if (step % part == 0) {
            fprintf(stderr, "pass %zu: held-out loss %.4f\n", step / part,
                    held_out_loss(&work, model, novels, places));
            shuffle(order, part, &rng);
        }
        read_batch(ids, targets, novels, order[step % part]);
        for (size_t t = 0; t < BATCH; t++)
            at[t] = places[t * part + order[step % part]];
        read_rows(&work, model, ids, at);
        backward(&work, model, targets);
        update(model, work.dlm_head, work.dx, work.dm, ids, lr);
        for (size_t t = 0; t < BATCH; t++)
            descend(wpe + at[t] * D, work.dx + t * D, lr, D);
    }
    fprintf(stderr, "end: held-out loss %.4f\n",
            held_out_loss(&work, model, novels, places));
    close_work(&work);
    free(order);
}

static uint32_t bits_of(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

// to the nearest bfloat16, of two the even one
static uint32_t to_bfloat16(float value)
{
    const uint32_t bits = bits_of(value);
    return (bits + 0x7FFFu + (bits >> 16 & 1)) >> 16;
}

// to the nearest float16, of two the even one; for numbers below 65,504
static uint32_t to_float16(float value)
{
    int exponent;
    const double fraction = frexp(fabs((double)value), &exponent);
    if (exponent < -13)
        return (value < 0) << 15 | (uint32_t)nearbyint(ldexp(fraction, exponent + 24));
    const uint32_t digits = (uint32_t)nearbyint(ldexp(fraction, 11)) - 1024;
    return (uint32_t)(value < 0) << 15 | ((uint32_t)(exponent + 14) << 10) + digits;
}

static void write_bytes(FILE *file, uint64_t value, int n)
{
    for (int k = 0; k < n; k++)
        fputc((int)(value >> 8 * k & 255), file);
}

struct tensor {
    const char *name, *dtype;
    const float *values;
    size_t rows, columns, size;
};

static void write_tensor(FILE *file, const struct tensor *t)
{
    for (size_t k = 0; k < t->rows * t->columns; k++)
        write_bytes(file,
                    t->size == 4              ? bits_of(t->values[k])
                    : strcmp(t->dtype, "F16") ? to_bfloat16(t->values[k])
                                              : to_float16(t->values[k]),
                    (int)t->size);
}

// the header: metadata with the words in the order of their ids, then the tensors
static size_t make_header(char *out, const struct corpus *novels,
                          const struct tensor *tensors, size_t n)
{
    size_t end = 0;
    char *at = out;
    at += sprintf(at, "{\"__metadata__\":{\"text\":\"Jane Austen, the six novels\","
                      "\"words\":\"");
    for (size_t v = 0; v < novels->vocab_size; v++)
        at += sprintf(at, "%s%.*s", v ? " " : "", (int)novels->words[v].length,
                      novels->words[v].start);
    at += sprintf(at, "\"}");
    for (size_t k = 0; k < n; k++) {
        const size_t bytes = tensors[k].rows * tensors[k].columns * tensors[k].size;
        at += sprintf(at,
                      ",\"%s\":{\"dtype\":\"%s\",\"shape\":[%zu,%zu],"
                      "\"data_offsets\":[%zu,%zu]}",
                      tensors[k].name, tensors[k].dtype, tensors[k].rows,
                      tensors[k].columns, end, end + bytes);
        end += bytes;
    }
    at += sprintf(at, "}");
    while ((at - out) % 8)
        *at++ = ' ';
    return (size_t)(at - out);
}

int main(int n_args, char **args)
{
    if (n_args < 3)
        give_up(2, "six_novels TEXT OUT.safetensors [RATE]");
    struct corpus novels = read_corpus(args[1]);
    struct model model;
    uint32_t *places = allocate(novels.n_ids, sizeof *places);
    open_model(&model, TIED_M, novels.vocab_size, SEED);
    find_places(places, &novels);
    train_novels(&model, &novels, places, n_args > 3 ? strtof(args[3], NULL) : 1.5f);
    const struct tensor tensors[] = {
        {"wte.weight", "F32", model.wte, novels.vocab_size, D, 4},
        {"wpe.weight", "F32", wpe, N_POSITIONS, D, 4},
        {"m.weight", "F32", model.m, D, D, 4},
        {"wte.half", "F16", model.wte, novels.vocab_size, D, 2},
        {"wte.brain", "BF16", model.wte, novels.vocab_size, D, 2},
    };
    const size_t n = sizeof tensors / sizeof *tensors;
    char *header = allocate(1000000, 1);
    const size_t length = make_header(header, &novels, tensors, n);
    FILE *file = fopen(args[2], "wb");
    if (!file)
        give_up(1, "%s cannot be written", args[2]);
    write_bytes(file, length, 8);
    fwrite(header, 1, length, file);
    for (size_t k = 0; k < n; k++)
        write_tensor(file, &tensors[k]);
    return fclose(file) != 0;
}
