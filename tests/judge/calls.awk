# From the prototypes of a chapter, tests/NN_name.h, to what carries a call from a test to
# the process that makes it: for each function a struct of its arguments, for the test
# `judged_NAME`, which looks and returns like the function, and for the caller `run_NAME`.
#
#     awk -f tests/judge/calls.awk tests/01_lookup.h

function squeeze(s)
{
    gsub(/[ \t\r\n]+/, " ", s)
    sub(/^ /, "", s)
    sub(/ $/, "", s)
    return s
}

function kind_of(type)
{
    gsub(/const /, "", type)
    if (!(type ~ /\*/))
        return type == "float" || type == "double" ? "A_" toupper(type) : \
               type == "bool" ? "A_BOOL" : type == "uint32_t" ? "AN_ID" : \
               type == "uint64_t" ? "A_WIDE" : "A_SIZE"
    sub(/ *\*.*/, "", type)
    return type in is_function ? "A_FUNCTION" : type == "float" ? "FLOATS" : \
           type == "double" ? "DOUBLES" : type == "uint32_t" ? "IDS" : \
           type == "size_t" ? "SIZES" : type == "uint64_t" ? "WIDES" : "BYTES"
}

function prototype(text,    head, inside, n, i, parts, name, type, names, types, k)
{
    head = inside = text
    sub(/ *\(.*/, "", head)
    sub(/^[^(]*\(/, "", inside)
    sub(/\)[^)]*$/, "", inside)
    name = head
    sub(/.*[ *]/, "", name)
    type = substr(head, 1, length(head) - length(name))
    n = split(inside, parts, ",")
    printf "\nstruct call_%s {\n", name
    for (i = 1; i <= n; i++) {
        parts[i] = squeeze(parts[i])
        names[i] = parts[i]
        sub(/.*[ *]/, "", names[i])
        types[i] = squeeze(substr(parts[i], 1, length(parts[i]) - length(names[i])))
        printf "    %s;\n", parts[i]
    }
    printf "    %sresult;\n};\n", type
    printf "#if defined(THE_CALLER)\nstatic void run_%s(void (*judged)(void), void *at)\n{\n", name
    printf "    struct call_%s *call = at;\n    call->result = ((__typeof__(&%s))judged)(", name, name
    for (i = 1; i <= n; i++) {
        printf "%s", (i > 1 ? ", " : "")
        if (kind_of(types[i]) == "A_FUNCTION")
            printf "(%s)judge_callbacks[(uintptr_t)call->%s]", types[i], names[i]
        else
            printf "call->%s", names[i]
    }
    printf ");\n}\n#else\nstatic const struct parameter parameters_%s[] = {\n", name
    for (i = 1; i <= n; i++)
        printf "    {\"%s\", %s, %s, offsetof(struct call_%s, %s)},\n", names[i], \
            kind_of(types[i]), (types[i] ~ /^const/ ? "true" : "false"), name, names[i]
    k = type ~ /^bool / ? "A_BOOL" : type ~ /^float / ? "A_FLOAT" : \
        type ~ /^double / ? "A_DOUBLE" : "A_SIZE"
    printf "};\nstatic const struct signature signature_%s = {\n", name
    printf "    \"%s\", %d, parameters_%s, %d, sizeof(struct call_%s),\n", name, n_functions, name, n, name
    printf "    {\"the result\", %s, false, offsetof(struct call_%s, result)}};\n", k, name
    printf "static inline %sjudged_%s(%s)\n{\n    struct call_%s call = {", type, name, squeeze(inside), name
    for (i = 1; i <= n; i++)
        printf "%s.%s = %s", (i > 1 ? ", " : ""), names[i], names[i]
    printf "};\n    judge_call(&signature_%s, &call);\n    return call.result;\n}\n#endif\n", name
    functions[n_functions++] = name
}

BEGIN {
    print "// Made by tests/judge/calls.awk from " ARGV[1] "; not to be edited."
    print "\n// The functions that a test may hand over: on the way an index stands for each."
    print "#if !defined(CALLBACKS)\n#define CALLBACKS NULL\n#endif"
    print "#if defined(THE_CALLER)\nstatic\n#endif"
    print "void (*const judge_callbacks[])(void) = {CALLBACKS, NULL};"
}

/^#/ { next }
{
    sub(/\/\/.*/, "")
    text = text " " $0
}
/;/ {
    text = squeeze(text)
    sub(/;.*/, "", text)
    if (text ~ /^typedef /) {
        name = text
        sub(/ *\(.*/, "", name)
        sub(/.* /, "", name)
        is_function[name] = 1
    } else if (text ~ /^JUDGED /) {
        sub(/^JUDGED /, "", text)
        prototype(text)
    }
    text = ""
}

END {
    print "\n#if defined(THE_CALLER)\nstatic const struct runs runs[] = {"
    for (i = 0; i < n_functions; i++)
        printf "    {run_%s, sizeof(struct call_%s), offsetof(struct call_%s, result)},\n", \
            functions[i], functions[i], functions[i]
    print "};\n#endif"
    if (n_functions == 0) {
        print "#error no prototype with JUDGED in front in " ARGV[1]
    }
}
