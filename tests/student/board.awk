# The board: where a student is in each chapter.
#   awk -f tests/student/board.awk -f tests/student/exercises.awk -f tests/student/plain.awk \
#       RESULTS POINTS chapters/NN_name.c ...
# $ILLEGIBLE has a line for each chapter that is no text: its file, a tab, a sentence.
#
# A chapter that is done is one line, one that is not begun lists its exercises in a few, and
# where somebody is at work each exercise has a line of its own. The last line is the file of
# the next step: "mend FILE" if it cannot be read, "none" if there is none.

BEGIN {
    n_illegible = split(ENVIRON["ILLEGIBLE"], said, "\n")
    for (i = 1; i <= n_illegible; i++) {
        split(said[i], part, "\t")
        illegible[part[1]] = part[2]
    }
    total = finished = 0
    for (a = 3; a < ARGC; a++)
        board_chapter(ARGV[a])
    print finished " of " total " exercises done" unread "."
    print (next_file == "" ? "none" : next_file)
    exit 0
}

function board_chapter(path,    short, n, s, m, k, n_done, n_unwritten, whole)
{
    short = path
    sub(/^.*\//, "", short)
    sub(/\.c$/, "", short)
    n = short
    sub(/_.*$/, "", n)
    sub(/^0/, "", n)
    sub(/^[0-9]*_/, "", short)
    if (path in illegible) {
        s = illegible[path]
    } else {
        read_chapter(path)
        s = fault(path, ARGV[2])
    }
    if (s != "") {
        wrap(s, "    ", sprintf("%2s  ", n))
        next_file = (next_file == "" ? "mend " path : next_file)
        unread = unread ", without chapter " n
        return
    }
    s = path
    sub(/^.*\//, "", s)
    sub(/\.c$/, ".tsv", s)
    m = read_verdicts(ARGV[1] "/" s)
    for (k = 1; k <= m; k++) {
        n_done += verdict_of[k] == "done"
        n_unwritten += verdict_of[k] == "not written"
    }
    total += m
    finished += n_done
    if (m > 0 && n_done == m) {
        printf "%2s  %s: all %d exercises done\n", n, short, m
        return
    }
    wrap(question(path), "    ", sprintf("%2s  ", n))
    whole = n_unwritten < m
    if (next_file == "" && m > 0) {
        next_file = path
        whole = 1
    }
    board_exercises(m, whole)
}

function board_exercises(m, whole,    k, part, s)
{
    for (k = 1; k <= m; k++) {
        split(row_of[k], part, "\t")
        if (whole)
            wrap(sprintf("  %-5s %-14s %s: %s", part[1], verdict_of[k] == "written" ? "not checked" : verdict_of[k],
                part[2], part[3]), "    ")
        else
            s = s (k == 1 ? "" : ", ") part[1] "\001" part[2]
    }
    if (s != "")
        wrap(s, "    ")
}
