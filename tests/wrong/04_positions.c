// Wrong answers to the exercises of chapter 4: what somebody really writes, said as briefly
// as gives the same numbers. An exercise that an answer calls by its name is the solution's.
#include <math.h>
#include <stdlib.h>
#include <string.h>

// The parameters of each exercise, and how they are passed on.
#define HEAD                                                                             \
    float *out, float *att, const float *q, const float *k, const float *v,              \
        size_t n_tokens, size_t d_head, bool causal
#define ADDITION                                                                         \
    float *x, const float *wpe, size_t n_tokens, size_t max_seq_len, size_t d_model
#define TABLE float *wpe, size_t max_seq_len, size_t d_model
#define TURN                                                                             \
    float *x, const float *cosines, const float *sines, size_t n_tokens, size_t n_heads, \
        size_t d_head
#define THE_TURN x, cosines, sines, n_tokens, n_heads, d_head
#define SCORE                                                                            \
    float *score, const float *q, const float *k, size_t m, size_t n, size_t d_head,     \
        float base

static double dot(const float *a, const float *b, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += (double)a[i] * (double)b[i];
    return sum;
}

// ---- 4.1 attention_forward -----------------------------------------------------------

static float score_of(const float *q, const float *k, size_t d_head)
{
    return (float)(dot(q, k, d_head) / sqrt((double)d_head));
}

// row[0 ... n - 1] becomes shares that sum to 1; `largest` is taken from all first
static void share_out(float *row, size_t n, float largest)
{
    double sum = 0.0;
    for (size_t s = 0; s < n; s++)
        sum += (double)(row[s] = expf(row[s] - largest));
    for (size_t s = 0; s < n; s++)
        row[s] = (float)((double)row[s] / sum);
}

static float largest_of(const float *row, size_t n, float largest)
{
    for (size_t s = 0; s < n; s++)
        largest = row[s] > largest ? row[s] : largest;
    return largest;
}

static void softmax(float *row, size_t n)
{
    share_out(row, n, largest_of(row, n, -INFINITY));
}

// out = the values mixed in the shares of one token
static void mix(float *out, const float *shares, const float *v, size_t n, size_t d)
{
    for (size_t i = 0; i < d; i++) {
        double sum = 0.0;
        for (size_t s = 0; s < n; s++)
            sum += (double)shares[s] * (double)v[s * d + i];
        out[i] = (float)sum;
    }
}

static void mix_all(float *out, const float *att, const float *v, size_t n, size_t d)
{
    for (size_t t = 0; t < n; t++)
        mix(out + t * d, att + t * n, v, n, d);
}

// All scores, heard or not.
static void score_all(float *att, const float *q, const float *k, size_t n, size_t d)
{
    for (size_t t = 0; t < n; t++)
        for (size_t s = 0; s < n; s++)
            att[t * n + s] = score_of(q + t * d, k + s * d, d);
}

// A head whose softmax is right: scores times `factor`, the largest from `least` on.
static bool attend(HEAD, double factor, float least)
{
    if (n_tokens == 0 || d_head == 0)
        return false;
    for (size_t t = 0; t < n_tokens; t++) {
        float *row = att + t * n_tokens;
        const size_t n = causal ? t + 1 : n_tokens;
        for (size_t s = 0; s < n; s++)
            row[s] = (float)(dot(q + t * d_head, k + s * d_head, d_head) /
                             sqrt((double)d_head) * factor);
        share_out(row, n, largest_of(row, n, least));
        memset(row + n, 0, (n_tokens - n) * sizeof *row);
        mix(out + t * d_head, row, v, n, d_head);
    }
    return true;
}

// Scores of keys that are not heard become `masked`, or have it added.
static bool attend_masked(HEAD, float masked, bool added)
{
    if (n_tokens == 0 || d_head == 0)
        return false;
    score_all(att, q, k, n_tokens, d_head);
    for (size_t t = 0; t < n_tokens; t++) {
        float *row = att + t * n_tokens;
        for (size_t s = t + 1; causal && s < n_tokens; s++)
            row[s] = added ? row[s] + masked : masked;
        softmax(row, n_tokens);
        mix(out + t * d_head, row, v, n_tokens, d_head);
    }
    return true;
}
#define THE_HEAD out, att, q, k, v, n_tokens, d_head, causal

// Masks that fail at some scores only come before those that always do: there they give
// the same.
WRONG(attention_forward, future_stays_hidden, billion_added,
      "A later key is heard here: the mask is ignored, or it takes a number away, and no "
      "number hides a key whose score is larger still. Leave later keys out, or use "
      "-INFINITY.")
bool billion_added(HEAD)
{
    return attend_masked(THE_HEAD, -1e9f, true);
}

WRONG(attention_forward, future_stays_hidden, much_more_added,
      "A later key is heard here: the mask is ignored, or it takes a number away, and no "
      "number hides a key whose score is larger still. Leave later keys out, or use "
      "-INFINITY.")
bool much_more_added(HEAD)
{
    return attend_masked(THE_HEAD, -1e30f, true);
}

WRONG(
    attention_forward, future_stays_hidden, future_times_zero,
    "A later value is multiplied by its share of 0, and 0 times NaN or infinity is NaN: "
    "leave later values out of the sum.")
bool future_times_zero(HEAD)
{
    if (!attention_forward(THE_HEAD))
        return false;
    mix_all(out, att, v, n_tokens, d_head);
    return true;
}

WRONG(attention_forward, large_scores, masked_with_ten_thousand,
      "The score of a masked key is a number, and here it is the largest of the row: "
      "leave later keys out, or use -INFINITY.")
bool masked_with_ten_thousand(HEAD)
{
    return attend_masked(THE_HEAD, -1e4f, false);
}

WRONG(attention_forward, large_scores, masked_with_a_billion,
      "The score of a masked key is a number, and here it is the largest of the row: "
      "leave later keys out, or use -INFINITY.")
bool masked_with_a_billion(HEAD)
{
    return attend_masked(THE_HEAD, -1e9f, false);
}

WRONG(attention_forward, large_scores, masked_with_much_more,
      "The score of a masked key is a number, and here it is the largest of the row: "
      "leave later keys out, or use -INFINITY.")
bool masked_with_much_more(HEAD)
{
    return attend_masked(THE_HEAD, -1e30f, false);
}

WRONG(attention_forward, sees_no_order, no_root,
      "The scores are not divided by the square root of d_head, or it is cut "
      "to a whole number.")
bool no_root(HEAD)
{
    return attend(THE_HEAD, sqrt((double)d_head), -INFINITY);
}

WRONG(attention_forward, stays_in_bounds, divided_by_d,
      "The scores are divided by d_head itself, not by its square root.")
bool divided_by_d(HEAD)
{
    return attend(THE_HEAD, 1.0 / sqrt((double)d_head), -INFINITY);
}

WRONG(attention_forward, random_heads, divided_by_root_of_tokens,
      "The scores are divided by the square root of n_tokens: it is that of d_head.")
bool divided_by_root_of_tokens(HEAD)
{
    return attend(THE_HEAD, sqrt((double)d_head / (double)n_tokens), -INFINITY);
}

WRONG(attention_forward, random_heads, root_cut_short,
      "The scores are not divided by the square root of d_head, or it is cut "
      "to a whole number.")
bool root_cut_short(HEAD)
{
    return attend(THE_HEAD, sqrt((double)d_head) / floor(sqrt((double)d_head)),
                  -INFINITY);
}

WRONG(attention_forward, worked_example, mask_forgotten,
      "The mask is ignored: causal is true here.")
bool mask_forgotten(HEAD)
{
    (void)causal;
    return attention_forward(out, att, q, k, v, n_tokens, d_head, false);
}

WRONG(attention_forward, worked_example, mask_always,
      "The mask is on although causal is false.")
bool mask_always(HEAD)
{
    (void)causal;
    return attention_forward(out, att, q, k, v, n_tokens, d_head, true);
}

WRONG(attention_forward, worked_example, next_token_heard,
      "The mask lets the next token in: only s <= t is heard.")
bool next_token_heard(HEAD)
{
    if (n_tokens == 0 || d_head == 0)
        return false;
    score_all(att, q, k, n_tokens, d_head);
    for (size_t t = 0; t < n_tokens; t++) {
        float *row = att + t * n_tokens;
        for (size_t s = t + 2; causal && s < n_tokens; s++)
            row[s] = -INFINITY;
        softmax(row, n_tokens);
    }
    mix_all(out, att, v, n_tokens, d_head);
    return true;
}

WRONG(attention_forward, worked_example, self_hidden,
      "The mask hides the token itself: s <= t is heard.")
bool self_hidden(HEAD)
{
    if (n_tokens == 0 || d_head == 0)
        return false;
    score_all(att, q, k, n_tokens, d_head);
    for (size_t t = 0; t < n_tokens; t++) {
        float *row = att + t * n_tokens;
        for (size_t s = t; causal && s < n_tokens; s++)
            row[s] = -INFINITY;
        softmax(row, n_tokens);
    }
    mix_all(out, att, v, n_tokens, d_head);
    return true;
}

WRONG(attention_forward, worked_example, self_hidden_first_silent,
      "The mask hides the token itself: s <= t is heard.")
bool self_hidden_first_silent(HEAD)
{
    if (!self_hidden(THE_HEAD))
        return false;
    if (causal) {
        memset(att, 0, n_tokens * sizeof *att);
        memset(out, 0, d_head * sizeof *out);
    }
    return true;
}

WRONG(attention_forward, worked_example, later_shares_not_written,
      "The shares of later positions are not written: they are 0, and att holds anything "
      "when you get it.")
bool later_shares_not_written(HEAD)
{
    if (n_tokens == 0 || d_head == 0)
        return false;
    for (size_t t = 0; t < n_tokens; t++) {
        float *row = att + t * n_tokens;
        const size_t n = causal ? t + 1 : n_tokens;
        for (size_t s = 0; s < n; s++)
            row[s] = score_of(q + t * d_head, k + s * d_head, d_head);
        softmax(row, n);
        mix(out + t * d_head, row, v, n, d_head);
    }
    return true;
}

WRONG(attention_forward, worked_example, self_hidden_but_first,
      "The mask hides the token itself: s <= t is heard.")
bool self_hidden_but_first(HEAD)
{
    if (n_tokens == 0 || d_head == 0)
        return false;
    score_all(att, q, k, n_tokens, d_head);
    for (size_t t = 0; t < n_tokens; t++) {
        float *row = att + t * n_tokens;
        const size_t n = !causal ? n_tokens : t > 0 ? t : 1;
        softmax(row, n);
        memset(row + n, 0, (n_tokens - n) * sizeof *row);
    }
    mix_all(out, att, v, n_tokens, d_head);
    return true;
}

WRONG(attention_forward, worked_example, later_tokens,
      "The mask is the wrong way round: these are the later tokens.")
bool later_tokens(HEAD)
{
    if (n_tokens == 0 || d_head == 0)
        return false;
    score_all(att, q, k, n_tokens, d_head);
    for (size_t t = 0; t < n_tokens; t++) {
        float *row = att + t * n_tokens;
        for (size_t s = 0; causal && s < t; s++)
            row[s] = -INFINITY;
        softmax(row, n_tokens);
    }
    mix_all(out, att, v, n_tokens, d_head);
    return true;
}

WRONG(attention_forward, worked_example, masked_score_zero,
      "A masked score of 0 still counts: its exponential is 1.")
bool masked_score_zero(HEAD)
{
    return attend_masked(THE_HEAD, 0.0f, false);
}

WRONG(attention_forward, worked_example, masked_with_one_less,
      "A masked score that is a little less is still heard: leave later keys out, or use "
      "-INFINITY.")
bool masked_with_one_less(HEAD)
{
    return attend_masked(THE_HEAD, -1.0f, true);
}

WRONG(attention_forward, small_shares, masked_with_fifty,
      "A masked score that is a little less is still heard: leave later keys out, or use "
      "-INFINITY.")
bool masked_with_fifty(HEAD)
{
    return attend_masked(THE_HEAD, -50.0f, false);
}

WRONG(attention_forward, future_stays_hidden, nan_skipped,
      "A value that is NaN was left out: who hears it gets NaN.")
bool nan_skipped(HEAD)
{
    if (!attention_forward(THE_HEAD))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_head; i++) {
            double sum = 0.0;
            for (size_t s = 0; s < (causal ? t + 1 : n_tokens); s++)
                if (!isnan(v[s * d_head + i]))
                    sum += (double)att[t * n_tokens + s] * (double)v[s * d_head + i];
            out[t * d_head + i] = (float)sum;
        }
    return true;
}

WRONG(attention_forward, worked_example, masked_after_softmax,
      "This masks after the softmax: the shares no longer sum to 1.")
bool masked_after_softmax(HEAD)
{
    if (!attention_forward(out, att, q, k, v, n_tokens, d_head, false))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t s = t + 1; causal && s < n_tokens; s++)
            att[t * n_tokens + s] = 0.0f;
    mix_all(out, att, v, n_tokens, d_head);
    return true;
}

WRONG(attention_forward, large_scores, no_maximum,
      "expf of a large score is infinite, and far below zero all are 0: subtract the "
      "largest score of the row from all, and begin the search for it with the first "
      "score or with -INFINITY.")
bool no_maximum(HEAD)
{
    if (n_tokens == 0 || d_head == 0)
        return false;
    for (size_t t = 0; t < n_tokens; t++) {
        float *row = att + t * n_tokens;
        const size_t n = causal ? t + 1 : n_tokens;
        for (size_t s = 0; s < n; s++)
            row[s] = score_of(q + t * d_head, k + s * d_head, d_head);
        share_out(row, n, 0.0f);
        memset(row + n, 0, (n_tokens - n) * sizeof *row);
        mix(out + t * d_head, row, v, n, d_head);
    }
    return true;
}

WRONG(attention_forward, large_scores, largest_from_zero,
      "expf of a large score is infinite, and far below zero all are 0: subtract the "
      "largest score of the row from all, and begin the search for it with the first "
      "score or with -INFINITY.")
bool largest_from_zero(HEAD)
{
    return attend(THE_HEAD, 1.0, 0.0f);
}

WRONG(attention_forward, large_scores, largest_from_minus_ten_thousand,
      "expf of a large score is infinite, and far below zero all are 0: subtract the "
      "largest score of the row from all, and begin the search for it with the first "
      "score or with -INFINITY.")
bool largest_from_minus_ten_thousand(HEAD)
{
    return attend(THE_HEAD, 1.0, -1e4f);
}

WRONG(attention_forward, large_scores, largest_from_minus_a_billion,
      "expf of a large score is infinite, and far below zero all are 0: subtract the "
      "largest score of the row from all, and begin the search for it with the first "
      "score or with -INFINITY.")
bool largest_from_minus_a_billion(HEAD)
{
    return attend(THE_HEAD, 1.0, -1e9f);
}

WRONG(attention_forward, large_scores, largest_from_much_less,
      "expf of a large score is infinite, and far below zero all are 0: subtract the "
      "largest score of the row from all, and begin the search for it with the first "
      "score or with -INFINITY.")
bool largest_from_much_less(HEAD)
{
    return attend(THE_HEAD, 1.0, -1e30f);
}

WRONG(attention_forward, large_scores, only_large_ones_subtracted,
      "expf of a large score is infinite, and far below zero all are 0: subtract the "
      "largest score of the row from all, and begin the search for it with the first "
      "score or with -INFINITY.")
bool only_large_ones_subtracted(HEAD)
{
    if (n_tokens == 0 || d_head == 0)
        return false;
    score_all(att, q, k, n_tokens, d_head);
    for (size_t t = 0; t < n_tokens; t++) {
        float *row = att + t * n_tokens;
        const size_t n = causal ? t + 1 : n_tokens;
        const float largest = largest_of(row, n, -INFINITY);
        share_out(row, n, largest > 80.0f ? largest : 0.0f);
        memset(row + n, 0, (n_tokens - n) * sizeof *row);
        mix(out + t * d_head, row, v, n, d_head);
    }
    return true;
}

// What all rows have taken away, or all keys of a row.
static bool attend_below(HEAD, bool of_all_rows)
{
    if (n_tokens == 0 || d_head == 0)
        return false;
    score_all(att, q, k, n_tokens, d_head);
    const float all = largest_of(att, n_tokens * n_tokens, -INFINITY);
    for (size_t t = 0; t < n_tokens; t++) {
        float *row = att + t * n_tokens;
        const size_t n = causal ? t + 1 : n_tokens;
        share_out(row, n, of_all_rows ? all : largest_of(row, n_tokens, -INFINITY));
        memset(row + n, 0, (n_tokens - n) * sizeof *row);
        mix(out + t * d_head, row, v, n, d_head);
    }
    return true;
}

WRONG(attention_forward, large_scores, largest_of_all_rows,
      "The largest score of all rows was taken away: each row has its own.")
bool largest_of_all_rows(HEAD)
{
    return attend_below(THE_HEAD, true);
}

WRONG(attention_forward, future_stays_hidden, largest_of_the_future,
      "The largest score was searched among keys that are not heard, too.")
bool largest_of_the_future(HEAD)
{
    return attend_below(THE_HEAD, false);
}

WRONG(attention_forward, worked_example, not_divided_by_sum,
      "The exponentials are not divided by their sum.")
bool not_divided_by_sum(HEAD)
{
    if (!attention_forward(THE_HEAD))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t s = 0; s < (causal ? t + 1 : n_tokens); s++)
            att[t * n_tokens + s] =
                expf(score_of(q + t * d_head, k + s * d_head, d_head));
    mix_all(out, att, v, n_tokens, d_head);
    return true;
}

WRONG(attention_forward, worked_example, epsilon_in_the_sum,
      "A small number was added to the sum of the exponentials: it is never below 1, and "
      "the shares no longer sum to 1.")
bool epsilon_in_the_sum(HEAD)
{
    if (!attention_forward(THE_HEAD))
        return false;
    for (size_t t = 0; t < n_tokens; t++) {
        const float *row = att + t * n_tokens;
        const double sum = 1.0 + 1e-6 * (double)largest_of(row, n_tokens, 0.0f);
        for (size_t s = 0; s < n_tokens; s++)
            att[t * n_tokens + s] = (float)((double)row[s] / sum);
    }
    mix_all(out, att, v, n_tokens, d_head);
    return true;
}

// The exponentials below the row's largest, which is theirs: 1.
static void undivided(float *att, size_t n)
{
    for (size_t t = 0; t < n; t++) {
        const float largest = largest_of(att + t * n, n, 0.0f);
        for (size_t s = 0; s < n; s++)
            att[t * n + s] /= largest;
    }
}

WRONG(attention_forward, worked_example, not_divided_by_sum_below_largest,
      "The exponentials are not divided by their sum.")
bool not_divided_by_sum_below_largest(HEAD)
{
    if (!attention_forward(THE_HEAD))
        return false;
    undivided(att, n_tokens);
    mix_all(out, att, v, n_tokens, d_head);
    return true;
}

WRONG(attention_forward, worked_example, shares_not_stored,
      "out is right, and att holds the exponentials: divide them by their sum.")
bool shares_not_stored(HEAD)
{
    if (!attention_forward(THE_HEAD))
        return false;
    undivided(att, n_tokens);
    return true;
}

WRONG(attention_forward, worked_example, scores_stored,
      "out is right, and att holds the scores: it should hold the shares.")
bool scores_stored(HEAD)
{
    if (!attention_forward(THE_HEAD))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t s = 0; s < (causal ? t + 1 : n_tokens); s++)
            att[t * n_tokens + s] = score_of(q + t * d_head, k + s * d_head, d_head);
    return true;
}

WRONG(
    attention_forward, worked_example, own_value_only,
    "Every share is multiplied by v[t], the value of the token that asks: it belongs to "
    "v[s].")
bool own_value_only(HEAD)
{
    if (!attention_forward(THE_HEAD))
        return false;
    memcpy(out, v, n_tokens * d_head * sizeof *out);
    return true;
}

WRONG(attention_forward, worked_example, stored_transposed,
      "This is the transpose: att[t][s], row t for the token that asks.")
bool stored_transposed(HEAD)
{
    if (!attention_forward(THE_HEAD))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t s = 0; s < t; s++) {
            const float kept = att[t * n_tokens + s];
            att[t * n_tokens + s] = att[s * n_tokens + t];
            att[s * n_tokens + t] = kept;
        }
    return true;
}

WRONG(attention_forward, random_heads, mixed_transposed,
      "att is used transposed: out[t] mixes with att[t][s].")
bool mixed_transposed(HEAD)
{
    if (!attention_forward(THE_HEAD))
        return false;
    memset(out, 0, n_tokens * d_head * sizeof *out);
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t s = 0; s < n_tokens; s++)
            for (size_t i = 0; i < d_head; i++)
                out[t * d_head + i] += att[s * n_tokens + t] * v[s * d_head + i];
    return true;
}

WRONG(attention_forward, worked_example, softmax_over_queries,
      "The softmax runs over the queries: the shares of one query sum to 1.")
bool softmax_over_queries(HEAD)
{
    if (n_tokens == 0 || d_head == 0)
        return false;
    for (size_t s = 0; s < n_tokens; s++) {
        double sum = 0.0;
        for (size_t t = 0; t < n_tokens; t++) {
            const float score = score_of(q + t * d_head, k + s * d_head, d_head);
            att[t * n_tokens + s] = causal && s > t ? 0.0f : expf(score);
            sum += (double)att[t * n_tokens + s];
        }
        for (size_t t = 0; t < n_tokens; t++)
            att[t * n_tokens + s] = (float)((double)att[t * n_tokens + s] / sum);
    }
    mix_all(out, att, v, n_tokens, d_head);
    return true;
}

WRONG(attention_forward, random_heads, keys_ask,
      "Query and key are exchanged: token t asks with q[t].")
bool keys_ask(HEAD)
{
    return attention_forward(out, att, k, q, v, n_tokens, d_head, causal);
}

WRONG(attention_forward, random_heads, queries_among_themselves,
      "The queries are compared with each other: a query meets keys.")
bool queries_among_themselves(HEAD)
{
    (void)k;
    return attention_forward(out, att, q, q, v, n_tokens, d_head, causal);
}

WRONG(attention_forward, random_heads, keys_among_themselves,
      "The keys are compared with each other: a query meets keys.")
bool keys_among_themselves(HEAD)
{
    (void)q;
    return attention_forward(out, att, k, k, v, n_tokens, d_head, causal);
}

WRONG(attention_forward, random_heads, keys_mixed,
      "The keys are mixed: what a head hands over are the values.")
bool keys_mixed(HEAD)
{
    (void)v;
    return attention_forward(out, att, q, k, k, n_tokens, d_head, causal);
}

WRONG(attention_forward, random_heads, queries_mixed,
      "The queries are mixed: what a head hands over are the values.")
bool queries_mixed(HEAD)
{
    (void)v;
    return attention_forward(out, att, q, k, q, n_tokens, d_head, causal);
}

WRONG(attention_forward, random_heads, last_term_only,
      "Here stands only the last term of each sum: = where += belongs.")
bool last_term_only(HEAD)
{
    if (!attention_forward(THE_HEAD))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_head; i++) {
            const size_t s = causal ? t : n_tokens - 1;
            out[t * d_head + i] = att[t * n_tokens + s] * v[s * d_head + i];
        }
    return true;
}

WRONG(attention_forward, random_heads, values_without_shares,
      "The values are added up without their shares.")
bool values_without_shares(HEAD)
{
    if (!attention_forward(THE_HEAD))
        return false;
    memset(out, 0, n_tokens * d_head * sizeof *out);
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t s = 0; s < (causal ? t + 1 : n_tokens); s++)
            for (size_t i = 0; i < d_head; i++)
                out[t * d_head + i] += v[s * d_head + i];
    return true;
}

WRONG(attention_forward, random_heads, best_value_only,
      "Only the value with the largest share is handed over: mix them all.")
bool best_value_only(HEAD)
{
    if (!attention_forward(THE_HEAD))
        return false;
    for (size_t t = 0; t < n_tokens; t++) {
        size_t best = 0;
        for (size_t s = 0; s < n_tokens; s++)
            best = att[t * n_tokens + s] > att[t * n_tokens + best] ? s : best;
        memcpy(out + t * d_head, v + best * d_head, d_head * sizeof *out);
    }
    return true;
}

// Shares below `least` become 0.
static bool attend_loudly(HEAD, float least)
{
    if (!attention_forward(THE_HEAD))
        return false;
    for (size_t t = 0; t < n_tokens; t++) {
        float *row = att + t * n_tokens;
        for (size_t s = 0; s < n_tokens; s++)
            row[s] = row[s] < least ? 0.0f : row[s];
        mix(out + t * d_head, row, v, causal ? t + 1 : n_tokens, d_head);
    }
    return true;
}

WRONG(attention_forward, small_shares, below_a_thousandth_dropped,
      "Small shares are made 0: every key that is heard counts, however small its share.")
bool below_a_thousandth_dropped(HEAD)
{
    return attend_loudly(THE_HEAD, 1e-3f);
}

WRONG(attention_forward, small_shares, below_a_ten_thousandth_dropped,
      "Small shares are made 0: every key that is heard counts, however small its share.")
bool below_a_ten_thousandth_dropped(HEAD)
{
    return attend_loudly(THE_HEAD, 1e-4f);
}

WRONG(attention_forward, small_shares, below_a_millionth_dropped,
      "Small shares are made 0: every key that is heard counts, however small its share.")
bool below_a_millionth_dropped(HEAD)
{
    return attend_loudly(THE_HEAD, 1e-6f);
}

WRONG(attention_forward, small_shares, tiny_shares_dropped,
      "Small shares are made 0: every key that is heard counts, however small its share.")
bool tiny_shares_dropped(HEAD)
{
    return attend_loudly(THE_HEAD, 1e-12f);
}

WRONG(attention_forward, small_shares, tiniest_shares_dropped,
      "Small shares are made 0: every key that is heard counts, however small its share.")
bool tiniest_shares_dropped(HEAD)
{
    return attend_loudly(THE_HEAD, 1e-30f);
}

WRONG(attention_forward, small_shares, scores_held_at_twenty,
      "Scores far below the largest are raised: every share has its own size.")
bool scores_held_at_twenty(HEAD)
{
    if (n_tokens == 0 || d_head == 0)
        return false;
    score_all(att, q, k, n_tokens, d_head);
    for (size_t t = 0; t < n_tokens; t++) {
        float *row = att + t * n_tokens;
        const size_t n = causal ? t + 1 : n_tokens;
        const float largest = largest_of(row, n, -INFINITY);
        for (size_t s = 0; s < n; s++)
            row[s] = fmaxf(row[s], largest - 20.0f);
        softmax(row, n);
        memset(row + n, 0, (n_tokens - n) * sizeof *row);
        mix(out + t * d_head, row, v, n, d_head);
    }
    return true;
}

WRONG(attention_forward, large_sizes, first_64_numbers,
      "Only the first 64 numbers of a query and a key are multiplied: d_head may be "
      "larger.")
bool first_64_numbers(HEAD)
{
    if (n_tokens == 0 || d_head == 0)
        return false;
    const size_t used = d_head < 64 ? d_head : 64;
    for (size_t t = 0; t < n_tokens; t++) {
        float *row = att + t * n_tokens;
        const size_t n = causal ? t + 1 : n_tokens;
        for (size_t s = 0; s < n; s++)
            row[s] =
                (float)(dot(q + t * d_head, k + s * d_head, used) / sqrt((double)d_head));
        softmax(row, n);
        memset(row + n, 0, (n_tokens - n) * sizeof *row);
        mix(out + t * d_head, row, v, n, d_head);
    }
    return true;
}

WRONG(attention_forward, large_sizes, first_1024_keys,
      "Only the first 1,024 keys are heard: n_tokens may be larger.")
bool first_1024_keys(HEAD)
{
    if (n_tokens == 0 || d_head == 0)
        return false;
    for (size_t t = 0; t < n_tokens; t++) {
        float *row = att + t * n_tokens;
        size_t n = causal ? t + 1 : n_tokens;
        n = n < 1024 ? n : 1024;
        for (size_t s = 0; s < n; s++)
            row[s] = score_of(q + t * d_head, k + s * d_head, d_head);
        softmax(row, n);
        memset(row + n, 0, (n_tokens - n) * sizeof *row);
        mix(out + t * d_head, row, v, n, d_head);
    }
    return true;
}

CAUGHT(attention_forward, large_sizes, token_in_a_byte, "was never written")
bool token_in_a_byte(HEAD)
{
    if (n_tokens == 0 || d_head == 0)
        return false;
    for (size_t count = 0; count < n_tokens; count++) {
        const size_t t = (unsigned char)count;
        float *row = att + t * n_tokens;
        const size_t n = causal ? t + 1 : n_tokens;
        for (size_t s = 0; s < n; s++)
            row[s] = score_of(q + t * d_head, k + s * d_head, d_head);
        softmax(row, n);
        memset(row + n, 0, (n_tokens - n) * sizeof *row);
        mix(out + t * d_head, row, v, n, d_head);
    }
    return true;
}

CAUGHT(attention_forward, worked_example, rest_not_written, "was never written")
bool rest_not_written(HEAD)
{
    if (n_tokens == 0 || d_head == 0)
        return false;
    for (size_t t = 0; t < n_tokens; t++) {
        float *row = att + t * n_tokens;
        const size_t n = causal ? t + 1 : n_tokens;
        for (size_t s = 0; s < n; s++)
            row[s] = score_of(q + t * d_head, k + s * d_head, d_head);
        softmax(row, n);
        mix(out + t * d_head, row, v, n, d_head);
    }
    return true;
}

CAUGHT(attention_forward, worked_example, added_to_what_was_there, "was never written")
bool added_to_what_was_there(HEAD)
{
    if (n_tokens == 0 || d_head == 0)
        return false;
    for (size_t t = 0; t < n_tokens; t++) {
        float *row = att + t * n_tokens;
        const size_t n = causal ? t + 1 : n_tokens;
        for (size_t s = 0; s < n; s++)
            row[s] = score_of(q + t * d_head, k + s * d_head, d_head);
        softmax(row, n);
        memset(row + n, 0, (n_tokens - n) * sizeof *row);
        for (size_t s = 0; s < n; s++)
            for (size_t i = 0; i < d_head; i++)
                out[t * d_head + i] += row[s] * v[s * d_head + i];
    }
    return true;
}

CAUGHT(attention_forward, refuses_empty, no_numbers_accepted, "must return false")
bool no_numbers_accepted(HEAD)
{
    if (n_tokens == 0)
        return false;
    if (d_head > 0)
        return attention_forward(THE_HEAD);
    for (size_t t = 0; t < n_tokens * n_tokens; t++)
        att[t] = 1.0f / (float)n_tokens;
    return true;
}

CAUGHT(attention_forward, refuses_empty, no_tokens_accepted, "must return false")
bool no_tokens_accepted(HEAD)
{
    return n_tokens == 0 || attention_forward(THE_HEAD);
}

CAUGHT(attention_forward, refuses_empty, refused_with_zeros, "must stay untouched")
bool refused_with_zeros(HEAD)
{
    memset(att, 0, n_tokens * n_tokens * sizeof *att);
    return attention_forward(THE_HEAD);
}

CAUGHT(attention_forward, random_heads, one_token_refused, "must return true")
bool one_token_refused(HEAD)
{
    return n_tokens > 1 && attention_forward(THE_HEAD);
}

CAUGHT(attention_forward, random_heads, one_array_refused,
       "q, k and v are the same array")
bool one_array_refused(HEAD)
{
    return q != k && k != v && q != v && attention_forward(THE_HEAD);
}

CAUGHT(attention_forward, stays_in_bounds, largest_from_before_the_row,
       "read before the start of")
bool largest_from_before_the_row(HEAD)
{
    if (n_tokens == 0 || d_head == 0)
        return false;
    const volatile float *before = att - 1;
    const float kept = *before;
    return attention_forward(THE_HEAD) && kept == kept + 0.0f;
}

CAUGHT(attention_forward, stays_in_bounds, one_key_too_many, "read past the end of")
bool one_key_too_many(HEAD)
{
    if (n_tokens == 0 || d_head == 0)
        return false;
    const volatile float *behind = k + n_tokens * d_head;
    const float kept = *behind;
    return attention_forward(THE_HEAD) && kept == kept + 0.0f;
}

CAUGHT(attention_forward, random_heads, root_kept, "keeps something from call to call")
bool root_kept(HEAD)
{
    static double first;
    if (n_tokens == 0 || d_head == 0)
        return false;
    if (first == 0.0)
        first = sqrt((double)d_head);
    return attend(THE_HEAD, sqrt((double)d_head) / first, -INFINITY);
}

CAUGHT(attention_forward, random_heads, keys_kept, "keeps something from call to call")
bool keys_kept(HEAD)
{
    static const float *from;
    static float kept[64 * 64];
    if (n_tokens == 0 || d_head == 0 || n_tokens * d_head > 64 * 64)
        return attention_forward(THE_HEAD);
    if (from != k)
        memcpy(kept, k, n_tokens * d_head * sizeof *k);
    from = k;
    return attention_forward(out, att, q, kept, v, n_tokens, d_head, causal);
}

CAUGHT(attention_forward, refuses_empty, failure_kept,
       "keeps something from call to call")
bool failure_kept(HEAD)
{
    static bool failed;
    failed = failed || n_tokens == 0 || d_head == 0;
    return !failed && attention_forward(THE_HEAD);
}

WRONG(attention_forward, random_heads, shares_of_a_square_turned,
      "Where d_head is n_tokens, rows and columns of att are exchanged.")
bool shares_of_a_square_turned(HEAD)
{
    const bool good = attention_forward(THE_HEAD);
    for (size_t t = 0; good && n_tokens == d_head && t < n_tokens; t++)
        for (size_t s = 0; s < t; s++) {
            const float kept = att[t * n_tokens + s];
            att[t * n_tokens + s] = att[s * n_tokens + t];
            att[s * n_tokens + t] = kept;
        }
    return good;
}

// ---- 4.2 add_positions ---------------------------------------------------------------

// x[t] = x[t] times `scale` plus `times` wpe[first + step t], in rows `stride` apart
static bool add_rows(ADDITION, float scale, float times, size_t first, size_t step,
                     size_t stride)
{
    if (n_tokens > max_seq_len)
        return false;
    const size_t n = max_seq_len * d_model;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            x[t * d_model + i] = scale * x[t * d_model + i] +
                                 times * wpe[((first + step * t) * stride + i) % n];
    return true;
}
#define THE_ADDITION x, wpe, n_tokens, max_seq_len, d_model

WRONG(add_positions, stays_in_bounds, token_replaced,
      "The token is gone: = where += belongs.")
bool token_replaced(ADDITION)
{
    return add_rows(THE_ADDITION, 0, 1, 0, 1, d_model);
}

WRONG(add_positions, worked_example, positions_from_one,
      "These are later rows of wpe: positions count from 0, and token t gets "
      "row t.")
bool positions_from_one(ADDITION)
{
    return add_rows(THE_ADDITION, 1, 1, 1, 1, d_model);
}

WRONG(add_positions, worked_example, positions_from_minus_one,
      "This adds row t - 1: positions count from 0.")
bool positions_from_minus_one(ADDITION)
{
    if (n_tokens > max_seq_len)
        return false;
    for (size_t i = d_model; i < n_tokens * d_model; i++)
        x[i] += wpe[i - d_model];
    return true;
}

WRONG(add_positions, worked_example, row_zero_for_all,
      "Every token got row 0: row t belongs to position t.")
bool row_zero_for_all(ADDITION)
{
    return add_rows(THE_ADDITION, 1, 1, 0, 0, d_model);
}

WRONG(add_positions, worked_example, column_of_table,
      "This reads a column of wpe: it is stored as [max_seq_len][d_model].")
bool column_of_table(ADDITION)
{
    if (n_tokens > max_seq_len)
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            x[t * d_model + i] += wpe[i * max_seq_len + t];
    return true;
}

WRONG(add_positions, random_tables, rows_of_tokens,
      "The rows of wpe are d_model apart, not n_tokens.")
bool rows_of_tokens(ADDITION)
{
    return add_rows(THE_ADDITION, 1, 1, 0, 1, n_tokens);
}

WRONG(add_positions, random_tables, rows_of_positions,
      "The rows of wpe are d_model apart, not max_seq_len.")
bool rows_of_positions(ADDITION)
{
    return add_rows(THE_ADDITION, 1, 1, 0, 1, max_seq_len);
}

WRONG(add_positions, random_tables, last_rows,
      "These are later rows of wpe: positions count from 0, and token t gets "
      "row t.")
bool last_rows(ADDITION)
{
    return add_rows(THE_ADDITION, 1, 1, max_seq_len - n_tokens, 1, d_model);
}

WRONG(add_positions, full_table, positions_backwards, "The positions run backwards.")
bool positions_backwards(ADDITION)
{
    if (n_tokens > max_seq_len)
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            x[t * d_model + i] += wpe[(n_tokens - 1 - t) * d_model + i];
    return true;
}

WRONG(add_positions, worked_example, subtracted, "The positions are subtracted.")
bool subtracted(ADDITION)
{
    return add_rows(THE_ADDITION, 1, -1, 0, 1, d_model);
}

WRONG(add_positions, worked_example, added_twice, "The positions are added twice.")
bool added_twice(ADDITION)
{
    return add_positions(THE_ADDITION) && add_positions(THE_ADDITION);
}

WRONG(add_positions, worked_example, multiplied,
      "The positions are multiplied: they are added.")
bool multiplied(ADDITION)
{
    if (n_tokens > max_seq_len)
        return false;
    for (size_t i = 0; i < n_tokens * d_model; i++)
        x[i] *= wpe[i];
    return true;
}

WRONG(add_positions, worked_example, scaled_first,
      "x is multiplied by the square root of d_model first: that is another model.")
bool scaled_first(ADDITION)
{
    return add_rows(THE_ADDITION, sqrtf((float)d_model), 1, 0, 1, d_model);
}

WRONG(add_positions, worked_example, last_token_forgotten,
      "The last token got no position.")
bool last_token_forgotten(ADDITION)
{
    return n_tokens <= max_seq_len &&
           add_positions(x, wpe, n_tokens > 0 ? n_tokens - 1 : 0, max_seq_len, d_model);
}

WRONG(add_positions, random_tables, whole_fours_only,
      "What is left over of a row after groups of four got nothing.")
bool whole_fours_only(ADDITION)
{
    if (n_tokens > max_seq_len)
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model / 4 * 4; i++)
            x[t * d_model + i] += wpe[t * d_model + i];
    return true;
}

WRONG(add_positions, random_tables, nan_is_nothing,
      "A NaN in wpe was left out: NaN added to anything is NaN.")
bool nan_is_nothing(ADDITION)
{
    if (n_tokens > max_seq_len)
        return false;
    for (size_t i = 0; i < n_tokens * d_model; i++)
        x[i] += isnan(wpe[i]) ? 0.0f : wpe[i];
    return true;
}

WRONG(add_positions, random_tables, zeros_get_no_position,
      "A token whose numbers are all 0 got no position: every token gets one.")
bool zeros_get_no_position(ADDITION)
{
    if (n_tokens > max_seq_len)
        return false;
    for (size_t t = 0; t < n_tokens; t++) {
        float *token = x + t * d_model;
        const bool is_zero = dot(token, token, d_model) == 0.0;
        for (size_t i = 0; i < d_model && !is_zero; i++)
            token[i] += wpe[t * d_model + i];
    }
    return true;
}

WRONG(add_positions, random_tables, tiny_is_nothing,
      "Tiny numbers of wpe were left out: every one is added.")
bool tiny_is_nothing(ADDITION)
{
    if (n_tokens > max_seq_len)
        return false;
    for (size_t i = 0; i < n_tokens * d_model; i++)
        x[i] += fabsf(wpe[i]) < 1e-12f ? 0.0f : wpe[i];
    return true;
}

WRONG(add_positions, large_sizes, rows_of_768,
      "Only the first 768 numbers of a row got something: d_model may be larger.")
bool rows_of_768(ADDITION)
{
    if (n_tokens > max_seq_len)
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < (d_model < 768 ? d_model : 768); i++)
            x[t * d_model + i] += wpe[t * d_model + i];
    return true;
}

WRONG(add_positions, full_table, first_1024_tokens,
      "Only the first 1,024 tokens got a position: a table may be longer.")
bool first_1024_tokens(ADDITION)
{
    return n_tokens <= max_seq_len &&
           add_positions(x, wpe, n_tokens < 1024 ? n_tokens : 1024, max_seq_len, d_model);
}

WRONG(add_positions, large_sizes, token_in_16_bits,
      "Tokens from 65,536 on count as the first ones: a position is a size_t.")
bool token_in_16_bits(ADDITION)
{
    if (n_tokens > max_seq_len)
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            x[t % 65536 * d_model + i] += wpe[t % 65536 * d_model + i];
    return true;
}

CAUGHT(add_positions, large_sizes, counted_in_32_bits, "must return true")
bool counted_in_32_bits(ADDITION)
{
    return (uint32_t)n_tokens <= (uint32_t)max_seq_len &&
           add_positions(x, wpe, (uint32_t)n_tokens, max_seq_len, d_model);
}

CAUGHT(add_positions, full_table, full_table_refused, "must return true")
bool full_table_refused(ADDITION)
{
    return n_tokens < max_seq_len && add_positions(THE_ADDITION);
}

CAUGHT(add_positions, refuses_too_many, no_check, "must return false")
bool no_check(ADDITION)
{
    return add_positions(x, wpe, n_tokens < 9000 ? n_tokens : 0, SIZE_MAX, d_model);
}

CAUGHT(add_positions, refuses_too_many, positions_wrapped, "must return false")
bool positions_wrapped(ADDITION)
{
    if (max_seq_len == 0)
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            x[t * d_model + i] += wpe[t % max_seq_len * d_model + i];
    return true;
}

CAUGHT(add_positions, refuses_too_many, long_text_cut, "must return false")
bool long_text_cut(ADDITION)
{
    return add_positions(x, wpe, n_tokens > max_seq_len ? max_seq_len : n_tokens,
                         max_seq_len, d_model);
}

CAUGHT(add_positions, refuses_too_many, one_more_accepted, "must return false")
bool one_more_accepted(ADDITION)
{
    return add_positions(x, wpe, n_tokens, max_seq_len + 1, d_model);
}

CAUGHT(add_positions, refuses_too_many, compared_as_int, "must return false")
bool compared_as_int(ADDITION)
{
    if ((int)n_tokens > (int)max_seq_len)
        return false;
    for (int t = 0; t < (int)n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            x[(size_t)t * d_model + i] += wpe[(size_t)t * d_model + i];
    return true;
}

CAUGHT(add_positions, refuses_too_many, compared_as_double, "must return false")
bool compared_as_double(ADDITION)
{
    if ((double)n_tokens > (double)max_seq_len)
        return false;
    for (size_t i = 0; i < n_tokens * d_model; i++)
        x[i] += wpe[i];
    return true;
}

CAUGHT(add_positions, refuses_too_many, numbers_compared, "must return false")
bool numbers_compared(ADDITION)
{
    if (n_tokens * d_model > max_seq_len * d_model)
        return false;
    for (size_t i = 0; i < n_tokens * d_model; i++)
        x[i] += wpe[i];
    return true;
}

CAUGHT(add_positions, refuses_too_many, nothing_to_add_first, "must return false")
bool nothing_to_add_first(ADDITION)
{
    if (n_tokens == 0 || d_model == 0)
        return true;
    if (n_tokens > max_seq_len)
        return false;
    for (size_t i = 0; i < n_tokens * d_model; i++)
        x[i] += wpe[i];
    return true;
}

CAUGHT(add_positions, refuses_too_many, refused_too_late, "must stay untouched")
bool refused_too_late(ADDITION)
{
    for (size_t t = 0; t < n_tokens && t < max_seq_len; t++)
        for (size_t i = 0; i < d_model; i++)
            x[t * d_model + i] += wpe[t * d_model + i];
    return n_tokens <= max_seq_len;
}

CAUGHT(add_positions, refuses_too_many, rolled_back, "must stay untouched")
bool rolled_back(ADDITION)
{
    const size_t rows = n_tokens < max_seq_len ? n_tokens : max_seq_len;
    for (size_t i = 0; i < rows * d_model; i++)
        x[i] += wpe[i];
    for (size_t i = 0; n_tokens > max_seq_len && i < rows * d_model; i++)
        x[i] -= wpe[i];
    return n_tokens <= max_seq_len;
}

CAUGHT(add_positions, accepts_no_tokens, no_tokens_refused, "must return true")
bool no_tokens_refused(ADDITION)
{
    return n_tokens > 0 && add_positions(THE_ADDITION);
}

CAUGHT(add_positions, accepts_no_tokens, no_numbers_refused, "must return true")
bool no_numbers_refused(ADDITION)
{
    return d_model > 0 && add_positions(THE_ADDITION);
}

CAUGHT(add_positions, accepts_no_tokens, no_rows_refused, "must return true")
bool no_rows_refused(ADDITION)
{
    return max_seq_len > 0 && add_positions(THE_ADDITION);
}

CAUGHT(add_positions, random_tables, table_kept, "keeps something from call to call")
bool table_kept(ADDITION)
{
    static const float *from;
    static float kept[64 * 64];
    if (n_tokens > max_seq_len || n_tokens * d_model > 64 * 64)
        return add_positions(THE_ADDITION);
    if (from != wpe)
        memcpy(kept, wpe, n_tokens * d_model * sizeof *wpe);
    from = wpe;
    return add_positions(x, kept, n_tokens, max_seq_len, d_model);
}

CAUGHT(add_positions, random_tables, place_kept, "keeps something from call to call")
bool place_kept(ADDITION)
{
    static size_t place;
    if (n_tokens > max_seq_len)
        return false;
    for (size_t i = 0; i < n_tokens * d_model; i++)
        x[i] += wpe[place + i];
    place += n_tokens * d_model;
    return true;
}

CAUGHT(add_positions, stays_in_bounds, one_row_too_many, "past the end of")
bool one_row_too_many(ADDITION)
{
    if (n_tokens > max_seq_len)
        return false;
    for (size_t t = 0; t <= n_tokens && d_model > 0; t++)
        for (size_t i = 0; i < d_model; i++)
            x[t * d_model + i] += wpe[t * d_model + i];
    return true;
}

// ---- 4.3 sinusoidal_table ------------------------------------------------------------

// The speed of column j, and what stands there at an angle.
typedef double speed_of_column(size_t j, size_t d);
typedef float wave_at(double angle, size_t j);

static double to_the_power(double exponent)
{
    return pow(10000.0, -exponent);
}

static double right_speed(size_t j, size_t d)
{
    return to_the_power((double)(j - j % 2) / (double)d);
}

static float right_wave(double angle, size_t j)
{
    return (float)(j % 2 == 0 ? sin(angle) : cos(angle));
}

// Row p holds position p + first.
static bool fill(TABLE, size_t first, speed_of_column *speed, wave_at *wave)
{
    if (d_model == 0 || d_model % 2 != 0)
        return false;
    for (size_t j = 0; j < d_model; j++) {
        const double turns = speed(j, d_model);
        for (size_t p = 0; p < max_seq_len; p++)
            wpe[p * d_model + j] = wave((double)(p + first) * turns, j);
    }
    return true;
}

static double half_speed(size_t j, size_t d)
{
    return to_the_power((double)(j / 2) / (double)d);
}

WRONG(sinusoidal_table, random_sizes, half_exponent,
      "The exponent is 2i/d with i the number of the pair, not i/d.")
bool half_exponent(TABLE)
{
    return fill(wpe, max_seq_len, d_model, 0, half_speed, right_wave);
}

static double double_speed(size_t j, size_t d)
{
    return to_the_power(2.0 * (double)(j - j % 2) / (double)d);
}

WRONG(sinusoidal_table, stays_in_bounds, column_for_pair,
      "The exponent is 2i/d with i the number of the pair, not 4i/d (is i a "
      "column here?) and not i/(d/2 - 1).")
bool column_for_pair(TABLE)
{
    return fill(wpe, max_seq_len, d_model, 0, double_speed, right_wave);
}

static double growing_speed(size_t j, size_t d)
{
    return 1.0 / right_speed(j, d);
}

WRONG(sinusoidal_table, reference_rows, faster_and_faster,
      "The exponent is negative: later pairs turn more slowly.")
bool faster_and_faster(TABLE)
{
    return fill(wpe, max_seq_len, d_model, 0, growing_speed, right_wave);
}

static double wrapped_speed(size_t j, size_t d)
{
    return to_the_power(-((double)(0 - (j - j % 2)) / (double)d));
}

WRONG(
    sinusoidal_table, reference_rows, minus_of_unsigned,
    "-2 * i is a huge number if i is a size_t, which cannot be negative: write -2.0 * i.")
bool minus_of_unsigned(TABLE)
{
    return fill(wpe, max_seq_len, d_model, 0, wrapped_speed, right_wave);
}

static double one_speed(size_t j, size_t d)
{
    return to_the_power((double)((j - j % 2) / d));
}

WRONG(sinusoidal_table, reference_rows, whole_number_exponent,
      "All pairs turn at one speed: 2 * i / d_model in whole numbers is 0.")
bool whole_number_exponent(TABLE)
{
    return fill(wpe, max_seq_len, d_model, 0, one_speed, right_wave);
}

static double speed_of_each(size_t j, size_t d)
{
    return to_the_power((double)j / (double)d);
}

WRONG(sinusoidal_table, reference_rows, each_column_its_speed,
      "Each column has its own speed: a sine and its cosine share one.")
bool each_column_its_speed(TABLE)
{
    return fill(wpe, max_seq_len, d_model, 0, speed_of_each, right_wave);
}

static double double_speed_of_each(size_t j, size_t d)
{
    return to_the_power(2.0 * (double)j / (double)d);
}

WRONG(sinusoidal_table, reference_rows, each_column_its_double_speed,
      "Each column has its own speed: a sine and its cosine share one.")
bool each_column_its_double_speed(TABLE)
{
    return fill(wpe, max_seq_len, d_model, 0, double_speed_of_each, right_wave);
}

static double stretched_speed(size_t j, size_t d)
{
    return to_the_power(d == 2 ? 0.0 : (double)(j / 2) / (double)(d / 2 - 1));
}

WRONG(sinusoidal_table, random_sizes, stretched_to_the_end,
      "The exponent is 2i/d with i the number of the pair, not 4i/d (is i a "
      "column here?) and not i/(d/2 - 1).")
bool stretched_to_the_end(TABLE)
{
    return fill(wpe, max_seq_len, d_model, 0, stretched_speed, right_wave);
}

static double line_of_speeds(size_t j, size_t d)
{
    return 1.0 - (double)(j - j % 2) / (double)d;
}

WRONG(sinusoidal_table, random_sizes, speeds_in_a_line,
      "The speeds fall by equal steps: they fall by equal factors, 10000^(-2i/d).")
bool speeds_in_a_line(TABLE)
{
    return fill(wpe, max_seq_len, d_model, 0, line_of_speeds, right_wave);
}

static double thousandth_speed(size_t j, size_t d)
{
    return pow(1000.0, -(double)(j - j % 2) / (double)d);
}

WRONG(sinusoidal_table, reference_rows, thousand,
      "The base is 1,000 here: it should be 10,000.")
bool thousand(TABLE)
{
    return fill(wpe, max_seq_len, d_model, 0, thousandth_speed, right_wave);
}

static double slower_speed(size_t j, size_t d)
{
    return pow(100000.0, -(double)(j - j % 2) / (double)d);
}

WRONG(sinusoidal_table, reference_rows, hundred_thousand,
      "The base is 100,000 here: it should be 10,000.")
bool hundred_thousand(TABLE)
{
    return fill(wpe, max_seq_len, d_model, 0, slower_speed, right_wave);
}

static double natural_speed(size_t j, size_t d)
{
    return exp(-(double)(j - j % 2) / (double)d);
}

WRONG(sinusoidal_table, reference_rows, natural_base,
      "The base is e here: it should be 10,000, exp(-2i/d * log(10000)).")
bool natural_base(TABLE)
{
    return fill(wpe, max_seq_len, d_model, 0, natural_speed, right_wave);
}

static double one_short_speed(size_t j, size_t d)
{
    return pow(9999.0, -(double)(j - j % 2) / (double)d);
}

WRONG(sinusoidal_table, far_positions, one_short_of_ten_thousand,
      "The base is 9,999 here: it should be 10,000.")
bool one_short_of_ten_thousand(TABLE)
{
    return fill(wpe, max_seq_len, d_model, 0, one_short_speed, right_wave);
}

static float cosine_first_wave(double angle, size_t j)
{
    return right_wave(angle, j + 1);
}

WRONG(sinusoidal_table, reference_rows, cosine_first,
      "Sine and cosine are exchanged: the even column of a pair is the sine.")
bool cosine_first(TABLE)
{
    return fill(wpe, max_seq_len, d_model, 0, right_speed, cosine_first_wave);
}

static float minus_sine_wave(double angle, size_t j)
{
    return right_wave(-angle, j);
}

WRONG(sinusoidal_table, reference_rows, minus_sine, "The sign of the sine is wrong.")
bool minus_sine(TABLE)
{
    return fill(wpe, max_seq_len, d_model, 0, right_speed, minus_sine_wave);
}

static float sine_wave(double angle, size_t j)
{
    (void)j;
    return (float)sin(angle);
}

WRONG(sinusoidal_table, reference_rows, sines_only,
      "The odd columns hold sines: they should hold cosines.")
bool sines_only(TABLE)
{
    return fill(wpe, max_seq_len, d_model, 0, right_speed, sine_wave);
}

static float wave_of_degrees(double angle, size_t j)
{
    return right_wave(angle * acos(-1.0) / 180.0, j);
}

WRONG(sinusoidal_table, reference_rows, degrees,
      "The angle is taken for degrees: sin and cos want radians.")
bool degrees(TABLE)
{
    return fill(wpe, max_seq_len, d_model, 0, right_speed, wave_of_degrees);
}

static float wave_of_turns(double angle, size_t j)
{
    return right_wave(angle * 2.0 * acos(-1.0), j);
}

WRONG(sinusoidal_table, reference_rows, whole_turns,
      "The angle is taken for turns: p theta_i is in radians already.")
bool whole_turns(TABLE)
{
    return fill(wpe, max_seq_len, d_model, 0, right_speed, wave_of_turns);
}

WRONG(sinusoidal_table, reference_rows, from_one,
      "Row 0 belongs to position 0: positions count from 0.")
bool from_one(TABLE)
{
    return fill(wpe, max_seq_len, d_model, 1, right_speed, right_wave);
}

WRONG(sinusoidal_table, reference_rows, in_blocks,
      "These are blocks, all sines and then all cosines: here each sine has its cosine "
      "beside it.")
bool in_blocks(TABLE)
{
    if (d_model == 0 || d_model % 2 != 0)
        return false;
    for (size_t j = 0; j < d_model; j++) {
        const size_t at = j % 2 * (d_model / 2) + j / 2;
        for (size_t p = 0; p < max_seq_len; p++)
            wpe[p * d_model + at] = right_wave((double)p * right_speed(j, d_model), j);
    }
    return true;
}

WRONG(sinusoidal_table, reference_rows, table_transposed,
      "This is the transpose: row p belongs to position p.")
bool table_transposed(TABLE)
{
    if (d_model == 0 || d_model % 2 != 0)
        return false;
    for (size_t j = 0; j < d_model; j++)
        for (size_t p = 0; p < max_seq_len; p++)
            wpe[j * max_seq_len + p] = right_wave((double)p * right_speed(j, d_model), j);
    return true;
}

static double float_speed(size_t j, size_t d)
{
    return (double)powf(10000.0f, -(float)(j - j % 2) / (float)d);
}

static float wave_of_float(double angle, size_t j)
{
    return right_wave((double)(float)angle, j);
}

WRONG(sinusoidal_table, far_positions, angle_in_float,
      "Far from the start only a double holds the angle: position, speed and their "
      "product in double, and the sine rounded at the end.")
bool angle_in_float(TABLE)
{
    return fill(wpe, max_seq_len, d_model, 0, float_speed, wave_of_float);
}

WRONG(sinusoidal_table, far_positions, speed_in_float,
      "Far from the start only a double holds the angle: position, speed and their "
      "product in double, and the sine rounded at the end.")
bool speed_in_float(TABLE)
{
    return fill(wpe, max_seq_len, d_model, 0, float_speed, right_wave);
}

WRONG(sinusoidal_table, far_positions, angle_rounded,
      "Far from the start only a double holds the angle: position, speed and their "
      "product in double, and the sine rounded at the end.")
bool angle_rounded(TABLE)
{
    return fill(wpe, max_seq_len, d_model, 0, right_speed, wave_of_float);
}

static double rounded_speed(size_t j, size_t d)
{
    return (double)(float)right_speed(j, d);
}

WRONG(sinusoidal_table, far_positions, speed_rounded,
      "Far from the start only a double holds the angle: position, speed and their "
      "product in double, and the sine rounded at the end.")
bool speed_rounded(TABLE)
{
    return fill(wpe, max_seq_len, d_model, 0, rounded_speed, right_wave);
}

WRONG(sinusoidal_table, far_positions, speed_and_angle_rounded,
      "Far from the start only a double holds the angle: position, speed and their "
      "product in double, and the sine rounded at the end.")
bool speed_and_angle_rounded(TABLE)
{
    return fill(wpe, max_seq_len, d_model, 0, rounded_speed, wave_of_float);
}

static double float_speed_by_exp(size_t j, size_t d)
{
    return (double)expf(-logf(10000.0f) * (float)(j - j % 2) / (float)d);
}

WRONG(sinusoidal_table, far_positions, speed_by_expf,
      "Far from the start only a double holds the angle: position, speed and their "
      "product in double, and the sine rounded at the end.")
bool speed_by_expf(TABLE)
{
    return fill(wpe, max_seq_len, d_model, 0, float_speed_by_exp, wave_of_float);
}

WRONG(sinusoidal_table, far_positions, divided_in_float,
      "Far from the start only a double holds the angle: position, speed and their "
      "product in double, and the sine rounded at the end.")
bool divided_in_float(TABLE)
{
    if (d_model == 0 || d_model % 2 != 0)
        return false;
    for (size_t j = 0; j < d_model; j++) {
        const float power = powf(10000.0f, (float)(j - j % 2) / (float)d_model);
        for (size_t p = 0; p < max_seq_len; p++)
            wpe[p * d_model + j] = right_wave((double)((float)p / power), j);
    }
    return true;
}

static float wave_of_rest(double angle, size_t j)
{
    return right_wave(fmod(angle, 6.2831853), j);
}

WRONG(
    sinusoidal_table, far_positions, turns_taken_away,
    "Whole turns are taken away, and a turn has too few digits: sin needs no such help.")
bool turns_taken_away(TABLE)
{
    return fill(wpe, max_seq_len, d_model, 0, right_speed, wave_of_rest);
}

WRONG(sinusoidal_table, wide_table, angle_added_up,
      "The angle is added up in float from row to row, and its errors with it: multiply "
      "position and speed.")
bool angle_added_up(TABLE)
{
    if (d_model == 0 || d_model % 2 != 0)
        return false;
    for (size_t j = 0; j < d_model; j++) {
        const float speed = (float)right_speed(j, d_model);
        float angle = 0.0f;
        for (size_t p = 0; p < max_seq_len; p++, angle += speed)
            wpe[p * d_model + j] = right_wave((double)angle, j);
    }
    return true;
}

WRONG(sinusoidal_table, wide_table, rows_of_1024,
      "From row 1,024 on the table begins anew: every position has a row of its own.")
bool rows_of_1024(TABLE)
{
    if (d_model == 0 || d_model % 2 != 0)
        return false;
    for (size_t j = 0; j < d_model; j++)
        for (size_t p = 0; p < max_seq_len; p++)
            wpe[p * d_model + j] =
                right_wave((double)(p % 1024) * right_speed(j, d_model), j);
    return true;
}

static double speed_of_few(size_t j, size_t d)
{
    return j < 1024 ? right_speed(j, d) : 0.0;
}

WRONG(sinusoidal_table, wide_table, hands_of_512,
      "Only the first 512 hands turn: d_model may be larger.")
bool hands_of_512(TABLE)
{
    return fill(wpe, max_seq_len, d_model, 0, speed_of_few, right_wave);
}

CAUGHT(sinusoidal_table, wide_table, rows_in_16_bits, "was never written")
bool rows_in_16_bits(TABLE)
{
    return sinusoidal_table(wpe, max_seq_len % 65536, d_model);
}

CAUGHT(sinusoidal_table, refuses_odd, odd_accepted, "must return false")
bool odd_accepted(TABLE)
{
    if (d_model == 0)
        return false;
    for (size_t p = 0; p < max_seq_len; p++)
        for (size_t j = 0; j + 1 < d_model && j < 8; j++)
            wpe[p * d_model % 32 + j] = 0.5f;
    return d_model % 2 == 1 || sinusoidal_table(wpe, max_seq_len, d_model);
}

CAUGHT(sinusoidal_table, refuses_odd, zero_accepted, "must return false")
bool zero_accepted(TABLE)
{
    return d_model == 0 || sinusoidal_table(wpe, max_seq_len, d_model);
}

CAUGHT(sinusoidal_table, refuses_odd, no_rows_of_odd_accepted, "must return false")
bool no_rows_of_odd_accepted(TABLE)
{
    return max_seq_len == 0 || sinusoidal_table(wpe, max_seq_len, d_model);
}

CAUGHT(sinusoidal_table, refuses_odd, half_as_a_double, "must return false")
bool half_as_a_double(TABLE)
{
    const double half = (double)d_model / 2.0;
    if (d_model == 0 || half != floor(half))
        return false;
    return d_model > 100000 || sinusoidal_table(wpe, max_seq_len, d_model);
}

CAUGHT(sinusoidal_table, refuses_odd, half_as_a_float, "must return false")
bool half_as_a_float(TABLE)
{
    if (d_model == 0 || fmodf((float)d_model, 2.0f) != 0.0f)
        return false;
    return d_model > 100000 || sinusoidal_table(wpe, max_seq_len, d_model);
}

CAUGHT(sinusoidal_table, refuses_odd, refused_with_a_row, "must stay untouched")
bool refused_with_a_row(TABLE)
{
    if (d_model == 0)
        return false;
    for (size_t p = 0; p < max_seq_len && d_model < 8; p++)
        wpe[p * d_model] = right_wave((double)p, 0);
    return sinusoidal_table(wpe, max_seq_len, d_model);
}

CAUGHT(sinusoidal_table, refuses_odd, no_rows_of_table_refused, "must return true")
bool no_rows_of_table_refused(TABLE)
{
    return max_seq_len > 0 && sinusoidal_table(wpe, max_seq_len, d_model);
}

CAUGHT(sinusoidal_table, random_sizes, pairs_of_pairs_only, "must return true")
bool pairs_of_pairs_only(TABLE)
{
    return d_model % 4 == 0 && sinusoidal_table(wpe, max_seq_len, d_model);
}

CAUGHT(sinusoidal_table, random_sizes, width_kept, "keeps something from call to call")
bool width_kept(TABLE)
{
    static size_t first;
    if (d_model == 0 || d_model % 2 != 0)
        return false;
    first = first > 0 ? first : d_model;
    for (size_t j = 0; j < d_model; j++)
        for (size_t p = 0; p < max_seq_len; p++)
            wpe[p * d_model + j] = right_wave((double)p * right_speed(j, first), j);
    return true;
}

CAUGHT(sinusoidal_table, stays_in_bounds, one_row_more, "past the end of")
bool one_row_more(TABLE)
{
    return sinusoidal_table(wpe, max_seq_len + 1, d_model);
}

// ---- 4.4 rope_interleaved and 4.5 rope_half_split ------------------------------------

enum turning {
    TURN_RIGHT,
    OVERWRITTEN,
    BACKWARDS,
    SINE_FOR_COSINE,
    MIRRORED,
    FIRST_SIGN,
    SECOND_SIGN,
    LENGTH_RESTORED,
    SINE_OF_COSINE,
    NAN_LEFT,
    ROW_OF_HEAD,
    ROW_ZERO,
    NEXT_ROW,
    LAST_ROW_FIRST,
    ROW_OF_ROW,
    LONG_ROWS,
    EVEN_COLUMNS,
    HEADS_FIRST,
    ONE_HEAD,
    HALF_THE_PAIRS,
    LAST_PAIR_LEFT,
    FIRST_TOKEN_LEFT,
    PAIRS_OF_64,
    TOKENS_OF_1024,
    NOTHING
};

static void turn_pair(float *a, float *b, float c, float s, enum turning way)
{
    const float x = *a, y = *b;
    if (way == SINE_FOR_COSINE) {
        const float kept = c;
        c = s, s = kept;
    }
    if (way == SINE_OF_COSINE)
        s = copysignf(sqrtf(fmaxf(0.0f, 1.0f - c * c)), s);
    if (way == NOTHING || (way == NAN_LEFT && (isnan(x) || isnan(y))))
        return;
    s = way == BACKWARDS ? -s : s;
    const float length = way == LENGTH_RESTORED ? sqrtf(c * c + s * s) : 1.0f;
    *a = (x * c - (way == FIRST_SIGN ? -y : y) * s) / length;
    *b = ((way == OVERWRITTEN ? *a : x) * (way == SECOND_SIGN ? -s : s) +
          (way == MIRRORED ? -y : y) * c) /
         length;
}

// Where the angles of a token and a head begin.
static size_t angles_of(size_t t, size_t h, size_t n_tokens, size_t n_heads, size_t pairs,
                        enum turning way)
{
    switch (way) {
    case ROW_OF_HEAD:
        return h % n_tokens * pairs;
    case ROW_ZERO:
        return 0;
    case NEXT_ROW:
        return (t + 1) % n_tokens * pairs;
    case LAST_ROW_FIRST:
        return (n_tokens - 1 - t) * pairs;
    case ROW_OF_ROW:
        return (t * n_heads + h) * pairs;
    case LONG_ROWS:
        return t * 2 * pairs;
    default:
        return t * pairs;
    }
}

static size_t fewer(size_t n, bool limited, size_t limit)
{
    return limited && n > limit ? limit : n;
}

static bool turn(TURN, bool halves, enum turning way)
{
    if (d_head == 0 || d_head % 2 != 0)
        return false;
    const size_t pairs = d_head / 2, step = way == EVEN_COLUMNS ? 2 : 1;
    size_t turned = fewer(pairs, way == HALF_THE_PAIRS, pairs / 2);
    turned = fewer(turned, way == LAST_PAIR_LEFT, pairs - 1);
    turned = fewer(turned, way == PAIRS_OF_64, 32);
    const size_t end = fewer(n_tokens, way == TOKENS_OF_1024, 1024);
    for (size_t t = way == FIRST_TOKEN_LEFT; t < end; t++)
        for (size_t h = 0; h < fewer(n_heads, way == ONE_HEAD, 1); h++) {
            float *row =
                x + (way == HEADS_FIRST ? h * n_tokens + t : t * n_heads + h) * d_head;
            const size_t at = angles_of(t, h, n_tokens, n_heads, pairs, way);
            for (size_t i = 0; i < turned; i++) {
                float *a = row + (halves ? i : 2 * i);
                turn_pair(a, a + (halves ? pairs : 1), cosines[at + step * i],
                          sines[at + step * i], way);
            }
        }
    return true;
}

WRONG(rope_interleaved, reference_rows, near_other_pairs,
      "These are the pairs of the other layout.")
bool near_other_pairs(TURN)
{
    return rope_half_split(THE_TURN);
}

WRONG(rope_interleaved, reference_rows, near_overwritten,
      "The first number of the pair was overwritten before the second was computed from "
      "it.")
bool near_overwritten(TURN)
{
    return turn(THE_TURN, false, OVERWRITTEN);
}

WRONG(rope_interleaved, reference_rows, near_backwards,
      "This turns the other way: the sign of the sine is wrong.")
bool near_backwards(TURN)
{
    return turn(THE_TURN, false, BACKWARDS);
}

WRONG(rope_interleaved, reference_rows, near_sine_for_cosine,
      "Cosine and sine are exchanged.")
bool near_sine_for_cosine(TURN)
{
    return turn(THE_TURN, false, SINE_FOR_COSINE);
}

WRONG(rope_interleaved, reference_rows, near_mirrored,
      "This mirrors instead of turning: the second number is a s + b c.")
bool near_mirrored(TURN)
{
    return turn(THE_TURN, false, MIRRORED);
}

WRONG(rope_interleaved, reference_rows, near_first_sign,
      "The first number is a c - b s: here it is a c + b s.")
bool near_first_sign(TURN)
{
    return turn(THE_TURN, false, FIRST_SIGN);
}

WRONG(rope_interleaved, reference_rows, near_second_sign,
      "The second number is a s + b c: here it is b c - a s.")
bool near_second_sign(TURN)
{
    return turn(THE_TURN, false, SECOND_SIGN);
}

WRONG(rope_interleaved, any_tables, near_length_restored,
      "Each pair was brought back to its old length: multiply by what the tables hold, "
      "whatever it is.")
bool near_length_restored(TURN)
{
    return turn(THE_TURN, false, LENGTH_RESTORED);
}

WRONG(rope_interleaved, any_tables, near_sine_of_cosine,
      "The sine was made from the cosine: multiply by what the tables hold, whatever it "
      "is.")
bool near_sine_of_cosine(TURN)
{
    return turn(THE_TURN, false, SINE_OF_COSINE);
}

WRONG(rope_interleaved, any_tables, near_length_nearly_restored,
      "Where the tables are nearly a cosine and its sine, they were made exactly that: "
      "multiply by what they hold, whatever it is.")
bool near_length_nearly_restored(TURN)
{
    if (d_head == 0 || d_head % 2 != 0)
        return false;
    for (size_t j = 0; j < n_tokens * n_heads * (d_head / 2); j++) {
        const size_t i = j % (d_head / 2),
                     at = j / (d_head / 2) / n_heads * (d_head / 2) + i;
        float *row = x + j / (d_head / 2) * d_head;
        const float c = cosines[at], s = sines[at], length = sqrtf(c * c + s * s);
        const float over = fabsf(length - 1) < 1e-3f ? length : 1;
        const float first = row[2 * i], second = row[2 * i + 1];
        row[2 * i] = (first * c - second * s) / over;
        row[2 * i + 1] = (first * s + second * c) / over;
    }
    return true;
}

WRONG(rope_interleaved, any_tables, near_nan_left,
      "A pair with a NaN was left as it was: both of its numbers become NaN.")
bool near_nan_left(TURN)
{
    return turn(THE_TURN, false, NAN_LEFT);
}

WRONG(rope_interleaved, random_heads, near_row_of_head,
      "The row of the tables is that of the head: it belongs to the token, all heads "
      "share it.")
bool near_row_of_head(TURN)
{
    return turn(THE_TURN, false, ROW_OF_HEAD);
}

WRONG(rope_interleaved, random_heads, near_row_zero,
      "Every token was turned by row 0 of the tables: row t belongs to token t.")
bool near_row_zero(TURN)
{
    return turn(THE_TURN, false, ROW_ZERO);
}

WRONG(rope_interleaved, random_heads, near_next_row,
      "This uses row t + 1 of the tables: positions count from 0.")
bool near_next_row(TURN)
{
    return turn(THE_TURN, false, NEXT_ROW);
}

WRONG(rope_interleaved, random_heads, near_last_row_first,
      "The rows of the tables are used backwards: row t belongs to token t.")
bool near_last_row_first(TURN)
{
    return turn(THE_TURN, false, LAST_ROW_FIRST);
}

WRONG(rope_interleaved, random_heads, near_heads_first,
      "This walks x as [n_heads][n_tokens][d_head]: it is stored token by token, head by "
      "head.")
bool near_heads_first(TURN)
{
    return turn(THE_TURN, false, HEADS_FIRST);
}

WRONG(rope_interleaved, random_heads, near_one_head, "Only head 0 was turned.")
bool near_one_head(TURN)
{
    return turn(THE_TURN, false, ONE_HEAD);
}

WRONG(rope_interleaved, reference_rows, near_half_the_pairs,
      "Only the first pairs were turned: there are d_head / 2 in each head.")
bool near_half_the_pairs(TURN)
{
    return turn(THE_TURN, false, HALF_THE_PAIRS);
}

WRONG(rope_interleaved, random_heads, near_last_pair_left,
      "Only the first pairs were turned: there are d_head / 2 in each head.")
bool near_last_pair_left(TURN)
{
    return turn(THE_TURN, false, LAST_PAIR_LEFT);
}

WRONG(rope_interleaved, reference_rows, near_left_alone,
      "Nothing was turned: token 0 turns, too, as far as the tables say.")
bool near_left_alone(TURN)
{
    return turn(THE_TURN, false, NOTHING);
}

WRONG(rope_interleaved, random_heads, near_first_token_left,
      "Nothing was turned: token 0 turns, too, as far as the tables say.")
bool near_first_token_left(TURN)
{
    return turn(THE_TURN, false, FIRST_TOKEN_LEFT);
}

WRONG(rope_interleaved, large_sizes, near_pairs_of_64,
      "Only the first 64 numbers of a head were turned: d_head may be larger.")
bool near_pairs_of_64(TURN)
{
    return turn(THE_TURN, false, PAIRS_OF_64);
}

WRONG(rope_interleaved, large_sizes, near_tokens_of_1024,
      "Only the first 1,024 tokens were turned: there may be more.")
bool near_tokens_of_1024(TURN)
{
    return turn(THE_TURN, false, TOKENS_OF_1024);
}

WRONG(rope_interleaved, random_heads, near_row_of_row,
      "The row of the tables is counted in rows of x, t * n_heads + h: it is that of the "
      "token, all heads share it.")
bool near_row_of_row(TURN)
{
    return turn(THE_TURN, false, ROW_OF_ROW);
}

WRONG(rope_interleaved, random_heads, near_long_rows,
      "The rows of the tables are d_head / 2 apart, not d_head.")
bool near_long_rows(TURN)
{
    return turn(THE_TURN, false, LONG_ROWS);
}

WRONG(rope_interleaved, reference_rows, near_even_columns,
      "The column of the tables is the pair's number i, not its place 2i.")
bool near_even_columns(TURN)
{
    return turn(THE_TURN, false, EVEN_COLUMNS);
}

CAUGHT(rope_interleaved, stays_in_bounds, near_token_behind, "past the end of x")
bool near_token_behind(TURN)
{
    const volatile float *behind = x + n_tokens * n_heads * d_head; // t <= n_tokens
    (void)*behind;
    return rope_interleaved(THE_TURN);
}

CAUGHT(rope_interleaved, refuses_odd, near_odd_accepted, "must return false")
bool near_odd_accepted(TURN)
{
    return d_head % 2 == 1 || rope_interleaved(THE_TURN);
}

CAUGHT(rope_interleaved, refuses_odd, near_zero_accepted, "must return false")
bool near_zero_accepted(TURN)
{
    return d_head == 0 || rope_interleaved(THE_TURN);
}

CAUGHT(rope_interleaved, refuses_odd, near_no_tokens_of_odd_accepted, "must return false")
bool near_no_tokens_of_odd_accepted(TURN)
{
    return n_tokens * n_heads == 0 || rope_interleaved(THE_TURN);
}

CAUGHT(rope_interleaved, refuses_odd, near_half_as_a_float, "must return false")
bool near_half_as_a_float(TURN)
{
    if (d_head == 0 || fmodf((float)d_head, 2.0f) != 0.0f)
        return false;
    return d_head > 100000 || rope_interleaved(THE_TURN);
}

CAUGHT(rope_interleaved, refuses_odd, near_half_as_a_double, "must return false")
bool near_half_as_a_double(TURN)
{
    if (d_head == 0 || fmod((double)d_head, 2.0) != 0.0)
        return false;
    return d_head > 100000 || rope_interleaved(THE_TURN);
}

CAUGHT(rope_interleaved, refuses_odd, near_refused_and_turned, "must stay untouched")
bool near_refused_and_turned(TURN)
{
    if (d_head % 2 == 0 || d_head > 8)
        return rope_interleaved(THE_TURN);
    turn(x, cosines, sines, n_tokens, n_heads, d_head - 1, false, TURN_RIGHT);
    return false;
}

CAUGHT(rope_interleaved, refuses_odd, near_no_tokens_refused,
       "No tokens or no heads are no error")
bool near_no_tokens_refused(TURN)
{
    return n_tokens > 0 && rope_interleaved(THE_TURN);
}

CAUGHT(rope_interleaved, refuses_odd, near_no_heads_refused,
       "No tokens or no heads are no error")
bool near_no_heads_refused(TURN)
{
    return n_heads > 0 && rope_interleaved(THE_TURN);
}

CAUGHT(rope_interleaved, large_sizes, near_rows_in_16_bits, "differ")
bool near_rows_in_16_bits(TURN)
{
    return rope_interleaved(x, cosines, sines, n_tokens % 65536, n_heads, d_head);
}

CAUGHT(rope_interleaved, random_heads, near_table_kept,
       "keeps something from call to call")
bool near_table_kept(TURN)
{
    static const float *from;
    static float kept[2][4096];
    const size_t n = n_tokens * (d_head / 2);
    if (d_head == 0 || d_head % 2 != 0 || n > 4096)
        return rope_interleaved(THE_TURN);
    if (from != cosines) {
        memcpy(kept[0], cosines, n * sizeof(float));
        memcpy(kept[1], sines, n * sizeof(float));
    }
    from = cosines;
    return rope_interleaved(x, kept[0], kept[1], n_tokens, n_heads, d_head);
}

WRONG(rope_half_split, reference_rows, half_other_pairs,
      "These are the pairs of the other layout.")
bool half_other_pairs(TURN)
{
    return rope_interleaved(THE_TURN);
}

WRONG(rope_half_split, reference_rows, half_overwritten,
      "The first number of the pair was overwritten before the second was computed from "
      "it.")
bool half_overwritten(TURN)
{
    return turn(THE_TURN, true, OVERWRITTEN);
}

WRONG(rope_half_split, reference_rows, half_backwards,
      "This turns the other way: the sign of the sine is wrong.")
bool half_backwards(TURN)
{
    return turn(THE_TURN, true, BACKWARDS);
}

WRONG(rope_half_split, reference_rows, half_sine_for_cosine,
      "Cosine and sine are exchanged.")
bool half_sine_for_cosine(TURN)
{
    return turn(THE_TURN, true, SINE_FOR_COSINE);
}

WRONG(rope_half_split, reference_rows, half_mirrored,
      "This mirrors instead of turning: the second number is a s + b c.")
bool half_mirrored(TURN)
{
    return turn(THE_TURN, true, MIRRORED);
}

WRONG(rope_half_split, reference_rows, half_first_sign,
      "The first number is a c - b s: here it is a c + b s.")
bool half_first_sign(TURN)
{
    return turn(THE_TURN, true, FIRST_SIGN);
}

WRONG(rope_half_split, reference_rows, half_second_sign,
      "The second number is a s + b c: here it is b c - a s.")
bool half_second_sign(TURN)
{
    return turn(THE_TURN, true, SECOND_SIGN);
}

WRONG(rope_half_split, any_tables, half_length_restored,
      "Each pair was brought back to its old length: multiply by what the tables hold, "
      "whatever it is.")
bool half_length_restored(TURN)
{
    return turn(THE_TURN, true, LENGTH_RESTORED);
}

WRONG(rope_half_split, any_tables, half_sine_of_cosine,
      "The sine was made from the cosine: multiply by what the tables hold, whatever it "
      "is.")
bool half_sine_of_cosine(TURN)
{
    return turn(THE_TURN, true, SINE_OF_COSINE);
}

WRONG(rope_half_split, any_tables, half_length_nearly_restored,
      "Where the tables are nearly a cosine and its sine, they were made exactly that: "
      "multiply by what they hold, whatever it is.")
bool half_length_nearly_restored(TURN)
{
    if (d_head == 0 || d_head % 2 != 0)
        return false;
    for (size_t j = 0; j < n_tokens * n_heads * (d_head / 2); j++) {
        const size_t i = j % (d_head / 2),
                     at = j / (d_head / 2) / n_heads * (d_head / 2) + i;
        float *row = x + j / (d_head / 2) * d_head;
        const float c = cosines[at], s = sines[at], length = sqrtf(c * c + s * s);
        const float over = fabsf(length - 1) < 1e-3f ? length : 1;
        const float first = row[i], second = row[i + d_head / 2];
        row[i] = (first * c - second * s) / over;
        row[i + d_head / 2] = (first * s + second * c) / over;
    }
    return true;
}

WRONG(rope_half_split, any_tables, half_nan_left,
      "A pair with a NaN was left as it was: both of its numbers become NaN.")
bool half_nan_left(TURN)
{
    return turn(THE_TURN, true, NAN_LEFT);
}

WRONG(rope_half_split, random_heads, half_row_of_head,
      "The row of the tables is that of the head: it belongs to the token, all heads "
      "share it.")
bool half_row_of_head(TURN)
{
    return turn(THE_TURN, true, ROW_OF_HEAD);
}

WRONG(rope_half_split, random_heads, half_row_zero,
      "Every token was turned by row 0 of the tables: row t belongs to token t.")
bool half_row_zero(TURN)
{
    return turn(THE_TURN, true, ROW_ZERO);
}

WRONG(rope_half_split, random_heads, half_next_row,
      "This uses row t + 1 of the tables: positions count from 0.")
bool half_next_row(TURN)
{
    return turn(THE_TURN, true, NEXT_ROW);
}

WRONG(rope_half_split, random_heads, half_last_row_first,
      "The rows of the tables are used backwards: row t belongs to token t.")
bool half_last_row_first(TURN)
{
    return turn(THE_TURN, true, LAST_ROW_FIRST);
}

WRONG(rope_half_split, random_heads, half_heads_first,
      "This walks x as [n_heads][n_tokens][d_head]: it is stored token by token, head by "
      "head.")
bool half_heads_first(TURN)
{
    return turn(THE_TURN, true, HEADS_FIRST);
}

WRONG(rope_half_split, random_heads, half_one_head, "Only head 0 was turned.")
bool half_one_head(TURN)
{
    return turn(THE_TURN, true, ONE_HEAD);
}

WRONG(rope_half_split, reference_rows, half_half_the_pairs,
      "Only the first pairs were turned: there are d_head / 2 in each head.")
bool half_half_the_pairs(TURN)
{
    return turn(THE_TURN, true, HALF_THE_PAIRS);
}

WRONG(rope_half_split, random_heads, half_last_pair_left,
      "Only the first pairs were turned: there are d_head / 2 in each head.")
bool half_last_pair_left(TURN)
{
    return turn(THE_TURN, true, LAST_PAIR_LEFT);
}

WRONG(rope_half_split, reference_rows, half_left_alone,
      "Nothing was turned: token 0 turns, too, as far as the tables say.")
bool half_left_alone(TURN)
{
    return turn(THE_TURN, true, NOTHING);
}

WRONG(rope_half_split, random_heads, half_first_token_left,
      "Nothing was turned: token 0 turns, too, as far as the tables say.")
bool half_first_token_left(TURN)
{
    return turn(THE_TURN, true, FIRST_TOKEN_LEFT);
}

WRONG(rope_half_split, large_sizes, half_pairs_of_64,
      "Only the first 64 numbers of a head were turned: d_head may be larger.")
bool half_pairs_of_64(TURN)
{
    return turn(THE_TURN, true, PAIRS_OF_64);
}

WRONG(rope_half_split, large_sizes, half_tokens_of_1024,
      "Only the first 1,024 tokens were turned: there may be more.")
bool half_tokens_of_1024(TURN)
{
    return turn(THE_TURN, true, TOKENS_OF_1024);
}

WRONG(rope_half_split, random_heads, half_row_of_row,
      "The row of the tables is counted in rows of x, t * n_heads + h: it is that of the "
      "token, all heads share it.")
bool half_row_of_row(TURN)
{
    return turn(THE_TURN, true, ROW_OF_ROW);
}

WRONG(rope_half_split, random_heads, half_long_rows,
      "The rows of the tables are d_head / 2 apart, not d_head.")
bool half_long_rows(TURN)
{
    return turn(THE_TURN, true, LONG_ROWS);
}

WRONG(rope_half_split, reference_rows, half_even_columns,
      "The column of the tables is the pair's number i, not its place 2i.")
bool half_even_columns(TURN)
{
    return turn(THE_TURN, true, EVEN_COLUMNS);
}

CAUGHT(rope_half_split, stays_in_bounds, half_token_behind, "past the end of x")
bool half_token_behind(TURN)
{
    const volatile float *behind = x + n_tokens * n_heads * d_head; // t <= n_tokens
    (void)*behind;
    return rope_half_split(THE_TURN);
}

CAUGHT(rope_half_split, refuses_odd, half_odd_accepted, "must return false")
bool half_odd_accepted(TURN)
{
    return d_head % 2 == 1 || rope_half_split(THE_TURN);
}

CAUGHT(rope_half_split, refuses_odd, half_zero_accepted, "must return false")
bool half_zero_accepted(TURN)
{
    return d_head == 0 || rope_half_split(THE_TURN);
}

CAUGHT(rope_half_split, refuses_odd, half_no_tokens_of_odd_accepted, "must return false")
bool half_no_tokens_of_odd_accepted(TURN)
{
    return n_tokens * n_heads == 0 || rope_half_split(THE_TURN);
}

CAUGHT(rope_half_split, refuses_odd, half_half_as_a_float, "must return false")
bool half_half_as_a_float(TURN)
{
    if (d_head == 0 || fmodf((float)d_head, 2.0f) != 0.0f)
        return false;
    return d_head > 100000 || rope_half_split(THE_TURN);
}

CAUGHT(rope_half_split, refuses_odd, half_half_as_a_double, "must return false")
bool half_half_as_a_double(TURN)
{
    if (d_head == 0 || fmod((double)d_head, 2.0) != 0.0)
        return false;
    return d_head > 100000 || rope_half_split(THE_TURN);
}

CAUGHT(rope_half_split, refuses_odd, half_refused_and_turned, "must stay untouched")
bool half_refused_and_turned(TURN)
{
    if (d_head % 2 == 0 || d_head > 8)
        return rope_half_split(THE_TURN);
    turn(x, cosines, sines, n_tokens, n_heads, d_head - 1, true, TURN_RIGHT);
    return false;
}

CAUGHT(rope_half_split, refuses_odd, half_no_tokens_refused,
       "No tokens or no heads are no error")
bool half_no_tokens_refused(TURN)
{
    return n_tokens > 0 && rope_half_split(THE_TURN);
}

CAUGHT(rope_half_split, refuses_odd, half_no_heads_refused,
       "No tokens or no heads are no error")
bool half_no_heads_refused(TURN)
{
    return n_heads > 0 && rope_half_split(THE_TURN);
}

CAUGHT(rope_half_split, large_sizes, half_rows_in_16_bits, "differ")
bool half_rows_in_16_bits(TURN)
{
    return rope_half_split(x, cosines, sines, n_tokens % 65536, n_heads, d_head);
}

CAUGHT(rope_half_split, random_heads, half_table_kept,
       "keeps something from call to call")
bool half_table_kept(TURN)
{
    static const float *from;
    static float kept[2][4096];
    const size_t n = n_tokens * (d_head / 2);
    if (d_head == 0 || d_head % 2 != 0 || n > 4096)
        return rope_half_split(THE_TURN);
    if (from != cosines) {
        memcpy(kept[0], cosines, n * sizeof(float));
        memcpy(kept[1], sines, n * sizeof(float));
    }
    from = cosines;
    return rope_half_split(x, kept[0], kept[1], n_tokens, n_heads, d_head);
}

// ---- 4.6 rope_score ------------------------------------------------------------------

// The score of two vectors that are `distance` apart.
static bool score_apart(float *score, const float *q, const float *k, double distance,
                        size_t d_head, double base)
{
    if (d_head == 0 || d_head % 2 != 0)
        return false;
    double sum = 0.0;
    for (size_t i = 0; i < d_head / 2; i++) {
        const double angle = distance * pow(base, -2.0 * (double)i / (double)d_head);
        const double q0 = (double)q[2 * i], q1 = (double)q[2 * i + 1];
        const double k0 = (double)k[2 * i], k1 = (double)k[2 * i + 1];
        sum += (q0 * k0 + q1 * k1) * cos(angle) + (q1 * k0 - q0 * k1) * sin(angle);
    }
    *score = (float)sum;
    return true;
}

static double apart(size_t m, size_t n)
{
    return (double)n - (double)m;
}

// The two brackets of a pair, for answers that do something else with them.
static double alike(const float *q, const float *k, size_t i)
{
    return (double)q[2 * i] * (double)k[2 * i] +
           (double)q[2 * i + 1] * (double)k[2 * i + 1];
}

static double across(const float *q, const float *k, size_t i)
{
    return (double)q[2 * i + 1] * (double)k[2 * i] -
           (double)q[2 * i] * (double)k[2 * i + 1];
}

static bool is_odd(size_t d_head)
{
    return d_head == 0 || d_head % 2 != 0;
}

WRONG(rope_score, stays_in_bounds, distance_reversed,
      "The distance, or the sine, has the wrong sign: phi is (n - m) times the speed, "
      "negative for n < m, and the term with the sine is added.")
bool distance_reversed(SCORE)
{
    return score_apart(score, q, k, -apart(m, n), d_head, (double)base);
}

WRONG(rope_score, reference_scores, same_both_ways,
      "The distance, or the sine, has the wrong sign: phi is (n - m) times the speed, "
      "negative for n < m, and the term with the sine is added.")
bool same_both_ways(SCORE)
{
    return score_apart(score, q, k, fabs(apart(m, n)), d_head, (double)base);
}

WRONG(
    rope_score, reference_scores, distance_wrapped,
    "n - m wrapped round: it is negative here, and size_t cannot be. Subtract in double.")
bool distance_wrapped(SCORE)
{
    return score_apart(score, q, k, (double)(n - m), d_head, (double)base);
}

WRONG(
    rope_score, reference_scores, distance_wrapped_back,
    "m - n wrapped round: it is negative here, and size_t cannot be. Subtract in double.")
bool distance_wrapped_back(SCORE)
{
    return score_apart(score, q, k, -(double)(m - n), d_head, (double)base);
}

WRONG(rope_score, far_away, distance_in_int,
      "The distance, or a position, does not fit an int: subtract in double.")
bool distance_in_int(SCORE)
{
    return score_apart(score, q, k, (double)(int32_t)(uint32_t)(n - m), d_head,
                       (double)base);
}

WRONG(rope_score, far_away, positions_in_int,
      "The distance, or a position, does not fit an int: subtract in double.")
bool positions_in_int(SCORE)
{
    return score_apart(score, q, k,
                       (double)(int32_t)(uint32_t)n - (double)(int32_t)(uint32_t)m,
                       d_head, (double)base);
}

WRONG(rope_score, far_away, positions_in_32_bits,
      "A position has more than 32 bits here: convert it to double.")
bool positions_in_32_bits(SCORE)
{
    return score_apart(score, q, k, (double)(uint32_t)n - (double)(uint32_t)m, d_head,
                       (double)base);
}

WRONG(rope_score, far_away, positions_in_float,
      "A float is no place for a large position or distance: it takes 16,777,217 for "
      "16,777,216. Convert positions to double, and then subtract.")
bool positions_in_float(SCORE)
{
    return score_apart(score, q, k, (double)((float)n - (float)m), d_head, (double)base);
}

WRONG(rope_score, far_away, distance_in_float,
      "A float is no place for a large position or distance: it takes 16,777,217 for "
      "16,777,216. Convert positions to double, and then subtract.")
bool distance_in_float(SCORE)
{
    return score_apart(score, q, k, (double)(float)apart(m, n), d_head, (double)base);
}

// The angle as `rounding` 1: rounded at the end, 2: from a float speed, 3: both.
static bool score_in_float(SCORE, int rounding)
{
    double sum = 0.0;
    if (is_odd(d_head))
        return false;
    for (size_t i = 0; i < d_head / 2; i++) {
        double speed = pow((double)base, -2.0 * (double)i / (double)d_head);
        if (rounding >= 2)
            speed = (double)powf(base, -2.0f * (float)i / (float)d_head);
        double angle = apart(m, n) * speed;
        if (rounding != 2)
            angle = (double)(float)angle;
        sum += alike(q, k, i) * cos(angle) + across(q, k, i) * sin(angle);
    }
    *score = (float)sum;
    return true;
}

WRONG(rope_score, far_away, score_of_rounded_angle,
      "A distance or an angle does not fit a float: both in double.")
bool score_of_rounded_angle(SCORE)
{
    return score_in_float(score, q, k, m, n, d_head, base, 1);
}

WRONG(rope_score, far_away, score_of_float_speed,
      "A distance or an angle does not fit a float: both in double.")
bool score_of_float_speed(SCORE)
{
    return score_in_float(score, q, k, m, n, d_head, base, 2);
}

WRONG(rope_score, far_away, score_all_in_float,
      "A distance or an angle does not fit a float: both in double.")
bool score_all_in_float(SCORE)
{
    return score_in_float(score, q, k, m, n, d_head, base, 3);
}

WRONG(
    rope_score, far_away, whole_turns_taken_away,
    "Whole turns are taken away, and a turn has too few digits: cos needs no such help.")
bool whole_turns_taken_away(SCORE)
{
    double sum = 0.0;
    if (is_odd(d_head))
        return false;
    for (size_t i = 0; i < d_head / 2; i++) {
        const double speed = pow((double)base, -2.0 * (double)i / (double)d_head);
        const double angle = fmod(apart(m, n) * speed, 6.2831853);
        sum += alike(q, k, i) * cos(angle) + across(q, k, i) * sin(angle);
    }
    *score = (float)sum;
    return true;
}

WRONG(rope_score, far_away, both_turned_in_float,
      "Angles of far positions do not fit a float: take the difference first, in double.")
bool both_turned_in_float(SCORE)
{
    double sum = 0.0;
    if (is_odd(d_head))
        return false;
    for (size_t i = 0; i < d_head / 2; i++) {
        const float speed = powf(base, -2.0f * (float)i / (float)d_head);
        const double angle = (double)((float)n * speed) - (double)((float)m * speed);
        sum += alike(q, k, i) * cos(angle) + across(q, k, i) * sin(angle);
    }
    *score = (float)sum;
    return true;
}

WRONG(rope_score, far_away, both_turned_in_double,
      "Both are turned, each by its own place, and far places leave a double no digits "
      "for the angle: take the difference first.")
bool both_turned_in_double(SCORE)
{
    double sum = 0.0;
    if (is_odd(d_head))
        return false;
    for (size_t i = 0; i < d_head / 2; i++) {
        const double speed = pow((double)base, -2.0 * (double)i / (double)d_head);
        const double angle = (double)n * speed - (double)m * speed;
        sum += alike(q, k, i) * cos(angle) + across(q, k, i) * sin(angle);
    }
    *score = (float)sum;
    return true;
}

WRONG(rope_score, random_places, length_at_the_same_place,
      "At one place the score is q . k: q and k are different vectors.")
bool length_at_the_same_place(SCORE)
{
    return score_apart(score, q, m == n ? q : k, apart(m, n), d_head, (double)base);
}

WRONG(rope_score, random_places, nothing_at_the_same_place,
      "At one place the score is q . k, and not 0.")
bool nothing_at_the_same_place(SCORE)
{
    if (!score_apart(score, q, k, apart(m, n), d_head, (double)base))
        return false;
    *score = m == n ? 0.0f : *score;
    return true;
}

WRONG(rope_score, reference_scores, positions_added,
      "The positions are added: what counts is their difference.")
bool positions_added(SCORE)
{
    return score_apart(score, q, k, (double)n + (double)m, d_head, (double)base);
}

WRONG(rope_score, reference_scores, only_query, "Only the query was turned.")
bool only_query(SCORE)
{
    (void)n;
    return score_apart(score, q, k, -(double)m, d_head, (double)base);
}

WRONG(rope_score, reference_scores, only_key, "Only the key was turned.")
bool only_key(SCORE)
{
    (void)m;
    return score_apart(score, q, k, (double)n, d_head, (double)base);
}

WRONG(rope_score, reference_scores, nothing_turned,
      "This is the plain dot product: nothing was turned.")
bool nothing_turned(SCORE)
{
    (void)m, (void)n;
    return score_apart(score, q, k, 0.0, d_head, (double)base);
}

WRONG(rope_score, reference_scores, halves_scored,
      "These are the pairs of the other layout: here neighbours turn together.")
bool halves_scored(SCORE)
{
    double sum = 0.0;
    if (is_odd(d_head))
        return false;
    for (size_t i = 0; i < d_head / 2; i++) {
        const float a[2] = {q[i], q[i + d_head / 2]}, b[2] = {k[i], k[i + d_head / 2]};
        const double angle =
            apart(m, n) * pow((double)base, -2.0 * (double)i / (double)d_head);
        sum += alike(a, b, 0) * cos(angle) + across(a, b, 0) * sin(angle);
    }
    *score = (float)sum;
    return true;
}

WRONG(rope_score, reference_scores, score_scaled,
      "The score is divided by the square root of d_head: here it is not.")
bool score_scaled(SCORE)
{
    if (!score_apart(score, q, k, apart(m, n), d_head, (double)base))
        return false;
    *score /= sqrtf((float)d_head);
    return true;
}

// The score with other factors for the two terms of a pair.
static bool score_of_terms(SCORE, double of_cosine, double of_sine)
{
    double sum = 0.0;
    if (is_odd(d_head))
        return false;
    for (size_t i = 0; i < d_head / 2; i++) {
        const double angle =
            apart(m, n) * pow((double)base, -2.0 * (double)i / (double)d_head);
        sum += of_cosine * alike(q, k, i) * cos(angle) +
               of_sine * across(q, k, i) * sin(angle);
    }
    *score = (float)sum;
    return true;
}

WRONG(rope_score, reference_scores, no_sine, "The term with the sine is missing.")
bool no_sine(SCORE)
{
    return score_of_terms(score, q, k, m, n, d_head, base, 1.0, 0.0);
}

WRONG(rope_score, reference_scores, no_cosine, "The term with the cosine is missing.")
bool no_cosine(SCORE)
{
    return score_of_terms(score, q, k, m, n, d_head, base, 0.0, 1.0);
}

// The score with speeds base^-(factor i / d_head).
static bool score_of_speeds(SCORE, double factor)
{
    double sum = 0.0;
    if (is_odd(d_head))
        return false;
    for (size_t i = 0; i < d_head / 2; i++) {
        const double angle =
            apart(m, n) * pow((double)base, -factor * (double)i / (double)d_head);
        sum += alike(q, k, i) * cos(angle) + across(q, k, i) * sin(angle);
    }
    *score = (float)sum;
    return true;
}

WRONG(rope_score, reference_scores, score_of_half_exponents,
      "The exponent is 2i/d with i the number of the pair, not i/d.")
bool score_of_half_exponents(SCORE)
{
    return score_of_speeds(score, q, k, m, n, d_head, base, 1.0);
}

WRONG(rope_score, reference_scores, score_of_columns,
      "The exponent is 2i/d with i the number of the pair, not 4i/d: is i a column here?")
bool score_of_columns(SCORE)
{
    return score_of_speeds(score, q, k, m, n, d_head, base, 4.0);
}

WRONG(rope_score, reference_scores, score_of_one_speed,
      "All pairs turn at one speed: 2 * i / d_head in whole numbers is 0.")
bool score_of_one_speed(SCORE)
{
    return score_of_speeds(score, q, k, m, n, d_head, base, 0.0);
}

WRONG(rope_score, reference_scores, score_faster_and_faster,
      "The exponent is negative: later pairs turn more slowly.")
bool score_faster_and_faster(SCORE)
{
    return score_of_speeds(score, q, k, m, n, d_head, base, -2.0);
}

WRONG(rope_score, random_places, base_fixed,
      "The base is an argument: it is not always 10,000.")
bool base_fixed(SCORE)
{
    (void)base;
    return score_apart(score, q, k, apart(m, n), d_head, 10000.0);
}

WRONG(rope_score, random_places, base_cut_short,
      "The base is cut to a whole number: it is a float.")
bool base_cut_short(SCORE)
{
    return score_apart(score, q, k, apart(m, n), d_head, floor((double)base));
}

WRONG(rope_score, random_places, small_base_refused,
      "A small base is taken for a mistake: any base from 1 upwards is good.")
bool small_base_refused(SCORE)
{
    return base > 1.0f && score_apart(score, q, k, apart(m, n), d_head, (double)base);
}

WRONG(rope_score, random_places, nan_has_no_score,
      "A NaN in q or k was left out: the score is NaN.")
bool nan_has_no_score(SCORE)
{
    double sum = 0.0;
    if (is_odd(d_head))
        return false;
    for (size_t i = 0; i < d_head / 2; i++) {
        const double angle =
            apart(m, n) * pow((double)base, -2.0 * (double)i / (double)d_head);
        if (!isnan(alike(q, k, i)))
            sum += alike(q, k, i) * cos(angle) + across(q, k, i) * sin(angle);
    }
    *score = (float)sum;
    return true;
}

WRONG(rope_score, large_sizes, first_64_scored,
      "Only the first 64 numbers were used: d_head may be larger.")
bool first_64_scored(SCORE)
{
    double sum = 0.0;
    if (is_odd(d_head))
        return false;
    for (size_t i = 0; i < d_head / 2 && i < 32; i++) {
        const double angle =
            apart(m, n) * pow((double)base, -2.0 * (double)i / (double)d_head);
        sum += alike(q, k, i) * cos(angle) + across(q, k, i) * sin(angle);
    }
    *score = (float)sum;
    return true;
}

WRONG(rope_score, large_sizes, first_4096_scored,
      "Only the first 4,096 numbers were used: d_head may be larger.")
bool first_4096_scored(SCORE)
{
    double sum = 0.0;
    if (is_odd(d_head))
        return false;
    for (size_t i = 0; i < d_head / 2 && i < 2048; i++) {
        const double angle =
            apart(m, n) * pow((double)base, -2.0 * (double)i / (double)d_head);
        sum += alike(q, k, i) * cos(angle) + across(q, k, i) * sin(angle);
    }
    *score = (float)sum;
    return true;
}

WRONG(rope_score, reference_scores, last_pair_not_scored, "The last pair is missing.")
bool last_pair_not_scored(SCORE)
{
    double sum = 0.0;
    if (is_odd(d_head))
        return false;
    for (size_t i = 0; i + 1 < d_head / 2; i++) {
        const double angle =
            apart(m, n) * pow((double)base, -2.0 * (double)i / (double)d_head);
        sum += alike(q, k, i) * cos(angle) + across(q, k, i) * sin(angle);
    }
    *score = (float)sum;
    return true;
}

CAUGHT(rope_score, reference_scores, added_to_the_score, "was never written")
bool added_to_the_score(SCORE)
{
    float more;
    if (!score_apart(&more, q, k, apart(m, n), d_head, (double)base))
        return false;
    *score += more;
    return true;
}

CAUGHT(rope_score, refuses_odd, odd_scored, "must return false")
bool odd_scored(SCORE)
{
    return d_head % 2 == 1 || rope_score(score, q, k, m, n, d_head, base);
}

CAUGHT(rope_score, refuses_odd, nothing_scored, "must return false")
bool nothing_scored(SCORE)
{
    return d_head == 0 || rope_score(score, q, k, m, n, d_head, base);
}

CAUGHT(rope_score, refuses_odd, odd_in_32_bits, "must return false")
bool odd_in_32_bits(SCORE)
{
    if (d_head == 0 || fmodf((float)d_head, 2.0f) != 0.0f)
        return false;
    return d_head > 100000 || rope_score(score, q, k, m, n, d_head, base);
}

CAUGHT(rope_score, refuses_odd, score_cleared, "must stay untouched")
bool score_cleared(SCORE)
{
    *score = 0.0f;
    return rope_score(score, q, k, m, n, d_head, base);
}

CAUGHT(rope_score, random_places, speeds_kept, "keeps something from call to call")
bool speeds_kept(SCORE)
{
    static double first;
    first = first > 0.0 ? first : (double)base;
    return score_apart(score, q, k, apart(m, n), d_head, first);
}

CAUGHT(rope_score, random_places, key_kept, "keeps something from call to call")
bool key_kept(SCORE)
{
    static const float *from;
    static float kept[128];
    if (is_odd(d_head) || d_head > 128)
        return rope_score(score, q, k, m, n, d_head, base);
    if (from != k)
        memcpy(kept, k, d_head * sizeof *k);
    from = k;
    return rope_score(score, q, kept, m, n, d_head, base);
}

CAUGHT(rope_score, stays_in_bounds, one_pair_more, "read past the end of")
bool one_pair_more(SCORE)
{
    return rope_score(score, q, k, m, n, d_head, base) && !isinf(q[d_head]);
}

WRONG(rope_score, random_places, base_of_a_million,
      "The base is cut to 1,000,000: it may be any number from 1 upwards.")
bool base_of_a_million(SCORE)
{
    return rope_score(score, q, k, m, n, d_head, fminf(base, 1e6f));
}

CAUGHT(rope_score, random_places, itself_refused, "q and k are the same array")
bool itself_refused(SCORE)
{
    return q != k && rope_score(score, q, k, m, n, d_head, base);
}

// The distance in size_t, and the angle in floats: both at once.
static bool scored_wrapped_in_float(float *score, const float *q, const float *k,
                                    size_t m, size_t n, size_t d_head, float base,
                                    bool rounds_all)
{
    double sum = 0.0;
    if (d_head == 0 || d_head % 2 != 0)
        return false;
    for (size_t i = 0; i < d_head / 2; i++) {
        const float exponent = -2.0f * (float)i / (float)d_head;
        const float narrow = (float)(n - m) * (float)pow((double)base, (double)exponent),
                    narrower = (float)(n - m) * powf(base, exponent);
        const double angle = (double)(rounds_all ? narrower : narrow);
        const double cosine = rounds_all ? (double)cosf(narrower) : cos(angle),
                     sine = rounds_all ? (double)sinf(narrower) : sin(angle);
        const double q0 = (double)q[2 * i], q1 = (double)q[2 * i + 1];
        const double k0 = (double)k[2 * i], k1 = (double)k[2 * i + 1];
        sum += (q0 * k0 + q1 * k1) * cosine + (q1 * k0 - q0 * k1) * sine;
    }
    *score = (float)sum;
    return true;
}

WRONG(rope_score, reference_scores, distance_wrapped_and_rounded,
      "n - m wrapped round: it is negative here, and size_t cannot be. Subtract in "
      "double. And the angle is a float: keep it in double, too.")
bool distance_wrapped_and_rounded(float *score, const float *q, const float *k, size_t m,
                                  size_t n, size_t d_head, float base)
{
    return scored_wrapped_in_float(score, q, k, m, n, d_head, base, false);
}

WRONG(rope_score, reference_scores, distance_wrapped_all_in_float,
      "n - m wrapped round: it is negative here, and size_t cannot be. Subtract in "
      "double. And the angle is a float: keep it in double, too.")
bool distance_wrapped_all_in_float(float *score, const float *q, const float *k, size_t m,
                                   size_t n, size_t d_head, float base)
{
    return scored_wrapped_in_float(score, q, k, m, n, d_head, base, true);
}

// The right angles, and for each pair a wrong sum of its products.
typedef double pair_score(double q0, double q1, double k0, double k1, double angle);

static bool scored_by(pair_score *of_pair, bool last_only, float *score, const float *q,
                      const float *k, size_t m, size_t n, size_t d_head, float base)
{
    double sum = 0.0;
    if (d_head == 0 || d_head % 2 != 0)
        return false;
    for (size_t i = 0; i < d_head / 2; i++) {
        const double angle = ((double)n - (double)m) *
                             pow((double)base, -2.0 * (double)i / (double)d_head);
        sum = (last_only ? 0.0 : sum) + of_pair((double)q[2 * i], (double)q[2 * i + 1],
                                                (double)k[2 * i], (double)k[2 * i + 1],
                                                angle);
    }
    *score = (float)sum;
    return true;
}

static double right_pair(double q0, double q1, double k0, double k1, double angle)
{
    return (q0 * k0 + q1 * k1) * cos(angle) + (q1 * k0 - q0 * k1) * sin(angle);
}

static double pair_with_plus(double q0, double q1, double k0, double k1, double angle)
{
    return (q0 * k0 + q1 * k1) * cos(angle) + (q1 * k0 + q0 * k1) * sin(angle);
}

static double pair_with_minus(double q0, double q1, double k0, double k1, double angle)
{
    return (q0 * k0 - q1 * k1) * cos(angle) + (q1 * k0 - q0 * k1) * sin(angle);
}

static double pair_exchanged(double q0, double q1, double k0, double k1, double angle)
{
    return (q0 * k0 + q1 * k1) * sin(angle) + (q1 * k0 - q0 * k1) * cos(angle);
}

WRONG(rope_score, reference_scores, score_of_last_pair,
      "The score is that of the last pair alone: add up all pairs, with +=.")
bool score_of_last_pair(float *score, const float *q, const float *k, size_t m, size_t n,
                        size_t d_head, float base)
{
    return scored_by(right_pair, true, score, q, k, m, n, d_head, base);
}

WRONG(rope_score, reference_scores, score_with_plus,
      "The factor of the sine is q1 k0 - q0 k1: here the two are added.")
bool score_with_plus(float *score, const float *q, const float *k, size_t m, size_t n,
                     size_t d_head, float base)
{
    return scored_by(pair_with_plus, false, score, q, k, m, n, d_head, base);
}

WRONG(rope_score, reference_scores, score_with_minus,
      "The factor of the cosine is q0 k0 + q1 k1: here the second is subtracted.")
bool score_with_minus(float *score, const float *q, const float *k, size_t m, size_t n,
                      size_t d_head, float base)
{
    return scored_by(pair_with_minus, false, score, q, k, m, n, d_head, base);
}

WRONG(rope_score, reference_scores, score_sine_for_cosine,
      "Cosine and sine are exchanged: q0 k0 + q1 k1 goes with the cosine.")
bool score_sine_for_cosine(float *score, const float *q, const float *k, size_t m,
                           size_t n, size_t d_head, float base)
{
    return scored_by(pair_exchanged, false, score, q, k, m, n, d_head, base);
}

// ------------------------------------------------------ whole blocks, and what is small

// The right head but for what `share_of` makes of a distance from the largest score.
static bool head_with(double (*share_of)(double distance), HEAD)
{
    if (n_tokens == 0 || d_head == 0)
        return false;
    for (size_t t = 0; t < n_tokens; t++) {
        const size_t n_keys = causal ? t + 1 : n_tokens;
        double largest = -INFINITY, sum = 0;
        double *z = malloc(n_tokens * sizeof *z);
        for (size_t s = 0; s < n_keys; s++) {
            z[s] = 0;
            for (size_t i = 0; i < d_head; i++)
                z[s] += (double)q[t * d_head + i] * (double)k[s * d_head + i];
            z[s] /= sqrt((double)d_head);
            largest = fmax(largest, z[s]);
        }
        for (size_t s = 0; s < n_keys; s++)
            sum += z[s] = share_of(z[s] - largest);
        for (size_t s = 0; s < n_tokens; s++)
            att[t * n_tokens + s] = s < n_keys ? (float)(z[s] / sum) : 0;
        for (size_t i = 0; i < d_head; i++) {
            double mixed = 0;
            for (size_t s = 0; s < n_keys; s++)
                mixed += z[s] / sum * (double)v[s * d_head + i];
            out[t * d_head + i] = (float)mixed;
        }
        free(z);
    }
    return true;
}

static double down_to_80(double distance)
{
    return distance < -80 ? 0 : exp(distance);
}

static double normal_floats_only(double distance)
{
    return exp(distance) < 1.17549435e-38 ? 0 : exp(distance);
}

static double far_behind_is_out(double distance)
{
    return distance < -12 ? 0 : exp(distance);
}

WRONG(
    attention_forward, small_shares, deaf_below_80,
    "Keys that are more than 80 behind the largest score are left out: each key that is "
    "heard counts.")
bool deaf_below_80(HEAD)
{
    return head_with(down_to_80, THE_HEAD);
}

WRONG(attention_forward, small_shares, deaf_to_subnormals,
      "Shares below 1e-38 are made 0, and a float holds them.")
bool deaf_to_subnormals(HEAD)
{
    return head_with(normal_floats_only, THE_HEAD);
}

WRONG(
    attention_forward, large_scores, deaf_behind_12,
    "Keys that are more than 12 behind the largest score are left out: each key that is "
    "heard counts.")
bool deaf_behind_12(HEAD)
{
    return head_with(far_behind_is_out, THE_HEAD);
}

WRONG(attention_forward, random_heads, last_of_blocks_hears_less,
      "Where the tokens are a whole number of blocks of 16, the last one gets zeros.")
bool last_of_blocks_hears_less(HEAD)
{
    if (!attention_forward(THE_HEAD))
        return false;
    for (size_t i = 0; i < d_head && n_tokens % 16 == 0; i++)
        out[(n_tokens - 1) * d_head + i] = 0;
    return true;
}

WRONG(add_positions, random_tables, blocks_one_short,
      "Where the numbers are whole blocks of 16, the last one is left as it was.")
bool blocks_one_short(ADDITION)
{
    if (n_tokens > max_seq_len)
        return false;
    const size_t n = n_tokens * d_model;
    for (size_t i = 0; i < n - (n > 0 && n % 16 == 0); i++)
        x[i] += wpe[i];
    return true;
}

WRONG(add_positions, random_tables, single_number_left, "A single number gets nothing.")
bool single_number_left(ADDITION)
{
    return n_tokens * d_model == 1 && max_seq_len > 0 ? true
                                                      : add_positions(THE_ADDITION);
}

WRONG(sinusoidal_table, reference_rows, sine_is_small_angle,
      "The sine of a small angle is made the angle itself: that is right to three digits "
      "only.")
bool sine_is_small_angle(TABLE)
{
    if (!sinusoidal_table(wpe, max_seq_len, d_model))
        return false;
    for (size_t i = 0; i < d_model / 2; i++)
        for (size_t p = 0; p < max_seq_len; p++) {
            const double angle =
                (double)p * pow(10000.0, -2.0 * (double)i / (double)d_model);
            if (angle < 0.0101)
                wpe[p * d_model + 2 * i] = (float)angle;
        }
    return true;
}

WRONG(rope_interleaved, random_heads, near_last_head_of_blocks,
      "Where the heads are a whole number of blocks of 16, the last one is not turned.")
bool near_last_head_of_blocks(TURN)
{
    const size_t n = n_heads - (n_heads > 0 && n_heads % 16 == 0);
    for (size_t t = 0; t < n_tokens && d_head > 0 && d_head % 2 == 0; t++)
        rope_interleaved(x + t * n_heads * d_head, cosines + t * (d_head / 2),
                         sines + t * (d_head / 2), 1, n, d_head);
    return d_head > 0 && d_head % 2 == 0;
}

WRONG(rope_interleaved, any_tables, near_small_is_zero,
      "What is small in the tables is taken for 0: multiply by what they hold.")
bool near_small_is_zero(TURN)
{
    if (d_head == 0 || d_head % 2 != 0)
        return false;
    for (size_t j = 0; j < n_tokens * n_heads * (d_head / 2); j++) {
        const size_t i = j % (d_head / 2),
                     at = j / (d_head / 2) / n_heads * (d_head / 2) + i;
        float *pair = x + j / (d_head / 2) * d_head + 2 * i;
        const float c = fabsf(cosines[at]) < 1e-7f ? 0 : cosines[at],
                    s = fabsf(sines[at]) < 1e-7f ? 0 : sines[at];
        const float first = pair[0], second = pair[1];
        pair[0] = first * c - second * s;
        pair[1] = first * s + second * c;
    }
    return true;
}

WRONG(rope_interleaved, random_heads, near_single_pair_left,
      "A single pair is not turned.")
bool near_single_pair_left(TURN)
{
    return n_tokens * n_heads * d_head == 2 || rope_interleaved(THE_TURN);
}

WRONG(rope_half_split, random_heads, half_last_token_of_blocks,
      "Where the tokens are a whole number of blocks of 16, the last one is not turned.")
bool half_last_token_of_blocks(TURN)
{
    const size_t n = n_tokens - (n_tokens > 0 && n_tokens % 16 == 0);
    return rope_half_split(x, cosines, sines, n, n_heads, d_head);
}

WRONG(
    rope_half_split, random_heads, half_row_of_head_if_square,
    "Where there are as many heads as tokens, the row of the tables is that of the head.")
bool half_row_of_head_if_square(TURN)
{
    if (n_tokens != n_heads || n_tokens < 10)
        return rope_half_split(THE_TURN);
    for (size_t h = 0; h < n_heads; h++)
        for (size_t t = 0; t < n_tokens; t++)
            if (!rope_half_split(x + (t * n_heads + h) * d_head,
                                 cosines + h * (d_head / 2), sines + h * (d_head / 2), 1,
                                 1, d_head))
                return false;
    return true;
}

WRONG(rope_score, random_places, score_blocks_one_short,
      "Where the numbers are whole blocks of 16, the last pair is left out.")
bool score_blocks_one_short(SCORE)
{
    float copy[128] = {0};
    if (d_head == 0 || d_head % 16 != 0 || d_head > 128)
        return rope_score(score, q, k, m, n, d_head, base);
    memcpy(copy, q, (d_head - 2) * sizeof *q);
    return rope_score(score, copy, k, m, n, d_head, base);
}

// -------------------------------------------- rests of blocks, far ends, and what is kept

// A head that hears the last `longest` keys only, if it is masked, and scores up to `most`.
static bool head_from(size_t longest, double most, HEAD)
{
    if (n_tokens == 0 || d_head == 0)
        return false;
    for (size_t t = 0; t < n_tokens; t++) {
        const size_t n = causal ? t + 1 : n_tokens,
                     first = causal && n > longest ? n - longest : 0;
        float *row = att + t * n_tokens;
        memset(row, 0, n_tokens * sizeof *row);
        for (size_t s = first; s < n; s++)
            row[s] = (float)fmin((double)score_of(q + t * d_head, k + s * d_head, d_head),
                                 most);
        softmax(row + first, n - first);
        mix(out + t * d_head, row + first, v + first * d_head, n - first, d_head);
    }
    return true;
}

WRONG(attention_forward, large_sizes, last_1024_heard,
      "Only the last 1,024 keys are heard: token t hears all positions from 0 to t.")
bool last_1024_heard(HEAD)
{
    return head_from(1024, HUGE_VAL, THE_HEAD);
}

WRONG(attention_forward, large_scores, scores_cut_at_ten_thousand,
      "Large scores are cut to one number: subtract the largest of the row, and nothing "
      "need be cut.")
bool scores_cut_at_ten_thousand(HEAD)
{
    return head_from(SIZE_MAX, 1e4, THE_HEAD);
}

WRONG(attention_forward, large_scores, nearly_even_made_even,
      "Shares that are nearly equal are made equal: each has its own size.")
bool nearly_even_made_even(HEAD)
{
    if (!attention_forward(THE_HEAD))
        return false;
    for (size_t t = 0; t < n_tokens; t++) {
        const size_t n = causal ? t + 1 : n_tokens;
        const float even = 1.0f / (float)n;
        bool nearly = true;
        for (size_t s = 0; s < n; s++)
            nearly = nearly && fabsf(att[t * n_tokens + s] - even) < 1e-3f * even;
        for (size_t s = 0; s < n && nearly; s++)
            att[t * n_tokens + s] = even;
    }
    return true;
}

// Blocks of 1,024 keys; `out` keeps the size that it had with the largest score so far.
WRONG(
    attention_forward, large_sizes, mixed_and_not_rescaled,
    "Where a later block of keys holds a larger score, the values that are mixed already "
    "must be made smaller, as the sum of the exponentials is.")
bool mixed_and_not_rescaled(HEAD)
{
    if (n_tokens <= 1024)
        return attention_forward(THE_HEAD);
    if (!attention_forward(THE_HEAD))
        return false;
    for (size_t t = 0; t < n_tokens; t++) {
        const size_t n = causal ? t + 1 : n_tokens;
        double largest[2] = {-INFINITY, -INFINITY}, weight = 1.0, sum = 0.0;
        for (size_t s = 0; s < n; s++) {
            const double score = (double)score_of(q + t * d_head, k + s * d_head, d_head);
            largest[s >= 1024] = fmax(largest[s >= 1024], score);
        }
        if (largest[1] > largest[0])
            weight = exp(largest[1] - largest[0]);
        for (size_t i = 0; i < d_head; i++) {
            sum = 0.0;
            for (size_t s = 0; s < n; s++)
                sum += (s < 1024 ? weight : 1.0) * (double)att[t * n_tokens + s] *
                       (double)v[s * d_head + i];
            out[t * d_head + i] = (float)sum;
        }
    }
    return true;
}

WRONG(attention_forward, small_shares, nearly_alone_is_alone,
      "A key whose share a float holds as 1 is taken for the only one that is heard: the "
      "others have shares yet, and their values may be large.")
bool nearly_alone_is_alone(HEAD)
{
    if (!attention_forward(THE_HEAD))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t s = 0; s < n_tokens; s++)
            if (att[t * n_tokens + s] == 1.0f)
                memcpy(out + t * d_head, v + s * d_head, d_head * sizeof *out);
    return true;
}

static bool all_zero(const float *row, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (row[i] != 0.0f)
            return false;
    return true;
}

WRONG(attention_forward, small_shares, zeros_are_not_heard,
      "A key whose value is all zeros is left out: it has its share like any other.")
bool zeros_are_not_heard(HEAD)
{
    if (n_tokens == 0 || d_head == 0)
        return false;
    for (size_t t = 0; t < n_tokens; t++) {
        float *row = att + t * n_tokens;
        for (size_t s = 0; s < n_tokens; s++)
            row[s] = (causal && s > t) || (t > 0 && all_zero(v + s * d_head, d_head))
                         ? -INFINITY
                         : score_of(q + t * d_head, k + s * d_head, d_head);
        softmax(row, n_tokens);
        mix(out + t * d_head, row, v, causal ? t + 1 : n_tokens, d_head);
    }
    return true;
}

// Blocks of 8, and of a rest of 6 or 7 one too few.
static size_t rest_cut(size_t n)
{
    return n > 8 && n % 8 >= 6 ? n - 1 : n;
}

WRONG(attention_forward, random_heads, last_of_a_rest_not_multiplied,
      "The last number of each query and key is left out here: behind whole blocks there "
      "may be any rest.")
bool last_of_a_rest_not_multiplied(HEAD)
{
    if (n_tokens == 0 || d_head == 0)
        return false;
    for (size_t t = 0; t < n_tokens; t++) {
        float *row = att + t * n_tokens;
        const size_t n = causal ? t + 1 : n_tokens;
        for (size_t s = 0; s < n; s++)
            row[s] = (float)(dot(q + t * d_head, k + s * d_head, rest_cut(d_head)) /
                             sqrt((double)d_head));
        softmax(row, n);
        memset(row + n, 0, (n_tokens - n) * sizeof *row);
        mix(out + t * d_head, row, v, n, d_head);
    }
    return true;
}

WRONG(
    attention_forward, random_heads, last_of_a_rest_not_heard,
    "The last key is left out of the mixture here: behind whole blocks there may be any "
    "rest.")
bool last_of_a_rest_not_heard(HEAD)
{
    if (!attention_forward(THE_HEAD))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        mix(out + t * d_head, att + t * n_tokens, v, rest_cut(causal ? t + 1 : n_tokens),
            d_head);
    return true;
}

CAUGHT(attention_forward, random_heads, shares_kept_for_a_query,
       "keeps something from call to call")
bool shares_kept_for_a_query(HEAD)
{
    static float asked[1024], kept[1024];
    static size_t n_kept;
    const size_t n = n_tokens * d_head;
    if (!attention_forward(THE_HEAD) || n > 1024 || n_tokens > 32)
        return n_tokens > 0 && d_head > 0;
    if (n_kept == n && memcmp(asked, q, n * sizeof *q) == 0) {
        memcpy(att, kept, n_tokens * n_tokens * sizeof *att);
        mix_all(out, att, v, n_tokens, d_head);
        return true;
    }
    n_kept = n;
    memcpy(asked, q, n * sizeof *q);
    memcpy(kept, att, n_tokens * n_tokens * sizeof *att);
    return true;
}

WRONG(add_positions, random_tables, infinite_sums_left,
      "A sum that is too large for a float is not written: it is infinite.")
bool infinite_sums_left(ADDITION)
{
    if (n_tokens > max_seq_len)
        return false;
    for (size_t i = 0; i < n_tokens * d_model; i++) {
        const float sum = x[i] + wpe[i];
        x[i] = isinf(sum) && !isinf(x[i]) && !isinf(wpe[i]) ? x[i] : sum;
    }
    return true;
}

WRONG(
    add_positions, random_tables, ends_with_zeros,
    "The table is taken to end with a row of zeros: it has max_seq_len rows, and any of "
    "them may be zeros.")
bool ends_with_zeros(ADDITION)
{
    if (n_tokens > max_seq_len)
        return false;
    for (size_t t = 0; t < n_tokens && !all_zero(wpe + t * d_model, d_model); t++)
        for (size_t i = 0; i < d_model; i++)
            x[t * d_model + i] += wpe[t * d_model + i];
    return true;
}

WRONG(
    add_positions, random_tables, last_of_a_rest_not_added,
    "The last number of each row gets nothing here: behind whole blocks there may be any "
    "rest.")
bool last_of_a_rest_not_added(ADDITION)
{
    if (n_tokens > max_seq_len)
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < rest_cut(d_model); i++)
            x[t * d_model + i] += wpe[t * d_model + i];
    return true;
}

WRONG(add_positions, random_tables, square_table_turned,
      "Where the table is as long as it is wide, its columns are taken for rows.")
bool square_table_turned(ADDITION)
{
    if (max_seq_len != d_model || n_tokens > max_seq_len)
        return add_positions(THE_ADDITION);
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            x[t * d_model + i] += wpe[i * d_model + t];
    return true;
}

CAUGHT(add_positions, random_tables, sums_kept, "keeps something from call to call")
bool sums_kept(ADDITION)
{
    static float before[1024], after[1024];
    static size_t n_kept;
    const size_t n = n_tokens * d_model;
    if (n_tokens > max_seq_len || n > 1024)
        return add_positions(THE_ADDITION);
    if (n == n_kept && memcmp(before, x, n * sizeof *x) == 0) {
        memcpy(x, after, n * sizeof *x);
        return true;
    }
    n_kept = n;
    memcpy(before, x, n * sizeof *x);
    add_positions(THE_ADDITION);
    memcpy(after, x, n * sizeof *x);
    return true;
}

WRONG(sinusoidal_table, random_sizes, last_hand_of_a_rest_stands,
      "The last hand does not turn here: behind whole blocks there may be any rest.")
bool last_hand_of_a_rest_stands(TABLE)
{
    if (!sinusoidal_table(wpe, max_seq_len, d_model))
        return false;
    for (size_t p = 0; p < max_seq_len && rest_cut(d_model / 2) < d_model / 2; p++) {
        wpe[(p + 1) * d_model - 2] = 0.0f;
        wpe[(p + 1) * d_model - 1] = 1.0f;
    }
    return true;
}

WRONG(sinusoidal_table, random_sizes, square_waves_turned,
      "Where the table is as long as it is wide, rows and columns are exchanged.")
bool square_waves_turned(TABLE)
{
    if (max_seq_len != d_model || d_model < 10)
        return sinusoidal_table(wpe, max_seq_len, d_model);
    float *copy = malloc(d_model * d_model * sizeof *copy);
    const bool good = sinusoidal_table(copy, max_seq_len, d_model);
    for (size_t at = 0; at < d_model * d_model && good; at++)
        wpe[at] = copy[at % d_model * d_model + at / d_model];
    free(copy);
    return good;
}

// The pairs from rest_cut on stay as they were.
static bool turn_but_the_rest(TURN, bool halves)
{
    const size_t pairs = d_head / 2, n = n_tokens * n_heads * d_head;
    float *old = malloc(n * sizeof *old + 1);
    const bool good = d_head > 0 && d_head % 2 == 0;
    for (size_t j = 0; j < n && good; j++)
        old[j] = x[j];
    if (good && halves)
        rope_half_split(THE_TURN);
    else if (good)
        rope_interleaved(THE_TURN);
    for (size_t row = 0; row < n_tokens * n_heads && good; row++)
        for (size_t i = rest_cut(pairs); i < pairs; i++) {
            const size_t a = row * d_head + (halves ? i : 2 * i),
                         b = a + (halves ? pairs : 1);
            x[a] = old[a];
            x[b] = old[b];
        }
    free(old);
    return good;
}

// What is a little beyond 1 in the tables becomes 1.
static bool turn_within_one(TURN, bool halves)
{
    const size_t n = n_tokens * (d_head / 2);
    float *tables = malloc(2 * n * sizeof *tables + 1);
    for (size_t j = 0; j < 2 * n; j++) {
        const float value = j < n ? cosines[j] : sines[j - n];
        tables[j] =
            fabsf(value) > 1 && fabsf(value) < 1.01f ? copysignf(1, value) : value;
    }
    const bool good = (halves ? rope_half_split : rope_interleaved)(
        x, tables, tables + n, n_tokens, n_heads, d_head);
    free(tables);
    return good;
}

WRONG(
    rope_interleaved, random_heads, near_last_of_a_rest_left,
    "The last pair of each head is not turned here: behind whole blocks there may be any "
    "rest.")
bool near_last_of_a_rest_left(TURN)
{
    return turn_but_the_rest(THE_TURN, false);
}

WRONG(
    rope_half_split, random_heads, half_last_of_a_rest_left,
    "The last pair of each head is not turned here: behind whole blocks there may be any "
    "rest.")
bool half_last_of_a_rest_left(TURN)
{
    return turn_but_the_rest(THE_TURN, true);
}

WRONG(rope_interleaved, any_tables, near_within_one,
      "What is a little more than 1 in the tables is made 1: multiply by what they hold.")
bool near_within_one(TURN)
{
    return turn_within_one(THE_TURN, false);
}

WRONG(rope_half_split, any_tables, half_within_one,
      "What is a little more than 1 in the tables is made 1: multiply by what they hold.")
bool half_within_one(TURN)
{
    return turn_within_one(THE_TURN, true);
}

CAUGHT(rope_interleaved, any_tables, near_one_table_refused,
       "cosines and sines are the same array")
bool near_one_table_refused(TURN)
{
    return cosines != sines && rope_interleaved(THE_TURN);
}

CAUGHT(rope_half_split, any_tables, half_one_table_refused,
       "cosines and sines are the same array")
bool half_one_table_refused(TURN)
{
    return cosines != sines && rope_half_split(THE_TURN);
}

CAUGHT(rope_interleaved, random_heads, near_cosines_kept,
       "keeps something from call to call")
bool near_cosines_kept(TURN)
{
    static float sines_then[1024], cosines_then[1024];
    static size_t n_kept;
    const size_t n = n_tokens * (d_head / 2);
    if (d_head == 0 || d_head % 2 != 0 || n > 1024)
        return rope_interleaved(THE_TURN);
    if (n != n_kept || memcmp(sines_then, sines, n * sizeof *sines) != 0) {
        memcpy(sines_then, sines, n * sizeof *sines);
        memcpy(cosines_then, cosines, n * sizeof *cosines);
        n_kept = n;
    }
    return rope_interleaved(x, cosines_then, sines, n_tokens, n_heads, d_head);
}

WRONG(rope_half_split, random_heads, half_last_head_of_a_rest_left,
      "The last head of each token is not turned here: behind whole blocks there may be "
      "any rest.")
bool half_last_head_of_a_rest_left(TURN)
{
    for (size_t t = 0; t < n_tokens && d_head > 0 && d_head % 2 == 0; t++)
        rope_half_split(x + t * n_heads * d_head, cosines + t * (d_head / 2),
                        sines + t * (d_head / 2), 1, rest_cut(n_heads), d_head);
    return d_head > 0 && d_head % 2 == 0;
}

WRONG(rope_score, random_places, last_of_a_rest_not_scored,
      "The last pair is missing here: behind whole blocks there may be any rest.")
bool last_of_a_rest_not_scored(SCORE)
{
    double sum = 0.0;
    if (is_odd(d_head))
        return false;
    for (size_t i = 0; i < rest_cut(d_head / 2); i++) {
        const double angle =
            apart(m, n) * pow((double)base, -2.0 * (double)i / (double)d_head);
        sum += alike(q, k, i) * cos(angle) + across(q, k, i) * sin(angle);
    }
    *score = (float)sum;
    return true;
}

WRONG(rope_score, far_away, nothing_beyond_the_window,
      "Beyond some distance the score is made 0: it has no such window.")
bool nothing_beyond_the_window(SCORE)
{
    if (!score_apart(score, q, k, apart(m, n), d_head, (double)base))
        return false;
    *score = fabs(apart(m, n)) > 64 && fabs(apart(m, n)) < 5000 ? 0.0f : *score;
    return true;
}

CAUGHT(rope_score, random_places, speeds_kept_for_a_width,
       "keeps something from call to call")
bool speeds_kept_for_a_width(SCORE)
{
    static size_t width;
    static double base_then;
    if (width != d_head)
        base_then = (double)base;
    width = d_head;
    return score_apart(score, q, k, apart(m, n), d_head, base_then);
}

CAUGHT(rope_score, random_places, base_near_one_refused, "must return true")
bool base_near_one_refused(SCORE)
{
    return (base == 1.0f || base > 1.2f) && rope_score(score, q, k, m, n, d_head, base);
}

CAUGHT(attention_forward, random_heads, two_of_three_refused,
       "k and v are the same array")
bool two_of_three_refused(HEAD)
{
    return (v != k || q == k) && attention_forward(THE_HEAD);
}

WRONG(rope_score, random_places, ends_with_a_pair_of_zeros,
      "The sum ends at a pair of zeros: the pairs behind it count.")
bool ends_with_a_pair_of_zeros(SCORE)
{
    double sum = 0.0;
    if (is_odd(d_head))
        return false;
    for (size_t i = 0; i < d_head / 2; i++) {
        const double angle =
            apart(m, n) * pow((double)base, -2.0 * (double)i / (double)d_head);
        if (all_zero(q + 2 * i, 2) || all_zero(k + 2 * i, 2))
            break;
        sum += alike(q, k, i) * cos(angle) + across(q, k, i) * sin(angle);
    }
    *score = (float)sum;
    return true;
}

// A pair that its row of the tables leaves alone ends the head.
static bool turn_up_to_a_pair_at_rest(TURN, bool halves)
{
    const size_t pairs = d_head / 2, apart = halves ? pairs : 1;
    if (is_odd(d_head))
        return false;
    for (size_t row = 0; row < n_tokens * n_heads; row++)
        for (size_t i = 0; i < pairs; i++) {
            const float c = cosines[row / n_heads * pairs + i];
            const float s = sines[row / n_heads * pairs + i];
            float *a = x + row * d_head + (halves ? i : 2 * i), *b = a + apart;
            const float old_a = *a, old_b = *b;
            if (c == 1.0f && s == 0.0f)
                break;
            *a = old_a * c - old_b * s;
            *b = old_a * s + old_b * c;
        }
    return true;
}

WRONG(
    rope_interleaved, any_tables, near_ends_at_a_pair_at_rest,
    "Where a pair has cosine 1 and sine 0 the pairs behind it are left alone, too: each "
    "pair has numbers of its own in the tables.")
bool near_ends_at_a_pair_at_rest(TURN)
{
    return turn_up_to_a_pair_at_rest(THE_TURN, false);
}

WRONG(
    rope_half_split, any_tables, half_ends_at_a_pair_at_rest,
    "Where a pair has cosine 1 and sine 0 the pairs behind it are left alone, too: each "
    "pair has numbers of its own in the tables.")
bool half_ends_at_a_pair_at_rest(TURN)
{
    return turn_up_to_a_pair_at_rest(THE_TURN, true);
}

WRONG(rope_score, random_places, small_angles_have_no_sine,
      "A small angle is taken for 0: its sine is small, and may be all there is.")
bool small_angles_have_no_sine(SCORE)
{
    double sum = 0.0;
    if (is_odd(d_head))
        return false;
    for (size_t i = 0; i < d_head / 2; i++) {
        double angle = apart(m, n) * pow((double)base, -2.0 * (double)i / (double)d_head);
        angle = fabs(angle) < 1e-4 ? 0.0 : angle;
        sum += alike(q, k, i) * cos(angle) + across(q, k, i) * sin(angle);
    }
    *score = (float)sum;
    return true;
}

WRONG(attention_forward, random_heads, alone_needs_a_mask,
      "A text of one token is refused where there is no mask: it is no error.")
bool alone_needs_a_mask(float *out, float *att, const float *q, const float *k,
                        const float *v, size_t n_tokens, size_t d_head, bool causal)
{
    return (causal || n_tokens > 1) &&
           attention_forward(out, att, q, k, v, n_tokens, d_head, causal);
}
