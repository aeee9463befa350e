// What is known of a class becomes what people and programs read: grades.csv,
// results.json, JUnit, a page, and a text and a Gradescope result for each student.
#ifndef REPORT_H
#define REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

// Writes `text` with \n, \t and \\ for what would break a line of tab-separated fields.
void write_field(FILE *file, const char *text);

// Reads the records that one or more shards of one class have left and writes the reports
// into `folder`. False, with one sentence on stderr, if they do not fit together.
bool write_reports(const char *const *records, size_t n, const char *folder);

#endif
