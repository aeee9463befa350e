# What a terminal can show: plain lines of at most 80 columns.
#   awk -f tests/student/plain.awk                 each line wrapped; a command is not broken
#   awk -v markdown=1 -f tests/student/plain.awk   Markdown with formulas, paragraph by paragraph
# indent=4 sets all of it in by four columns.

BEGIN {
    n = split("cdot=* times=* leftarrow=<- gets=<- rightarrow=-> to=-> le=<= leq=<= ge=>= geq=>= ne=!= neq=!= " \
              "approx=~= ldots=... dots=... cdots=... lvert=| rvert=| lVert=|| rVert=|| bmod=mod pm=+- infty=infinity " \
              "varphi=phi varepsilon=epsilon quad= qquad= left= right= big= Big= bigl= bigr= Bigl= Bigr=", signs, " ")
    for (i = 1; i <= n; i++) {
        at = index(signs[i], "=")
        sign[substr(signs[i], 1, at - 1)] = substr(signs[i], at + 1)
    }
    for (i = 0; i < indent; i++)
        margin = margin " "
}

{ sub(/\r$/, "") }

!markdown { wrap($0, margin); next }

/^ *```/ { flush(); fenced = !fenced; next }
fenced { print margin $0; next }
/^ *$/ { flush(); if (NR > 1) print ""; next }
# A list begins where a text does: a line that happens to begin with "0. Then" or "+ 2" does not.
/^ *([-*+]|[0-9]+[.)]) / && text ~ /^ *([-*+]|[0-9]+[.)]) / { flush() }
{ text = text (text == "" ? "" : "\n") $0 }

END { flush() }

function flush()
{
    if (text != "")
        wrap(plain(text), margin)
    text = ""
}

# ------------------------------------------------------------------ lines
# "make hint E=1.3" is one word: what is to be typed stays on one line. So is what a \001 joins.
# `lead`, if there is one, stands where the first line has its margin.
function wrap(s, margin, lead,    n, words, k, row, word)
{
    lead = lead == "" ? margin : lead
    if (s ~ /^[ \t]/ && length(lead s) <= 80) {
        print lead s
        return
    }
    n = split(s, words, /[ \t\n]+/)
    row = ""
    for (k = 1; k <= n; k++) {
        word = words[k]
        if (word == "make" && k < n) {
            word = word " " words[++k]
            while (k < n && words[k + 1] ~ /^[A-Z]+=/)
                word = word " " words[++k]
        }
        if (row != "" && length(lead row " " word) > 80) {
            print_row(lead row)
            lead = margin
            row = ""
        }
        row = row (row == "" ? "" : " ") word
    }
    print_row(row == "" ? "" : lead row)
}

function print_row(row)
{
    gsub(/\001/, " ", row)
    print row
}

# ------------------------------------------------------------------ Markdown
# Code stays as it is, a formula is spelt out, and of the words only the marks go.
function plain(s,    out, at, mark, width, inner, end)
{
    while (match(s, /[`$]/)) {
        at = RSTART
        out = out words_of(substr(s, 1, at - 1))
        s = substr(s, at)
        mark = substr(s, 1, 1)
        for (width = 1; substr(s, width + 1, 1) == mark; width++)
            ;
        mark = substr(s, 1, width)
        s = substr(s, width + 1)
        end = index(s, mark)
        if (!end)
            end = length(s) + 1
        inner = substr(s, 1, end - 1)
        out = out (mark ~ /`/ ? inner : formula(inner))
        s = substr(s, end + width)
    }
    return ascii(out words_of(s))
}

function words_of(s)
{
    gsub(/\\\*/, "\001", s)
    gsub(/\*\*/, "", s)
    s = without_pairs(s)
    gsub(/\001/, "*", s)
    while (match(s, /\]\{[^}]*\}/) || match(s, /\]\([^)]*\)/))
        s = unbracketed(s)
    gsub(/\\/, "", s)
    return s
}

# "*this*" -> "this"; a star between blanks is a product
function without_pairs(s,    out)
{
    while (match(s, /\*[^* \n][^*]*\*/)) {
        out = out substr(s, 1, RSTART - 1) substr(s, RSTART + 1, RLENGTH - 2)
        s = substr(s, RSTART + RLENGTH)
    }
    return out s
}

# "[words]{.n}" and "[words](address)" -> "words", "words (address)"; the closing one is matched
function unbracketed(s,    from, tail, after)
{
    after = substr(s, RSTART + 1, RLENGTH - 1)
    tail = substr(s, RSTART + RLENGTH)
    s = substr(s, 1, RSTART - 1)
    for (from = length(s); from > 0 && substr(s, from, 1) != "["; from--)
        ;
    return substr(s, 1, from - 1) substr(s, from + 1) (after ~ /^\(/ ? " " after : "") tail
}

function ascii(s)
{
    gsub(/\342\200\246/, "...", s)
    gsub(/\342\200\223|\342\200\224|\342\210\222/, "-", s)
    gsub(/\342\200\230|\342\200\231/, "'", s)
    gsub(/\342\200\234|\342\200\235/, "\"", s)
    gsub(/\303\227|\302\267/, "*", s)
    gsub(/\302\240/, " ", s)
    return s
}

# ------------------------------------------------------------------ formulas
function formula(s)
{
    gsub(/[ \t\n]+/, " ", s)
    gsub(/\\[{]/, "\001", s)
    gsub(/\\[}]/, "\002", s)
    gsub(/\\\\/, "; ", s)
    gsub(/\\\|/, "||", s)
    gsub(/\\[%_&#$]/, "\003&", s)
    gsub(/\003\\/, "", s)
    gsub(/\\[,:; ]|~/, " ", s)
    gsub(/\\!/, "", s)
    s = named(s)
    while (match(s, /\\(mathrm|mathit|mathbf|mathbb|mathcal|mathrel|mathop|boldsymbol|text|textrm|operatorname)[*]? *\{[^{}]*\}/))
        s = opened(s, "", "")
    s = braced(s)
    gsub(/[\\{}]/, "", s)
    gsub(/\001/, "{", s)
    gsub(/\002/, "}", s)
    gsub(/ +/, " ", s)
    gsub(/\( /, "(", s)
    gsub(/ \)/, ")", s)
    sub(/^ /, "", s)
    sub(/ $/, "", s)
    return s
}

# Signs that have a name get the sign that a keyboard has; a function's name stands by itself.
function named(s,    out, name)
{
    gsub(/\\(left|right)\./, "", s)
    while (match(s, /\\[A-Za-z]+/)) {
        name = substr(s, RSTART + 1, RLENGTH - 1)
        out = out substr(s, 1, RSTART - 1)
        out = out (!(name in sign) ? "\\" name : sign[name] ~ /^[|]*$/ ? sign[name] : " " sign[name] " ")
        s = substr(s, RSTART + RLENGTH)
    }
    return out s
}

# The first \name{inside}, which was matched, -> left inside right
function opened(s, left, right,    head, inside, tail)
{
    head = substr(s, 1, RSTART - 1)
    inside = substr(s, RSTART, RLENGTH)
    tail = substr(s, RSTART + RLENGTH)
    sub(/^[^{]*\{/, "", inside)
    sub(/\}$/, "", inside)
    return head left inside right tail
}

# From the innermost braces outwards; then the names that are left stand by themselves.
function braced(s,    head, mark, inside, tail, before)
{
    gsub(/\\[dt]frac/, "\\frac", s)
    gsub(/\\sqrt +[A-Za-z0-9]/, "\003&", s)
    while (match(s, /\003\\sqrt +[A-Za-z0-9]/))
        s = substr(s, 1, RSTART - 1) "sqrt(" substr(s, RSTART + RLENGTH - 1, 1) ")" \
            substr(s, RSTART + RLENGTH)
    while (match(s, /\{[^{}]*\}/)) {
        head = substr(s, 1, RSTART - 1)
        inside = substr(s, RSTART + 1, RLENGTH - 2)
        tail = substr(s, RSTART + RLENGTH)
        mark = substr(head, length(head), 1)
        before = head
        sub(/ +$/, "", before)
        if (before ~ /\\frac$/ && tail ~ /^ *\{/) {
            # the upper half: kept aside until the lower one is plain, too
            s = substr(before, 1, length(before) - 5) "\004" grouped(inside) "\005" tail
        } else if (before ~ /\005$/) {
            sub(/\005$/, " / ", before)
            s = before grouped(inside) ")" tail
            sub(/\004/, "(", s)
        } else if (mark == "^" || mark == "_") {
            s = head grouped(inside) tail
        } else if (before ~ /\\[A-Za-z]+$/) {
            s = before "(" inside ")" tail
        } else {
            s = head inside tail
        }
    }
    gsub(/\\[A-Za-z]+/, " & ", s)
    gsub(/ +\)/, ")", s)
    gsub(/\( +/, "(", s)
    gsub(/ +\^ */, "^", s)
    gsub(/ +_ */, "_", s)
    gsub(/ +\(/, " (", s)
    while (match(s, /\\[A-Za-z]+ \(/))
        s = substr(s, 1, RSTART + RLENGTH - 3) substr(s, RSTART + RLENGTH - 1)
    return s
}

function grouped(s)
{
    gsub(/^ +| +$/, "", s)
    return s ~ /^(\\?[A-Za-z]+|[0-9.]+)$/ ? s : "(" s ")"
}
