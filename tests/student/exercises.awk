# The one reader of a chapter's exercises:
#   awk -f tests/student/exercises.awk COMMAND chapters/NN_name.c ...
#
#   list FILE               number, function, title, first line, state, last line
#   question FILE           the chapter's question
#   hint FILE E WHICH       that hint of exercise E as it is written (0: how many there are)
#   pristine FILE E HEADER  the chapter with exercise E put back as it was in the beginning
#   verdicts FILE RESULTS   number, function, title, line, verdict, test, message: see verdicts()
#   fault FILE POINTS       what is wrong with it as a text, in a sentence, or nothing
#   near FILE NAME          a function of the file that has nearly that name, and its line
#   onward FILE             line and title of the section that follows the last exercise
#
# An exercise is "written" if its body is another than the one that it had; "missing" if the
# file has no function of its name.

BEGIN {
    command = ARGV[1]
    if (command == "question") {
        print_line(question(ARGV[2]))
        exit 0
    }
    read_chapter(ARGV[2])
    if (command == "list")
        list()
    else if (command == "hint")
        hint(ARGV[3], ARGV[4])
    else if (command == "pristine")
        exit !pristine(ARGV[3], ARGV[4])
    else if (command == "verdicts")
        verdicts(ARGV[3])
    else if (command == "fault")
        print_line(fault(ARGV[2], ARGV[3]))
    else if (command == "near")
        near(ARGV[3])
    else if (command == "onward")
        onward()
    else
        exit 2
    exit 0
}

# ------------------------------------------------------------------ reading
function squeeze(s)
{
    gsub(/[ \t\r\n]+/, " ", s)
    sub(/^ /, "", s)
    sub(/ $/, "", s)
    return s
}

# Line i of the file as logic reads it.
function plain_line(i,    s)
{
    s = line[i]
    sub(/\r$/, "", s)
    return s
}

# Fills line[1..n_lines], prose[i] (is line i text, not code?), code[i] (what of line i the compiler
# reads, without what stands in quotes) and, for each exercise k, number, title, name, heading,
# first (line of the signature), open (line of its "{"), closing (line of its "}"; 0 = not found),
# signature, state.
function read_chapter(path,    s, inside, k, i)
{
    n_lines = n_exercises = inside = in_comment = left_out = 0
    in_directive = 0
    quote = ""
    while ((getline s < path) > 0)
        line[++n_lines] = s
    close(path)
    for (i = 1; i <= n_lines; i++) {
        s = plain_line(i)
        if (i == 1)
            sub(/^\357\273\277/, "", s)
        if (s == "/*" && !inside)
            inside = i
        prose[i] = inside > 0
        k = inside ? index(s, "*/") : 0
        code[i] = inside && !k ? "" : read_code(k ? substr(s, k + 2) : s)
        for (; k && s != "*/" && inside <= i; inside++)
            prose[inside] = 0 # a comment of code, which ends behind a blank
        if (k)
            inside = 0
        if (s == "*/") # the end of whatever somebody forgot to end, too
            in_comment = left_out = 0
        if (inside && s ~ /^## Exercise [0-9]+\.[0-9]+: .*\.exercise/)
            read_heading(++n_exercises, i, s)
    }
    for (k = 1; k <= n_exercises; k++)
        find_function(k)
}

# Of a line its code: no comment, nothing in quotes, and none of what "#if 0" leaves out.
function read_code(s)
{
    if (in_comment || quote != "" || s ~ /["\047]|\/[\/*]/)
        s = without_words(s)
    if (s ~ /^[ \t]*#[ \t]*(if|ifdef|ifndef|elif|else|endif)([^A-Za-z0-9_]|$)/) {
        look_at_condition(s)
        return ""
    }
    if (left_out || in_directive || s ~ /^[ \t]*#/) { # the braces of a macro are not in balance
        in_directive = s ~ /\\$/ && (in_directive || s ~ /^[ \t]*#/)
        sub(/#.*$/, "#", s)
        return left_out || s !~ /#$/ ? "" : s
    }
    return s
}

# Blanks stand for what is taken out. A comment behind // and what stands in quotes go on in the
# next line where a backslash is the last of this one.
function without_words(s,    text, c, k)
{
    for (k = 1; k <= length(s); k++) {
        c = substr(s, k, 1)
        if (in_comment) {
            if (substr(s, k, 2) == "*/") {
                in_comment = 0
                k++
            }
            c = " "
        } else if (quote == "//") {
            c = " "
        } else if (quote != "") {
            if (c == "\\")
                k++
            if (c == quote)
                quote = ""
            c = " "
        } else if (substr(s, k, 2) == "//") {
            quote = "//"
            c = " "
        } else if (substr(s, k, 2) == "/*") {
            in_comment = 1
            k++
            c = " "
        } else if (c == "\"" || c == "\047") {
            quote = c
            c = " "
        }
        text = text c
    }
    if (s !~ /\\$/)
        quote = ""
    return text
}

# left_out counts the conditions that are open since one left out what follows.
function look_at_condition(s)
{
    if (s ~ /# *(if|ifdef|ifndef)([^A-Za-z0-9_]|$)/) {
        if (left_out || s ~ /# *if[ \t]+0[ \t]*$/)
            left_out++
    } else if (left_out == 1 || (left_out && s ~ /# *endif/)) {
        left_out--
    }
}

function read_heading(k, i, s)
{
    heading[k] = i
    number[k] = title[k] = name[k] = s
    sub(/^## Exercise /, "", number[k])
    sub(/:.*$/, "", number[k])
    sub(/^## Exercise [0-9.]+: /, "", title[k])
    sub(/ *\{#.*$/, "", title[k])
    sub(/^.*\{#/, "", name[k])
    sub(/[ }].*$/, "", name[k])
    gsub(/-/, "_", name[k])
}

# Does the definition of a function of that name begin in line i? (A prototype ends with ";".)
function defines(i, wanted,    s)
{
    s = code[i]
    if (s !~ /^([A-Za-z_]|[ \t]+EXERCISE )/ || s ~ /^(return|else)[^A-Za-z0-9_]/ ||
        s !~ ("(^|[^A-Za-z0-9_])" wanted "[ \t]*\\("))
        return 0
    while (s !~ /[{;]/ && i < n_lines && !prose[i + 1])
        s = s code[++i]
    return s !~ /^[^{]*;/
}

# The line where the function ends whose "{" is in line i: with a brace in the first column, or on
# that very line; 0 if that is not clear. Where braces are missing, the first such brace is it.
function end_of(i,    from, s, depth, ended, column, any)
{
    from = i
    for (depth = 0; i <= n_lines && !prose[i] && !ended; i++) {
        for (s = code[i]; !ended && match(s, /[{}]/); s = substr(s, RSTART + 1)) {
            depth += substr(s, RSTART, 1) == "{" ? 1 : -1
            ended = depth ? 0 : i
        }
        if (code[i] ~ /^}/ && !column)
            column = i
        if (plain_line(i) ~ /^}/ && !any)
            any = i
    }
    if (ended && (code[ended] ~ /^}/ || ended == from))
        return s ~ /^[ \t;]*$/ ? ended : 0
    # there is one brace too many, or what begins here is another function
    for (i = ended; ended && i < n_lines && !prose[++i];)
        if (code[i] ~ /^[A-Za-z_#}]/)
            return code[i] ~ /^}/ ? i : 0
    return ended ? 0 : column ? column : any # behind a comment without an end nothing is code
}

# The function of an exercise stands below its heading, or, if somebody moved it, elsewhere.
function find_function(k,    i, s, at, text, last)
{
    first[k] = open[k] = closing[k] = 0
    signature[k] = ""
    last = k < n_exercises ? heading[k + 1] : n_lines
    for (i = heading[k]; i <= last && !first[k]; i++)
        if (defines(i, name[k]))
            first[k] = i
    for (i = 1; i <= n_lines && !first[k]; i++)
        if (defines(i, name[k]))
            first[k] = i
    if (!first[k]) {
        state[k] = "missing"
        return
    }
    # the type may stand on a line of its own
    while (plain_line(first[k] - 1) ~ /^[A-Za-z_][A-Za-z0-9_ *]*$/ && !prose[first[k] - 1])
        first[k]--
    for (i = first[k]; i <= n_lines && !prose[i] && !open[k]; i++) {
        s = plain_line(i)
        at = index(s, "{")
        signature[k] = squeeze(signature[k] " " (at ? substr(s, 1, at - 1) : s))
        if (at)
            open[k] = i
    }
    if (open[k])
        closing[k] = end_of(open[k])
    text = open[k] ? line[open[k]] : ""
    sub(/^[^{]*\{/, "", text)
    for (i = open[k] + 1; i < closing[k]; i++)
        text = text "\n" line[i]
    state[k] = bare(text "\n") == bare(stub(signature[k])) ? "not written" : "written"
}

# ------------------------------------------------------------------ the empty function
# "EXERCISE bool f(float *a, size_t n)" -> names[1] = "a", names[2] = "n"; the number of them
function parameters(signature, names,    inside, n, k)
{
    inside = signature
    sub(/^[^(]*\(/, "", inside)
    sub(/\)[^)]*$/, "", inside)
    if (squeeze(inside) == "void" || squeeze(inside) == "")
        return 0
    n = split(inside, names, ",")
    for (k = 1; k <= n; k++) {
        sub(/(\[[^]]*\][ ]*)+$/, "", names[k])
        names[k] = squeeze(names[k])
        sub(/^.*[^A-Za-z0-9_]/, "", names[k])
    }
    return n
}

# The body that an unwritten exercise has, between its braces.
function stub(signature,    names, n, k, text, body, item, type)
{
    body = "    // your code here\n"
    n = parameters(signature, names)
    text = "   "
    for (k = 1; k <= n; k++) {
        item = " (void)" names[k] (k < n ? "," : ";")
        if (length(text) + length(item) > 90) {
            body = body text "\n"
            text = "       "
        }
        text = text item
    }
    if (n > 0)
        body = body text "\n"
    type = signature
    sub(/\(.*$/, "", type)
    sub(/[A-Za-z0-9_]+[ ]*$/, "", type)
    if (type ~ /\*/)
        return body "    return NULL;\n"
    if (type ~ /bool/)
        return body "    return false;\n"
    if (type ~ /float|double/)
        return body "    return NAN;\n"
    if (type ~ /void/)
        return body
    return body "    return 0;\n"
}

# Only the code of a body: no comments, no spaces.
function bare(body)
{
    gsub(/\/\/[^\n]*/, "", body)
    gsub(/[ \t\r\n]+/, "", body)
    return body
}

# "bool f(float *a, size_t n)" laid out as the chapters do: 90 columns, lined up at the bracket.
function laid_out(signature,    at, head, inside, n, k, parts, text, row, item, pad)
{
    at = index(signature, "(")
    head = substr(signature, 1, at)
    inside = substr(signature, at + 1)
    pad = sprintf("%" at "s", "")
    n = split(inside, parts, ", ")
    row = head
    text = ""
    for (k = 1; k <= n; k++) {
        item = parts[k] (k < n ? "," : "")
        if (length(row) + length(item) + (row == head || row == pad ? 0 : 1) > 90) {
            text = text row "\n"
            row = pad item
        } else {
            row = row (row == head || row == pad ? "" : " ") item
        }
    }
    return text row
}

# The prototype in the header, which is what the tests call, on one line.
function prototype(path, wanted,    s, text, found, parts, n, k)
{
    while ((getline s < path) > 0) {
        sub(/\r$/, "", s)
        sub(/\/\/.*$/, "", s)
        if (s !~ /^#/)
            text = text " " s
    }
    close(path)
    n = split(text, parts, ";")
    for (k = 1; k <= n; k++)
        if (squeeze(parts[k]) ~ ("^JUDGED .*[^A-Za-z0-9_]" wanted "[ ]*\\(")) {
            found = squeeze(parts[k])
            sub(/^JUDGED /, "EXERCISE ", found)
        }
    return found
}

function pristine(e, header,    k, i, wanted, text)
{
    for (k = 1; k <= n_exercises; k++)
        if (number[k] "" == e "")
            break
    if (k > n_exercises || !closing[k])
        return 0
    wanted = prototype(header, name[k])
    if (wanted == "")
        wanted = signature[k]
    for (i = 1; i < first[k]; i++)
        print line[i]
    if (wanted == signature[k] && line[open[k]] ~ /^\{/)
        for (i = first[k]; i < open[k]; i++)
            print line[i]
    else
        text = laid_out(wanted) "\n"
    text = text "{\n" stub(wanted) "}\n"
    if (line[first[k]] ~ /\r$/)
        gsub(/\n/, "\r\n", text)
    printf "%s", text
    for (i = closing[k] + 1; i <= n_lines; i++)
        print line[i]
    return 1
}

# ------------------------------------------------------------------ what a chapter says of itself
function list(    k)
{
    for (k = 1; k <= n_exercises; k++)
        printf "%s\t%s\t%s\t%d\t%s\t%d\n", number[k], name[k], title[k],
            first[k] ? first[k] : heading[k], state[k], closing[k]
}

function heading_text(s)
{
    sub(/^#+ /, "", s)
    sub(/ *\{#[^}]*\} *$/, "", s)
    return s
}

# It stands at the top: the rest is not read.
function question(path,    s, inside)
{
    while ((getline s < path) > 0) {
        sub(/\r$/, "", s)
        sub(/^\357\273\277/, "", s)
        inside = s == "/*" || (inside && !index(s, "*/"))
        if (inside && s ~ /^# /) {
            close(path)
            return heading_text(s)
        }
    }
    close(path)
}

function print_line(s)
{
    if (s != "")
        print s
}

# The exercises that have points must be there.
function fault(path, points,    s, row, part, k, n, there)
{
    if (question(path) == "")
        return path " does not read like a chapter: its first heading, \"# ...\", is gone."
    n = path
    sub(/^.*\//, "", n)
    sub(/_.*$/, "", n)
    sub(/^0/, "", n)
    for (k = 1; k <= n_exercises; k++)
        there[number[k]] = 1
    s = ""
    while (s == "" && (getline row < points) > 0) {
        split(row, part, "\t")
        if (index(part[1], n ".") == 1 && !(part[1] in there))
            s = path " has lost the heading of exercise " part[1] ", " part[2] "."
    }
    close(points)
    return s
}

function onward(    k, i)
{
    for (k = 1; k <= n_exercises; k++)
        if (heading[k] > i)
            i = heading[k]
    for (i++; i <= n_lines; i++)
        if (prose[i] && line[i] ~ /^## / && line[i] !~ /\{#hints\}/) {
            printf "%d\t%s\n", i, heading_text(plain_line(i))
            return
        }
}

function hint(e, which,    i, s, n, inside)
{
    for (i = 1; i <= n_lines; i++) {
        s = plain_line(i)
        if (s ~ /^::: *\{[^}]*\.hint/) {
            inside = index(s, "exercise=\"" e "\"") > 0
            n += inside
        } else if (s ~ /^::: *$/) {
            inside = 0
        } else if (inside && n == which) {
            print s
        }
    }
    if (which == 0)
        print n + 0
}

# ------------------------------------------------------------------ what an exercise hangs on
# Cuts the code into items: a function, a declaration, a line of the preprocessor. word_of[w]
# lists the items that define w; everyone[i]: item i concerns all of the file.
function cut_into_items(    i, s, inside, text)
{
    n_items = 0
    split("", word_of)
    split("", everyone)
    for (i = 1; i <= n_lines + 1; i++) {
        s = i > n_lines || prose[i] ? "" : plain_line(i)
        sub(/[ \t]*\/\/.*$/, "", s)
        if (s == "" || prose[i]) {
            if ((!inside || prose[i]) && text != "") {
                new_item(text)
                text = ""
                inside = 0
            }
            continue
        }
        text = text s "\n"
        if (s ~ /^#/ || text ~ /^#/) {
            if (s ~ /\\$/)
                continue
            inside = 0
        } else if (s ~ /^}/ || (!inside && s ~ /[;}]$/)) {
            inside = 0
        } else {
            inside = inside || s ~ /\{$/
            continue
        }
        new_item(text)
        text = ""
    }
}

function new_item(text,    head, words, n, k)
{
    item[++n_items] = text
    head = text
    if (head ~ /^# *define/) {
        sub(/^# *define */, "", head)
        sub(/[^A-Za-z0-9_].*$/, "", head)
    } else if (head ~ /^#/) {
        everyone[n_items] = 1
        return
    } else {
        sub(/\{.*$/, "", head)
        head = head ~ /\(/ && head !~ /=/ ? called(head) : text
    }
    n = split(head, words, /[^A-Za-z0-9_]+/)
    for (k = 1; k <= n; k++)
        if (words[k] !~ /^(static|const|float|double|int|char|void|bool|unsigned|signed|long|short|struct|enum|union|typedef|extern|inline|sizeof|__[a-z]+__|_[A-Z][a-z]+|[a-z0-9]+_t|[0-9].*)?$/)
            word_of[words[k]] = word_of[words[k]] " " n_items
}

# The names in front of a "(": that of a function, and whatever else looks like one.
function called(head,    names)
{
    while (match(head, /[A-Za-z_][A-Za-z0-9_]*[ \t\n]*\(/)) {
        names = names " " substr(head, RSTART, RLENGTH - 1)
        head = substr(head, RSTART + RLENGTH)
    }
    return names
}

# The code of exercise k with all the items that it uses, and that these use.
function depends_on(k,    i, n, queue, taken, text, words, n_words, j, more, n_more, m)
{
    n_more = split(word_of[name[k]], more, " ")
    for (m = 1; m <= n_more; m++)
        taken[queue[++n] = more[m] + 0] = 1
    for (i = 1; i <= n; i++) {
        n_words = split(item[queue[i]], words, /[^A-Za-z0-9_]+/)
        for (j = 1; j <= n_words; j++) {
            if (!(words[j] in word_of))
                continue
            n_more = split(word_of[words[j]], more, " ")
            for (m = 1; m <= n_more; m++)
                if (!((more[m] + 0) in taken))
                    taken[queue[++n] = more[m] + 0] = 1
        }
    }
    for (i = 1; i <= n_items; i++)
        if (i in taken || i in everyone)
            text = text item[i]
    return text
}

# Sets same[e] for the exercises that are in the file `old` the same, with all that they use.
function find_unchanged(old, same,    k, now)
{
    cut_into_items()
    for (k = 1; k <= n_exercises; k++)
        now[number[k]] = depends_on(k)
    read_chapter(old)
    cut_into_items()
    for (k = 1; k <= n_exercises; k++)
        if (number[k] in now && now[number[k]] == depends_on(k))
            same[number[k]] = 1
}

# ------------------------------------------------------------------ what the tests said
# The verdict of an exercise is that of its first test that is not a pass. It holds as long as
# the exercise, with all that it uses, is the one that was judged, in the text beside the
# results; else the verdict is what the file itself shows, "not written" or "written".
function verdicts(results,    n, k)
{
    n = read_verdicts(results)
    for (k = 1; k <= n; k++)
        print row_of[k] "\t" verdict_of[k] "\t" detail_of[k]
}

# Their number. Fills row_of[k] (number, name, title, line), verdict_of[k], detail_of[k].
function read_verdicts(results,    n, m, k, i, s, exercise, known, part, old, same, said, verdict, detail)
{
    n = n_exercises
    for (k = 1; k <= n; k++) {
        exercise[k] = number[k]
        known[k] = state[k]
        row_of[k] = number[k] "\t" name[k] "\t" title[k] "\t" (first[k] ? first[k] : heading[k])
    }
    while ((getline s < results) > 0)
        said[++m] = s
    close(results)
    old = results
    sub(/\.tsv$/, ".c", old)
    if (m > 1 && said[m] == "end\t" (m - 1)) # else it was cut short
        find_unchanged(old, same)
    for (i = 1; i < m; i++) {
        split(said[i], part, "\t")
        if (!(part[1] in same) || (part[1] in verdict && verdict[part[1]] != "done"))
            continue
        verdict[part[1]] = part[6] == "pass" ? "done" : part[6]
        detail[part[1]] = part[3] "\t" part[7]
    }
    for (k = 1; k <= n; k++) {
        s = exercise[k]
        # what the tests have found is there, however it is written
        verdict_of[k] = s in verdict && (known[k] != "missing" || verdict[s] != "not written") ? verdict[s] : known[k]
        detail_of[k] = s in verdict ? detail[s] : "\t"
        if (verdict_of[k] == "not written" && known[k] == "written") {
            verdict_of[k] = "wrong"
            sub(/\t.*/, "\tIt does what the empty function does, whatever it is given.", detail_of[k])
        }
    }
    return n
}

# ------------------------------------------------------------------ a name that is not there
function near(wanted,    i, k, n, s, names, far, nearest, at)
{
    far = 4
    for (i = 1; i <= n_lines; i++) {
        s = plain_line(i)
        if (prose[i] || s !~ /^[A-Za-z_].*\(/ || s ~ /;[ \t]*$/)
            continue
        n = split(called(s), names, " ")
        for (k = 1; k <= n; k++)
            if (!is_exercise(names[k]) && distance(bare_name(names[k]), bare_name(wanted)) < far) {
                far = distance(bare_name(names[k]), bare_name(wanted))
                nearest = names[k]
                at = i
            }
    }
    if (nearest != "")
        printf "%s\t%d\n", nearest, at
}

# Neither capitals nor underscores make it another name.
function bare_name(s)
{
    gsub(/_/, "", s)
    return tolower(s)
}

function is_exercise(s,    k)
{
    for (k = 1; k <= n_exercises; k++)
        if (name[k] == s)
            return 1
    return 0
}

# How many letters must be put in, taken out or exchanged to make b of a.
function distance(a, b,    i, j, row, before, corner, best)
{
    for (j = 0; j <= length(b); j++)
        row[j] = j
    for (i = 1; i <= length(a); i++) {
        corner = row[0]
        row[0] = i
        for (j = 1; j <= length(b); j++) {
            before = row[j]
            best = corner + (substr(a, i, 1) != substr(b, j, 1))
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1
            if (before + 1 < best)
                best = before + 1
            row[j] = best
            corner = before
        }
    }
    return row[length(b)]
}
