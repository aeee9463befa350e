// Included first where a file is compiled though the compiler finds, or was told not to say,
// that a function ends without return.
//
// What comes back from such a function is what happens to lie in a register, which may be right
// by chance. Or nothing ever comes to that end. So each function of the file calls this one last
// (-finstrument-functions), which leaves there what is neither true nor false, and, where a
// number would come back beside it, one that nobody wants. (Without optimising, a compiler may
// keep what it never had in its own place across that call; where values share places, gcc
// takes that of what another return gives.) The names are reserved: no file has them, and none
// may ask to be left out.
#if !defined(__clang__)
#pragma GCC optimize("no-tree-coalesce-vars")
#endif

#if defined(__x86_64__)
typedef struct {
    long word;
    double number;
} __last_words;
#define __LAST_WORDS                                                                     \
    (__last_words)                                                                       \
    {                                                                                    \
        0x5a5a5a5a, 0x1.a5a5a5a5a5a5ap+422                                               \
    }
#else
typedef long __last_words;
#define __LAST_WORDS 0x5a5a5a5a
#endif

#define __LAST_WORDS_TEXT(x) #x
#define __LAST_WORDS_NAME(prefix, name) __LAST_WORDS_TEXT(prefix) name
#define __LAST_WORDS_OF(function, name)                                                  \
    __attribute__((no_instrument_function, unused, visibility("hidden"))) __last_words   \
    function(void) __asm__(__LAST_WORDS_NAME(__USER_LABEL_PREFIX__, name));              \
    __last_words function(void)                                                          \
    {                                                                                    \
        return __LAST_WORDS;                                                             \
    }

__LAST_WORDS_OF(__last_words_enter, "__cyg_profile_func_enter")
__LAST_WORDS_OF(__last_words_exit, "__cyg_profile_func_exit")

#pragma GCC poison no_instrument_function __no_instrument_function__
#pragma GCC poison __cyg_profile_func_enter __cyg_profile_func_exit
