// Text that anybody may have written, made fit to be shown.
#ifndef CLEAN_H
#define CLEAN_H

// In place, and never longer: what is printable in UTF-8 stays, all else becomes '?'. Not
// printable are control characters, ends of lines and tabs among them, and what is not
// seen or turns the direction of writing.
void clean_text(char *text);

#endif
