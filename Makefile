# Every command of the course. The lines that start with "#:" are what `make help` prints.
#
#: make                    where you are: your exercises and the next step
#: make chapterN           build, check and run chapter N; say what comes next
#: make checkN             test your exercises of chapter N (fails if one is wrong)
#: make check              test your exercises of all chapters
#: make solutionN          build and run chapter N as it is when all is solved
#: make hint E=1.3         one more hint for exercise 1.3 (AGAIN=1: from the first)
#: make watchN             do `make chapterN` each time you save chapters/NN_*.c
#: make reset E=1.3        put exercise 1.3 back; your version is kept in .backup/
#: make docs               build the web site in build/site/ (SITE= its address)
#: make test               prove everything: solutions, tests, programs, site
#: make grade SUBMISSIONS=dir   grade a class: a folder or archive a student
#: make grade-merge        put the shares of a class together that SHARD=3/8 graded
#: make gradescope         the autograder for Gradescope, build/gradescope.zip
#: make bench              the speed of each chapter's code on this machine
#: make doctor             what is here, what is missing, and what that means
#: make setup              install what is missing (apt-get, dnf, pacman or brew)
#: make clean              remove build/ (never your work)
#: make help               these lines
#:
#: With any of them: CC=clang  OPT=-O0  SAN=1 (sanitizers)  BUILD=dir
#: With setup test:  BROWSER=1 (opens the pages in Chromium)
#: With chapterN:    RUN_SECONDS=600 (for a program that takes long)
#: With chapterN:    SET="seed=7 std=1" (SET=settings lists what can be set)
#: With checkN:      SUBMISSION=path/to/file.c  SEED=7 (other inputs)
#: With grade:       SEED=7  HIDDEN=dir (your tests)  JOBS=4  STRICT=1  SHARD=3/8
#:                   GRADES=dir  ONE_STUDENT=1; see docs/instructors.md

SHELL = /bin/sh
unexport CDPATH # it makes cd speak
# (The flags of one letter are its first word, unless that is a setting or a long one.)
ifneq ($(if $(findstring =,$(firstword $(MAKEFLAGS))),,$(findstring t,$(filter-out -%,$(firstword $(MAKEFLAGS))))),)
$(error make -t would say of what is not built that it is, and nobody would build it)
endif
MAKEFLAGS += -r --no-print-directory
.SUFFIXES:
.SILENT:
.DEFAULT_GOAL := board

ifeq ($(wildcard tests/student/course.sh),)
$(error This is not the folder of the course: cd there first, or say make -C and where it is)
endif

# What was set on the command line.
GIVEN := $(foreach v,$(.VARIABLES),$(if $(filter command,$(origin $v)),$v))

# One name for one folder: make takes ./x for x, and a pattern does not.
override BUILD := $(or $(patsubst ./%,%,$(BUILD)),$(if $(SAN),build/san,build))

# What names a file that somebody else may have called anything: never expanded. Each goes to
# a program through its environment, or quoted.
TAKEN_AS_THEY_ARE := SUBMISSION SUBMISSIONS HIDDEN GRADES SHARDS SEED SHARD JOBS STRICT ONE_STUDENT SET
$(foreach v,$(TAKEN_AS_THEY_ARE),$(if $(filter-out undefined,$(origin $v)),\
$(eval override $v := $$(value $v))$(eval export $v)))
quoted = '$(subst ','\'',$1)'
shown = $(shell printf '%s' $(call quoted,$1) | LC_ALL=C tr -c ' -~' '?')

# A chapter is a file chapters/NN_name.c. Nothing else says that it exists.
NAMES := $(shell sh tests/student/course.sh names)
number = $(patsubst 0%,%,$(firstword $(subst _, ,$1)))
NUMBERS := $(foreach n,$(NAMES),$(call number,$n))

# ---------------------------------------------------------------- what was asked for
COMMANDS := board check docs test grade grade-merge gradescope bench doctor setup clean help hint reset
EACH := chapter check solution watch
GOALS := $(MAKECMDGOALS)
KNOWN := $(COMMANDS) $(foreach e,$(EACH),$(addprefix $e,$(NUMBERS)))
UNKNOWN := $(filter-out $(KNOWN) build/% $(BUILD)/%,$(GOALS))
# `make setup test`, `make clean check`: what comes after starts, and looks around, when these are done.
EARLY := $(filter setup clean,$(GOALS))
LATER := $(filter-out $(EARLY),$(GOALS))

ifneq ($(filter default undefined,$(origin CC)),)
CC = cc
endif
# Criterion: empty CRITERION = not here. CRITERION=no on the command line = do as if it was not.
ifneq ($(filter chapter% check% test grade build/% $(BUILD)/%,$(if $(EARLY),,$(GOALS))),)
ifeq ($(CRITERION),)
CRITERION := $(shell CC="$(CC)" sh tests/student/setup.sh criterion)
endif
endif
ifeq ($(CRITERION),no)
override CRITERION :=
endif

# What cannot be done gets one sentence, before anything is begun.
REFUSED := $(shell sh tests/student/course.sh refuse $(call quoted,$(UNKNOWN)) $(call quoted,$(GOALS)) \
	$(call quoted,$(value E)) $(call quoted,$(CC)) $(call quoted,$(CRITERION)) $(call quoted,$(BUILD)))
ifneq ($(REFUSED),)
$(error $(REFUSED))
endif

ifneq ($(origin SUBMISSION),undefined)
ifneq ($(words $(filter check%,$(GOALS))) $(filter check,$(GOALS)),1 )
$(error SUBMISSION= goes with one checkN, for example: make check1 SUBMISSION=path/to/file.c)
endif
ifeq ($(shell test -f $(call quoted,$(SUBMISSION)) && echo yes),)
$(error There is no file "$(call shown,$(SUBMISSION))" to check)
endif
endif

# What has no effect is a mistake. (The second line is what programs ask the environment for.)
SETTINGS_chapter := SET RUN_SECONDS \
	TEXT TABLE GPT2 PASSES LIVE FIGURES
SETTINGS_solution := $(SETTINGS_chapter)
SETTINGS_watch := $(SETTINGS_chapter)
SETTINGS_hint := E AGAIN
SETTINGS_reset := E
SETTINGS_grade := SUBMISSIONS HIDDEN GRADES SEED SHARD JOBS STRICT ONE_STUDENT
SETTINGS_grade-merge := GRADES SHARDS
SETTINGS_gradescope := HIDDEN SEED
SETTINGS_check := SUBMISSION SEED STRICT
kind = $(or $(strip $(foreach e,$(EACH),$(if $(filter $e%,$1),$e))),$1)
CHOOSY := $(filter grade grade-merge gradescope,$(GOALS))
ifeq ($(filter-out $(EACH:%=%%) hint reset board,$(LATER)),)
CHOOSY := $(if $(GOALS),$(LATER),board)
endif
ifneq ($(CHOOSY),)
STRAY := $(firstword $(filter-out $(foreach g,$(CHOOSY),$(SETTINGS_$(call kind,$g))) \
	CC OPT CFLAGS LDFLAGS BUILD SAN CRITERION BROWSER DEV %_FLAGS %_FLAG %_OPT WARNINGS SHARED MAKE% -%,$(GIVEN)))
ifneq ($(STRAY),)
$(error $(strip make $(filter-out board,$(firstword $(CHOOSY)))) has no setting $(STRAY)=: $(if \
$(filter SET,$(SETTINGS_$(call kind,$(firstword $(CHOOSY))))),a program takes it as SET="$(STRAY:SEED=seed)=...",`make help` lists them))
endif
endif

ifneq ($(filter grade,$(GOALS)),)
ifeq ($(SUBMISSIONS),)
$(error Say whom to grade: make grade SUBMISSIONS=dir, a folder that holds a folder or an archive for each student)
endif
ifneq ($(HIDDEN),)
ifeq ($(shell test -f $(call quoted,$(HIDDEN))/points.tsv && echo yes),)
$(error HIDDEN=$(call shown,$(HIDDEN)) has no points.tsv: it says what each hidden test is worth)
endif
endif
endif

.PHONY: $(COMMANDS)
setup:
	sh tests/student/setup.sh setup
clean:
	rm -rf build 2>/dev/null || { echo "Not all of build/ can be removed: is some of it somebody else's?" >&2; exit 1; }
ifneq ($(EARLY),)
ifneq ($(LATER),)
.PHONY: $(LATER)
$(firstword $(LATER)): $(EARLY)
	$(MAKE) $(LATER)
$(wordlist 2,$(words $(LATER)),$(LATER)): $(firstword $(LATER)) ;
endif
else

# ---------------------------------------------------------------- compilers and flags
OPT ?= -O3
ifdef SAN
SANITIZE := -g -fsanitize=address,undefined -fno-omit-frame-pointer
else
SANITIZE :=
endif

# Only these goals need no compiler.
ifneq ($(filter-out hint reset doctor clean help board watch%,$(or $(GOALS),board)),)
# Asked of a compiler once, also where make is called by make. (Copies of functions that nobody asked
# to copy cost gcc a quarter of its time, and make nothing faster.)
ifneq ($(ARCH_CC),$(CC))
ARCH_CC := $(CC)
FEW_COPIES := --param=max-inline-insns-auto=15
ARCH_FLAG := $(shell takes() { $(CC) -Werror "$$@" -E -x c /dev/null >/dev/null 2>&1 && echo "$$@"; }; \
	takes -march=native $(FEW_COPIES) || takes -march=native || takes $(FEW_COPIES))
endif
export ARCH_CC ARCH_FLAG
endif

# Few warnings, so that the one error does not drown; `make test` holds our own files to more.
WARNINGS := -Wall -Wextra -Wno-sign-compare
# What chapters and answers are compiled with; CFLAGS and LDFLAGS are yours to add to.
COURSE_FLAGS = -std=c11 $(OPT) $(ARCH_FLAG) -fno-math-errno -ffp-contract=off $(WARNINGS) \
	$(SANITIZE) $(CFLAGS)
# What the tests and the tools are compiled with: most are compiled as often as they run.
# (CFLAGS=-g to debug them.)
TOOL_OPT = -O1
TOOL_FLAGS = -std=gnu11 -D_GNU_SOURCE $(TOOL_OPT) -ffp-contract=off -Wall -Wextra -Wshadow \
	-Wconversion -Itests -Itests/judge -I$(BUILD) $(SANITIZE) $(CFLAGS)
ifneq ($(wildcard /System/Library/CoreServices),) # macOS
SHARED = -fPIC -dynamiclib -undefined dynamic_lookup
else
# What a file calls is its own function, as in a program, also if the C library has one of that name.
# Code on a stack, as gcc makes it of a function inside a function, ends the call, not the whole file.
SHARED = -fPIC -shared -Wl,-Bsymbolic -Wl,-z,noexecstack
# What each call would look up anew is known before the first.
CALLER_FLAGS = -Wl,-z,now
endif

# What is judged, if no function in it ends without return, and if one does.
STRICT_FLAGS := -Werror=return-type
LENIENT_FLAGS := -O1 -w -finstrument-functions -include tests/judge/last_words.h

export BUILD CC SAN CRITERION COURSE_FLAGS TOOL_FLAGS SHARED QUICK_OPT MAKE_COMMAND
COURSE := sh tests/student/course.sh

# A change of compiler or flags rebuilds what they made.
FLAGS_NOW := $(subst ','\'',$(CC) $(COURSE_FLAGS) $(LENIENT_FLAGS) $(TOOL_FLAGS) $(SHARED) $(CALLER_FLAGS) $(LDFLAGS))
STAMP := $(BUILD)/.flags
$(STAMP): FORCE
	mkdir -p $(BUILD)
	printf '%s\n' '$(FLAGS_NOW)' | cmp -s - $@ || \
	{ printf '%s\n' '$(FLAGS_NOW)' >$(PART) && mv $(PART) $@; }
FORCE:
.PHONY: FORCE

# ---------------------------------------------------------------- each chapter
# Two makes may be at work: what they both make gets its name when it is whole. To the shell
# PART is the target with the shell's number behind it.
PART = $@.$$$$
whole = { $1; } && mv $(PART) $@ || { rm -f $(PART)*; exit 1; }
compiled = $(call whole,$(CC) $1 -MMD -MP -MF $(PART).dep -MT $@ -c $< -o $(PART) && mv $(PART).dep $(@:.o=.d))

# An older time stamp may come with a newer file, out of an archive: what the tests are made of is
# known by a sum, too. (Where there is none yet, it is made as old as can be, and nobody waits for it to
# change: nothing is built again.)
summed = sum=$$(echo $$(cksum $1)); { test -f $@ && read -r old <$@ && test "$$old" = "$$sum"; } || \
	{ mkdir -p $(@D) && echo "$$sum" >$(PART) && { test -f $@ || touch -t 200001010000 $(PART); } && mv -f $(PART) $@; }

# As a library for the tests. A static main that nobody calls is left out, with all that
# only it needs: that compiles in a tenth of the time. (A file may use the name for more.)
without_main = $(CC) $(COURSE_FLAGS) $2 -MMD -MP -MF $(PART).dep -MT $@ $(SHARED) '-Dmain=$1' $< -o $(PART) $(LDFLAGS) -lm

JUDGE_OBJECTS := $(addprefix $(BUILD)/objects/tests/judge/,judge.o compare.o inputs.o heart.o suite.o sandbox.o) \
	$(BUILD)/objects/tests/instructor/sha256.o
# These run for every call, and for every file that is handed in.
$(JUDGE_OBJECTS) $(addprefix $(BUILD)/objects/tests/instructor/,sha256.o archive.o): TOOL_OPT = -O2
# What is compiled about as long as it runs: the many answers, the plotter. An OPT= that was asked for is
# kept.
QUICK_OPT := $(if $(filter file,$(origin OPT)),-Og)

define chapter_rules
.PHONY: $(addsuffix $1,$(EACH))

chapter$1:
	$(COURSE) chapter $2

check$1: $(if $(SUBMISSION),$(BUILD)/grade $(BUILD)/tests/$2)
	$(COURSE) check $2

solution$1: $(BUILD)/solution/$2
	$(COURSE) run $(BUILD)/solution/$2

watch$1:
	$(COURSE) watch $2

$(BUILD)/objects/$2.o: chapters/$2.c $(STAMP)
	mkdir -p $$(@D)
	$$(call compiled,$$(COURSE_FLAGS) $3)

$(BUILD)/$2: $(BUILD)/objects/$2.o
	$$(call whole,$$(CC) $$(COURSE_FLAGS) $$< -o $$(PART) $$(LDFLAGS) -lm)

$(BUILD)/check/$2.so: chapters/$2.c $(STAMP) | $(BUILD)/objects/$2.o
	mkdir -p $$(@D)
	rm -f $$@
	$$(call whole,{ $$(call without_main,static chapter_main,$$(STRICT_FLAGS) $3) 2>/dev/null || \
	$$(call without_main,static chapter_main,$$(LENIENT_FLAGS) $3) 2>/dev/null || \
	$$(call without_main,chapter_main,$$(LENIENT_FLAGS) $3); } && mv $$(PART).dep $$(@:.so=.d))

# Solutions are compiled once, for their program and for the libraries of answers; calls among
# them stay direct calls.
$(BUILD)/objects/$2.judged.o: solutions/$2.c $(STAMP)
	mkdir -p $$(@D)
	$$(call compiled,$$(COURSE_FLAGS) -fPIC -fno-semantic-interposition $3)

$(BUILD)/solution/$2: $(BUILD)/objects/$2.o $(BUILD)/objects/$2.judged.o
	mkdir -p $$(@D)
	$$(call whole,$$(CC) $$(COURSE_FLAGS) $$^ -o $$(PART) $$(LDFLAGS) -lm)

# The tests; who makes their calls; the wrong answers (and, for the proof, the right ones).
$(BUILD)/calls/$2.h: tests/$2.h tests/judge/calls.awk
	mkdir -p $$(@D)
	$$(call whole,awk -f tests/judge/calls.awk $$< >$$(PART))

$(BUILD)/objects/tests/$2.o: $(BUILD)/calls/$2.h

$(BUILD)/tests/$2: $(BUILD)/objects/tests/$2.o $(JUDGE_OBJECTS) | $(BUILD)/caller/$2 $(BUILD)/wrong/$2.so
	mkdir -p $$(@D)
	$$(call whole,$$(CC) $$(TOOL_FLAGS) $$^ -o $$(PART) $$(LDFLAGS) -ldl -lm)

$(BUILD)/caller/$2: tests/judge/caller.c tests/judge/protocol.h tests/judge/sandbox.h $(BUILD)/calls/$2.h $(BUILD)/objects/tests/judge/sandbox.o
	mkdir -p $$(@D)
	$$(call whole,$$(CC) $$(TOOL_FLAGS) -DTHE_CALLER -include tests/$2.h -include tests/judge/protocol.h \
		-include $(BUILD)/calls/$2.h $$< $(BUILD)/objects/tests/judge/sandbox.o \
		-o $$(PART) $$(CALLER_FLAGS) $$(LDFLAGS) -ldl -lm)

$(patsubst tests/%.c,$(BUILD)/%.so,$(wildcard tests/*/$2.c)): $(BUILD)/%/$2.so: tests/%/$2.c $(BUILD)/objects/$2.judged.o tests/$2.h tests/judge/answers.h
	mkdir -p $$(@D)
	$$(call whole,$$(CC) $$(COURSE_FLAGS) $(QUICK_OPT) -w -include tests/$2.h -include tests/judge/answers.h \
		$$(SHARED) $$< $(BUILD)/objects/$2.judged.o -o $$(PART) $$(LDFLAGS) -lm)

$(BUILD)/sums/$2: FORCE
	$$(call summed,$(wildcard tests/$2.[ch] tests/wrong/$2.c solutions/$2.c) tests/judge/*.h tests/judge/*.awk)

$(BUILD)/calls/$2.h $(BUILD)/objects/tests/$2.o $(BUILD)/caller/$2 $(BUILD)/wrong/$2.so \
$(BUILD)/objects/$2.judged.o: $(wildcard $(BUILD)/sums/$2) | $(BUILD)/sums/$2

# The program's output is also what the site shows.
build/output/$2.txt: $(BUILD)/solution/$2 $(wildcard chapters/data/*)
	mkdir -p build/output build/figures-site/$2
	echo "running $$<"
	$$(call whole,FIGURES=build/figures-site/$2 $$< >$$(PART) </dev/null)
endef
$(foreach n,$(NAMES),$(eval $(call chapter_rules,$(call number,$n),$n,$(addprefix -include ,$(wildcard tests/$n.h)))))

$(BUILD)/objects/tests/%.o: tests/%.c $(STAMP)
	mkdir -p $(@D)
	$(call compiled,$(TOOL_FLAGS) $(filter -I% -isystem% -D% -pthread,$(CRITERION)))

$(BUILD)/sums/judge: FORCE
	$(call summed,tests/judge/*.[ch] tests/instructor/*.[ch])

$(patsubst %.c,$(BUILD)/objects/%.o,$(wildcard tests/judge/*.c tests/instructor/*.c)): \
	$(wildcard $(BUILD)/sums/judge) | $(BUILD)/sums/judge

TOOL_OBJECTS := $(addprefix $(BUILD)/objects/tests/,judge/submission.o judge/command.o judge/sandbox.o \
	instructor/clean.o)

JUDGED := $(patsubst tests/%.c,%,$(wildcard $(NAMES:%=tests/%.c)))
SOLVED := $(patsubst solutions/%.c,%,$(wildcard $(NAMES:%=solutions/%.c)))

# With all that it looks at.
$(BUILD)/prove: $(BUILD)/objects/tests/proof/prove.o $(TOOL_OBJECTS) | $(NAMES:%=$(BUILD)/%) \
		$(SOLVED:%=$(BUILD)/solution/%) $(JUDGED:%=$(BUILD)/tests/%) $(JUDGED:%=$(BUILD)/check/%.so) \
		$(JUDGED:%=$(BUILD)/right/%.so) $(patsubst tests/%.c,$(BUILD)/%.so,$(wildcard tests/honest/*.c)) \
		$(BUILD)/grade build/plot
	$(call whole,$(CC) $(TOOL_FLAGS) $^ -o $(PART) $(LDFLAGS) -lm)

$(BUILD)/grade: $(addprefix $(BUILD)/objects/tests/instructor/,grade.o class.o collect.o exports.o names.o clean.o report.o archive.o sha256.o) $(TOOL_OBJECTS)
	$(call whole,$(CC) $(TOOL_FLAGS) $^ -o $(PART) $(LDFLAGS) -lm)

build/plot: docs/loom/plot.c
	mkdir -p build
	$(call whole,$(CC) $(COURSE_FLAGS) $(QUICK_OPT) $< -o $(PART) $(LDFLAGS) -lm)

-include $(wildcard $(BUILD)/objects/*.d $(BUILD)/objects/tests/*.d $(BUILD)/objects/tests/*/*.d $(BUILD)/check/*.d)

# ---------------------------------------------------------------- the other commands
.SECONDARY:

board:
	$(COURSE) board

check:
	$(COURSE) check $(JUDGED)

hint:
	$(COURSE) hint $(E) $(if $(filter-out 0 no off false,$(AGAIN)),again)

reset:
	$(COURSE) reset $(E)

docs: $(SOLVED:%=build/output/%.txt) build/plot
	$(COURSE) docs

# The parts are built on all processors also when make was not told -j.
test:
	+$(MAKE) $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$$(getconf _NPROCESSORS_ONLN || echo 2)) \
		$(BUILD)/prove
	$(BUILD)/prove $(PROVE)


# Graded is what -Og makes of a file, unless OPT= says otherwise: it compiles quickly.
grade: export GRADE_FLAGS = $(or $(QUICK_OPT),$(OPT))
grade: $(JUDGED:%=$(BUILD)/tests/%) $(BUILD)/grade
	HIDDEN_BUILT=$$(sh tests/instructor/hidden.sh $(JUDGE_OBJECTS)) && export HIDDEN_BUILT && $(BUILD)/grade

grade-merge: $(BUILD)/grade
	$(BUILD)/grade merge

gradescope:
	sh tests/instructor/gradescope.sh build/gradescope.zip

bench: $(SOLVED:%=$(BUILD)/solution/%)
	$(COURSE) bench $(SOLVED)

doctor:
	sh tests/student/setup.sh doctor

help:
	sed -n 's/^#: \{0,1\}//p' Makefile

endif
