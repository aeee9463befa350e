# Every command of the course. The lines that start with "#:" are what `make help` prints.
#
#: make                    where you are: the chapters, your exercises, the next step
#: make chapterN           build and run chapter N with your code, check it, say what comes next
#: make checkN             test your exercises of chapter N (fails if one is not right yet)
#: make check              test your exercises of all chapters
#: make solutionN          build and run chapter N as it is when all is solved
#: make hint E=1.3         one more hint for exercise 1.3 (AGAIN=1 starts from the first)
#: make watchN             do `make chapterN` each time you save chapters/NN_*.c
#: make reset E=1.3        put exercise 1.3 back as it was (your version is kept in .backup/)
#: make docs               build the web site, build/site/
#: make test               prove everything: solutions, tests, programs, site
#: make grade SUBMISSIONS=dir   grade a class: a folder or an archive for each student
#: make grade-merge        put the shares of a class together that SHARD=3/8 graded
#: make gradescope         the autograder as a zip for Gradescope, build/gradescope.zip
#: make bench              the speed of each chapter's code against what this machine can do
#: make doctor             what is here, what is missing, and what that means
#: make setup              install what is missing (apt-get, dnf, pacman or brew)
#: make clean              remove build/ (never your work)
#: make help               these lines
#:
#: With any of them: CC=clang  OPT=-O0  SAN=1 (sanitizers)  BUILD=dir (another build directory)
#: With checkN:      SUBMISSION=path/to/file.c (test that file)  SEED=7 (other inputs)
#: With grade:       SEED=7  HIDDEN=dir (your own tests)  JOBS=4  STRICT=1  SHARD=3/8
#:                   see docs/instructors.md

SHELL = /bin/sh
MAKEFLAGS += -r --no-print-directory
.SUFFIXES:
.SILENT:
.DEFAULT_GOAL := board

# What names a file that somebody else may have called anything: never expanded. Each goes to
# a program through its environment, or quoted.
TAKEN_AS_THEY_ARE := SUBMISSION SUBMISSIONS HIDDEN GRADES SHARDS SEED SHARD JOBS STRICT
$(foreach v,$(TAKEN_AS_THEY_ARE),$(if $(filter-out undefined,$(origin $v)),\
$(eval override $v := $$(value $v))$(eval export $v)))
quoted = '$(subst ','\'',$1)'
shown = $(shell printf '%s' $(call quoted,$1) | LC_ALL=C tr -c ' -~' '?')

# A chapter is a file chapters/NN_name.c. Nothing else says that it exists.
NAMES := $(sort $(basename $(notdir $(wildcard chapters/[0-9][0-9]_*.c))))
number = $(patsubst 0%,%,$(firstword $(subst _, ,$1)))
NUMBERS := $(foreach n,$(NAMES),$(call number,$n))
empty :=
space := $(empty) $(empty)
comma := ,
listed = $(subst $(space),$(comma) ,$(strip $1))

# ---------------------------------------------------------------- what was asked for
COMMANDS := board check docs test grade grade-merge gradescope bench doctor setup clean help hint reset
EACH := chapter check solution watch
GOALS := $(MAKECMDGOALS)
KNOWN := $(COMMANDS) $(foreach e,$(EACH),$(addprefix $e,$(NUMBERS)))
UNKNOWN := $(filter-out $(KNOWN) build/% $(BUILD)/%,$(GOALS))
STRANGE := $(filter-out $(foreach e,$(EACH),$e%),$(UNKNOWN))
ifneq ($(STRANGE),)
$(error There is no command "$(firstword $(STRANGE))": `make help` lists them)
endif
ifneq ($(UNKNOWN),)
$(error There is no "$(firstword $(UNKNOWN))": the chapters are $(call listed,$(NUMBERS)))
endif

ifneq ($(filter hint reset,$(GOALS)),)
EXERCISES := $(shell sh tests/student/course.sh exercises)
asked := $(firstword $(filter hint reset,$(GOALS)))
ifeq ($(strip $(E)),)
$(error Say which exercise, for example: make $(asked) E=$(firstword $(EXERCISES)))
endif
ifeq ($(findstring |$(E)|,|$(subst $(space),|,$(EXERCISES))|),)
$(error There is no exercise "$(E)": the exercises are $(call listed,$(EXERCISES)))
endif
endif

ifdef SUBMISSION
ifneq ($(words $(filter check%,$(GOALS))) $(filter check,$(GOALS)),1 )
$(error SUBMISSION= goes with one checkN, for example: make check1 SUBMISSION=path/to/file.c)
endif
ifeq ($(shell test -f $(call quoted,$(SUBMISSION)) && echo yes),)
$(error There is no file "$(call shown,$(SUBMISSION))" to check)
endif
endif

ifneq ($(filter grade,$(GOALS)),)
GRADE_SETTINGS := $(TAKEN_AS_THEY_ARE) E AGAIN CC OPT CFLAGS LDFLAGS BUILD SAN CRITERION
STRAY := $(filter-out $(GRADE_SETTINGS),$(foreach v,$(.VARIABLES),$(if $(filter command,$(origin $v)),$v)))
ifneq ($(filter-out MAKE% -%,$(STRAY)),)
$(error make grade has no setting $(firstword $(filter-out MAKE% -%,$(STRAY)))=: `make help` lists them)
endif
ifeq ($(SUBMISSIONS),)
$(error Say whom to grade: make grade SUBMISSIONS=dir, a folder that holds a folder or an archive for each student)
endif
ifneq ($(HIDDEN),)
ifeq ($(shell test -f $(call quoted,$(HIDDEN))/points.tsv && echo yes),)
$(error HIDDEN=$(call shown,$(HIDDEN)) has no points.tsv: it says what each hidden test is worth)
endif
endif
endif

# `make setup test`, `make clean check`: what comes after starts, and looks around, when these are done.
EARLY := $(filter setup clean,$(GOALS))
LATER := $(filter-out $(EARLY),$(GOALS))
.PHONY: $(COMMANDS)
setup:
	sh tests/student/course.sh setup
clean:
	rm -rf build
ifneq ($(EARLY),)
ifneq ($(LATER),)
.PHONY: $(LATER)
$(firstword $(LATER)): $(EARLY)
	$(MAKE) $(LATER)
$(wordlist 2,$(words $(LATER)),$(LATER)): $(firstword $(LATER)) ;
endif
else

# ---------------------------------------------------------------- compilers and flags
ifeq ($(origin CC),default)
CC = cc
endif
OPT ?= -O3
ifdef SAN
SANITIZE := -g -fsanitize=address,undefined -fno-omit-frame-pointer
BUILD ?= build/san
else
SANITIZE :=
BUILD ?= build
endif

# Only these goals need no compiler.
ifneq ($(filter-out hint reset doctor clean help board watch%,$(or $(GOALS),board)),)
ifeq ($(shell command -v $(firstword $(CC)) 2>/dev/null),)
$(error There is no C compiler "$(firstword $(CC))" here: `make setup` installs one)
endif
ARCH := $(shell $(CC) -march=native -E -x c /dev/null >/dev/null 2>&1 && echo -march=native)
endif

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion
# What chapters and answers are compiled with; CFLAGS and LDFLAGS are yours to add to.
COURSE_FLAGS = -std=c11 $(OPT) $(ARCH) -fno-math-errno -ffp-contract=off $(WARNINGS) \
	$(SANITIZE) $(CFLAGS)
# What the tests and the tools are compiled with.
TOOL_FLAGS = -std=gnu11 -D_GNU_SOURCE -g -O2 -ffp-contract=off -Wall -Wextra -Wshadow \
	-Wconversion -Itests -Itests/judge $(SANITIZE) $(CFLAGS)
ifeq ($(shell uname -s),Darwin)
SHARED = -fPIC -dynamiclib -undefined dynamic_lookup
else
SHARED = -fPIC -shared
endif

# Criterion: empty CRITERION = not here. CRITERION=no on the command line = do as if it was not.
ifneq ($(filter chapter% check% test grade $(BUILD)/%,$(GOALS)),)
ifeq ($(CRITERION),)
CRITERION := $(shell CC="$(CC)" sh tests/student/course.sh criterion)
endif
endif
ifeq ($(CRITERION),no)
override CRITERION :=
endif
NEED_TESTS := $(filter check% test grade,$(GOALS))
ifneq ($(NEED_TESTS),)
ifeq ($(CRITERION),)
$(error make $(firstword $(NEED_TESTS)) needs Criterion, the C testing framework: `make setup` installs it)
endif
endif

ifneq ($(filter docs,$(GOALS)),)
ifeq ($(shell command -v pandoc 2>/dev/null),)
$(error make docs needs pandoc: `make setup` installs it)
endif
endif

export BUILD CC OPT SAN CRITERION COURSE_FLAGS TOOL_FLAGS SHARED
COURSE := MAKE_COMMAND='$(MAKE_COMMAND)' sh tests/student/course.sh

# A change of compiler or flags rebuilds what they made.
FLAGS_NOW := $(subst ','\'',$(CC) $(COURSE_FLAGS) $(TOOL_FLAGS) $(SHARED) $(LDFLAGS))
STAMP := $(BUILD)/.flags
$(STAMP): FORCE
	mkdir -p $(BUILD)
	printf '%s\n' '$(FLAGS_NOW)' | cmp -s - $@ || printf '%s\n' '$(FLAGS_NOW)' >$@
FORCE:
.PHONY: FORCE

# ---------------------------------------------------------------- each chapter
# `make check` goes on past a chapter that does not compile: the verdict says so.
PASS_ON := $(if $(filter check,$(GOALS)),:,exit 1)

# As a library for the tests. A static main that nobody calls is left out, with all that
# only it needs: that compiles in a tenth of the time. (A file may use the name for more.)
without_main = $(CC) $(COURSE_FLAGS) $2 -MMD -MP -MF $(@:.so=.d) -MT $@ -w $(SHARED) '-Dmain=$1' $< -o $@ $(LDFLAGS) -lm

define chapter_rules
.PHONY: $(addsuffix $1,$(EACH))

chapter$1: $(BUILD)/$2 $(if $(and $(CRITERION),$(wildcard tests/$2.c)),$(BUILD)/check/$2.so $(BUILD)/tests/$2)
	$(COURSE) chapter $2

check$1: $(if $(wildcard tests/$2.c),$(if $(SUBMISSION),$(BUILD)/grade,$(BUILD)/check/$2.so) $(BUILD)/tests/$2)
	$(COURSE) check $(if $(wildcard tests/$2.c),$2)

solution$1: $(BUILD)/solution/$2
	$(COURSE) run $(BUILD)/solution/$2

watch$1:
	$(COURSE) watch $2

$(BUILD)/objects/$2.o: chapters/$2.c $(STAMP)
	mkdir -p $$(@D)
	$$(CC) $$(COURSE_FLAGS) $3 -MMD -MP -c $$< -o $$@ || { rm -f $$@; \
	echo "$$< does not compile: the first error above says where. Mend that one, then try again."; \
	$(PASS_ON); }

$(BUILD)/$2: $(BUILD)/objects/$2.o
	$$(CC) $$(COURSE_FLAGS) $$< -o $$@ $$(LDFLAGS) -lm || { \
	echo "chapters/$2.c does not link: the message above names what is missing."; exit 1; }

$(BUILD)/check/$2.so: chapters/$2.c $(STAMP) | $(BUILD)/objects/$2.o
	mkdir -p $$(@D)
	rm -f $$@
	test ! -f $(BUILD)/objects/$2.o || \
	$$(call without_main,static chapter_main,$3) 2>/dev/null || \
	$$(call without_main,chapter_main,$3) || $(PASS_ON)

$(BUILD)/objects/$2.solution.o: solutions/$2.c $(STAMP)
	mkdir -p $$(@D)
	$$(CC) $$(COURSE_FLAGS) $3 -MMD -MP -c $$< -o $$@

$(BUILD)/solution/$2: $(BUILD)/objects/$2.o $(BUILD)/objects/$2.solution.o
	mkdir -p $$(@D)
	$$(CC) $$(COURSE_FLAGS) $$^ -o $$@ $$(LDFLAGS) -lm

$(BUILD)/tests/$2: $(BUILD)/objects/tests/$2.o $(BUILD)/objects/tests/judge/judge.o $(BUILD)/objects/tests/judge/sandbox.o
	mkdir -p $$(@D)
	$$(CC) $$(TOOL_FLAGS) $$^ -o $$@ $$(LDFLAGS) $$(CRITERION) -ldl -lm

# The program's output is also what the site shows: never two timed programs at once.
build/output/$2.txt: $(BUILD)/solution/$2 $(wildcard chapters/data/*) | $(if $4,build/output/$4.txt)
	mkdir -p build/output build/figures-site/$2
	echo "running $$<"
	FIGURES=build/figures-site/$2 $$< >$$@.new </dev/null
	mv $$@.new $$@
endef
previous :=
$(foreach n,$(NAMES),$(eval $(call chapter_rules,$(call number,$n),$n,$(addprefix -include ,$(wildcard tests/$n.h)),$(previous)))$(if $(wildcard solutions/$n.c),$(eval previous := $n)))

$(BUILD)/objects/tests/%.o: tests/%.c $(STAMP)
	mkdir -p $(@D)
	$(CC) $(TOOL_FLAGS) $(filter -I% -isystem% -D% -pthread,$(CRITERION)) -MMD -MP -c $< -o $@

TOOL_OBJECTS := $(addprefix $(BUILD)/objects/tests/,judge/submission.o judge/command.o judge/sandbox.o \
	instructor/clean.o)

$(BUILD)/prove: $(BUILD)/objects/tests/proof/prove.o $(TOOL_OBJECTS)
	$(CC) $(TOOL_FLAGS) $^ -o $@ $(LDFLAGS) -lm

$(BUILD)/grade: $(addprefix $(BUILD)/objects/tests/instructor/,grade.o report.o archive.o sha256.o) $(TOOL_OBJECTS)
	$(CC) $(TOOL_FLAGS) $^ -o $@ $(LDFLAGS) -lm

build/plot: docs/loom/plot.c
	mkdir -p build
	$(CC) $(COURSE_FLAGS) $< -o $@ $(LDFLAGS) -lm

-include $(wildcard $(BUILD)/objects/*.d $(BUILD)/objects/tests/*.d $(BUILD)/objects/tests/*/*.d $(BUILD)/check/*.d)

# ---------------------------------------------------------------- the other commands
JUDGED := $(basename $(notdir $(filter $(NAMES:%=tests/%.c),$(wildcard tests/*.c))))
SOLVED := $(basename $(notdir $(filter $(NAMES:%=solutions/%.c),$(wildcard solutions/*.c))))
.SECONDARY:

board:
	$(COURSE) board

check: $(JUDGED:%=$(BUILD)/check/%.so) $(JUDGED:%=$(BUILD)/tests/%)
	$(COURSE) check $(JUDGED)

hint:
	$(COURSE) hint $(E) $(if $(AGAIN),again)

reset:
	$(COURSE) reset $(E)

docs: $(SOLVED:%=build/output/%.txt) build/plot
	$(COURSE) docs

# The parts are built on all processors also when make was not told -j.
TEST_NEEDS := $(NAMES:%=$(BUILD)/%) $(SOLVED:%=$(BUILD)/solution/%) \
		$(JUDGED:%=$(BUILD)/tests/%) $(BUILD)/prove $(BUILD)/grade build/plot
test:
	+$(MAKE) $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$$(getconf _NPROCESSORS_ONLN || echo 2)) \
		$(TEST_NEEDS)
	$(BUILD)/prove

JUDGE_OBJECTS := $(addprefix $(BUILD)/objects/tests/judge/,judge.o sandbox.o)

# Graded is what -Og makes of a file, unless OPT= says otherwise: it compiles quickly.
grade: export GRADE_FLAGS = $(if $(filter file,$(origin OPT)),-Og,$(OPT))
grade: $(JUDGED:%=$(BUILD)/tests/%) $(BUILD)/grade
	sh tests/instructor/hidden.sh $(JUDGE_OBJECTS)
	$(BUILD)/grade

grade-merge: $(BUILD)/grade
	$(BUILD)/grade merge

gradescope:
	sh tests/instructor/gradescope.sh build/gradescope.zip

bench: $(SOLVED:%=$(BUILD)/solution/%)
	$(COURSE) bench $(SOLVED)

doctor:
	$(COURSE) doctor

help:
	sed -n 's/^#: \{0,1\}//p' Makefile

endif
