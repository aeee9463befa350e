// See command.h.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <math.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__linux__)
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

#if defined(__linux__) && defined(SYS_mount_setattr) && defined(SYS_pivot_root)
#define HAVE_SPACES 1
#endif

#if defined(__linux__) && defined(__has_include)
#if __has_include(<linux/landlock.h>)
#define HAVE_LANDLOCK 1
#include <linux/landlock.h>
#endif
#endif

// A macro, because the type of `resource` differs between systems.
#define LIMIT(resource, value)                                                           \
    setrlimit(resource, &(struct rlimit){(rlim_t)(value), (rlim_t)(value)})

enum { NOBODY = 65534 };

static bool can_read_all(const char *const *paths)
{
    bool good = true;
    for (; good && paths != NULL && *paths != NULL; paths++)
        good = faccessat(AT_FDCWD, *paths, R_OK, AT_EACCESS) == 0 || errno == ENOENT;
    return good;
}

// Whether an effective user who is nobody could do what the command is to do here, in its
// folder. (In spaces of its own, it is nobody who lays out what it can read.)
static bool would_do(const struct sandbox *sandbox)
{
    const int all = R_OK | W_OK | X_OK;
    return faccessat(AT_FDCWD, ".", all, AT_EACCESS) == 0 &&
           can_read_all(sandbox->given) &&
           (!sandbox->own_spaces ||
            (faccessat(AT_FDCWD, sandbox->folder, all, AT_EACCESS) == 0 &&
             can_read_all(sandbox->readable)));
}

// Gives up root for good. Where nobody cannot read what is given, all stays as it was.
static bool become_nobody(const struct sandbox *sandbox)
{
    if (chown(".", NOBODY, NOBODY) != 0 || setgroups(0, NULL) != 0 ||
        setegid(NOBODY) != 0 || seteuid(NOBODY) != 0)
        return seteuid(0) == 0 && setegid(0) == 0;
    const bool good = would_do(sandbox);
    if (seteuid(0) != 0 || setegid(0) != 0)
        return false;
    if (!good)
        return chown(".", 0, 0) == 0;
    if (setgid(NOBODY) != 0 || setuid(NOBODY) != 0)
        return false;
#if defined(__linux__)
    prctl(PR_SET_DUMPABLE, 1, 0, 0,
          0); // else /proc/self, where its spaces are said, is root's
#endif
    return true;
}

// What a command finds in spaces of its own besides what it was given: empty, and thrown
// away with the spaces.
static const char *const own_folders[] = {"/tmp", "/dev/shm", NULL};

#if defined(HAVE_SPACES)

enum { INSIDE_USER = 1000 }; // not root there either

static bool write_file(const char *path, const char *text)
{
    int file = open(path, O_WRONLY | O_CLOEXEC);
    bool good = file >= 0 && write(file, text, strlen(text)) == (ssize_t)strlen(text);
    if (file >= 0)
        close(file);
    return good;
}

// Maps INSIDE_USER to who we are, and nobody else to anybody.
static bool map_user(unsigned user, unsigned group)
{
    char line[64];
    snprintf(line, sizeof line, "%d %u 1", INSIDE_USER, user);
    if (!write_file("/proc/self/setgroups", "deny") ||
        !write_file("/proc/self/uid_map", line))
        return false;
    snprintf(line, sizeof line, "%d %u 1", INSIDE_USER, group);
    return write_file("/proc/self/gid_map", line);
}

static bool make_folders(const char *path, bool with_last)
{
    char part[PATH_MAX];
    size_t length = strlen(path);
    if (length >= sizeof part)
        return false;
    for (size_t i = 1; i <= length; i++)
        if (path[i] == '/' || (path[i] == '\0' && with_last)) {
            memcpy(part, path, i);
            part[i] = '\0';
            if (mkdir(part, 0755) != 0 && errno != EEXIST)
                return false;
        }
    return true;
}

// Shows `path` at the same place below `root`; what is not there needs no showing.
static bool show(const char *root, const char *path, bool writable)
{
    char at[PATH_MAX], link[PATH_MAX];
    struct stat status;
    const struct {
        uint64_t set, clear, propagation, user;
    } read_only = {.set = 1};
    if (lstat(path, &status) != 0)
        return errno == ENOENT;
    if (snprintf(at, sizeof at, "%s%s", root, path) >= (int)sizeof at ||
        !make_folders(at, S_ISDIR(status.st_mode)))
        return false;
    if (S_ISLNK(status.st_mode)) {
        ssize_t n = readlink(path, link, sizeof link - 1);
        link[n > 0 ? n : 0] = '\0';
        return n > 0 && symlink(link, at) == 0;
    }
    if (!S_ISDIR(status.st_mode))
        close(open(at, O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
    if (mount(path, at, NULL, writable ? MS_BIND : MS_BIND | MS_REC, NULL) != 0)
        return false;
    return writable || syscall(SYS_mount_setattr, AT_FDCWD, at, 0x8000 /* AT_RECURSIVE */,
                               &read_only, sizeof read_only) == 0;
}

static bool is_below(const char *path, const char *const *folders)
{
    for (; folders != NULL && *folders != NULL; folders++) {
        size_t n = strlen(*folders);
        if (strncmp(path, *folders, n) == 0 && (path[n] == '/' || path[n] == '\0'))
            return true;
    }
    return false;
}

// Puts an empty folder in the place of one that is shown below `root`.
static bool hide_at(const char *root, const char *place, const char *rest)
{
    char at[PATH_MAX];
    struct stat status;
    if (snprintf(at, sizeof at, "%s%s%s", root, place, rest) >= (int)sizeof at)
        return false;
    return lstat(at, &status) != 0 ||
           mount("none", at, "tmpfs", MS_NOSUID | MS_NODEV, "size=4m,mode=755") == 0;
}

// The same for a folder, by its real path: wherever one that is shown leads to it, also by a
// link on its way. (What is a link itself is shown as one.)
static bool hide(const char *root, const char *path, const char *const *shown)
{
    char real[PATH_MAX];
    struct stat status;
    bool good = true;
    for (; good && shown != NULL && *shown != NULL; shown++) {
        const char *const folder[] = {real, NULL};
        if (lstat(*shown, &status) == 0 && S_ISDIR(status.st_mode) &&
            realpath(*shown, real) != NULL && is_below(path, folder))
            good = hide_at(root, *shown, path + strlen(real));
    }
    return good;
}

// Shows what is not there yet.
static bool give(const char *root, const char *path)
{
    char at[PATH_MAX];
    struct stat status;
    if (snprintf(at, sizeof at, "%s%s", root, path) >= (int)sizeof at)
        return false;
    return lstat(at, &status) == 0 || show(root, path, false);
}

// An empty file system at `root`, with what the command was given.
static bool lay_out(const struct sandbox *sandbox, const char *root)
{
    char at[PATH_MAX];
    bool good =
        mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
        mount("none", root, "tmpfs", MS_NOSUID | MS_NODEV, "size=1g,mode=755") == 0;
    for (size_t i = 0; good && own_folders[i] != NULL; i++)
        good = snprintf(at, sizeof at, "%s%s", root, own_folders[i]) < (int)sizeof at &&
               make_folders(at, true);
    for (const char *const *path = sandbox->readable; good && path && *path; path++)
        good = show(root, *path, false);
    for (const char *const *path = sandbox->hidden; good && path && *path; path++)
        good = hide(root, *path, sandbox->readable);
    for (const char *const *path = sandbox->given; good && path && *path; path++)
        good = give(root, *path);
    for (const char *const *path = sandbox->writable; good && path && *path; path++)
        good = show(root, *path, true);
    return good;
}

// Processes, and nothing of the machine: not even root can set anything there. (Linux
// before 5.8 shows the machine as well, to be read.)
static bool show_processes(void)
{
    const unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY;
    return mkdir("proc", 0755) == 0 &&
           (mount("none", "proc", "proc", flags, "subset=pid") == 0 ||
            mount("none", "proc", "proc", flags, NULL) == 0);
}

static bool move_to(const char *root, bool sees_processes)
{
    return chdir(root) == 0 && (!sees_processes || show_processes()) &&
           syscall(SYS_pivot_root, ".", ".") == 0 && umount2(".", MNT_DETACH) == 0 &&
           chdir("/") == 0;
}

// Waits for `child`, buries its orphans, and ends as it did.
static void follow(pid_t child)
{
    int status = 0;
    for (pid_t ended = 0; ended != child;)
        if ((ended = wait(&status)) < 0 && errno != EINTR)
            _exit(127);
    _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

// From here on a new process goes on, and this one waits for it.
static bool go_on_in_child(void)
{
    pid_t child = fork();
    if (child > 0)
        follow(child);
    return child == 0 && prctl(PR_SET_PDEATHSIG, SIGKILL) == 0;
}

// Gives the calling process its own users, processes, network, messages and file system:
// returns in a new process, which is ordinary in a world whose first one cleans up. Else
// the name of the step that failed.
static const char *enter_spaces(const struct sandbox *sandbox)
{
    char root[PATH_MAX];
    const unsigned user = geteuid(), group = getegid();
    const int spaces =
        CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC;
    if (snprintf(root, sizeof root, "%s/.root", sandbox->folder) >= (int)sizeof root ||
        (mkdir(root, 0755) != 0 && errno != EEXIST))
        return "an empty folder";
    if (unshare(spaces) != 0)
        return "new namespaces";
    if (!map_user(user, group))
        return "a user of its own";
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || !lay_out(sandbox, root))
        return "a file system of its own";
    if (!go_on_in_child())
        return "a process";
    if (!move_to(root, sandbox->sees_processes))
        return "a file system and processes of its own";
    return go_on_in_child() ? NULL : "a process";
}

// Whether nobody can have spaces, too, and not only root.
static bool nobody_has_spaces;

static bool try_as_nobody(const struct sandbox *trial)
{
    const pid_t child = fork();
    if (child == 0)
        _exit(!(chdir(trial->folder) == 0 && become_nobody(trial) && geteuid() != 0 &&
                enter_spaces(trial) == NULL));
    const struct ending end = wait_with_deadline(child, 10, 10);
    return end.cause == ENDED_EXIT && end.status == 0 && chown(trial->folder, 0, 0) == 0;
}

const char *sandbox_lacks_spaces(const char *folder)
{
    char *why =
        mmap(NULL, 256, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (why == MAP_FAILED)
        return "no memory";
    if (getenv("JUDGE_WITHOUT_SPACES") != NULL)
        return "JUDGE_WITHOUT_SPACES asks for none";
    const struct sandbox trial = {
        .folder = folder, .own_spaces = true, .sees_processes = true};
    pid_t child = fork();
    if (child == 0) {
        const char *step = enter_spaces(&trial);
        if (step != NULL)
            snprintf(why, 256, "this machine does not give it %s: %s", step,
                     strerror(errno));
        _exit(step != NULL);
    }
    struct ending end = wait_with_deadline(child, 10, 10);
    if (end.cause != ENDED_EXIT && *why == '\0')
        return "the attempt to enter them died";
    nobody_has_spaces = *why == '\0' && geteuid() == 0 && try_as_nobody(&trial);
    return *why != '\0' ? why : NULL;
}

#else

static const bool nobody_has_spaces = false;

static const char *enter_spaces(const struct sandbox *sandbox)
{
    (void)sandbox;
    return "namespaces";
}

const char *sandbox_lacks_spaces(const char *folder)
{
    (void)folder;
    return "they need Linux 5.12 or later";
}

#endif

#if defined(HAVE_LANDLOCK)

static int landlock_abi(void)
{
    return (int)syscall(SYS_landlock_create_ruleset, NULL, 0,
                        LANDLOCK_CREATE_RULESET_VERSION);
}

// Every right that the first version knows: later kernels know more, which we leave free.
enum { ALL_RIGHTS = (1 << 13) - 1 };

static bool allow_below(int rules, const char *path, unsigned long long rights)
{
    struct landlock_path_beneath_attr rule = {.allowed_access = rights};
    rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
    if (rule.parent_fd < 0)
        return errno == ENOENT; // a folder that this system does not have needs no rule
    int failed =
        (int)syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    if (failed != 0 && errno == EINVAL) { // a file, not a folder: no folder rights
        rule.allowed_access &= LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE |
                               LANDLOCK_ACCESS_FS_WRITE_FILE;
        failed = (int)syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH,
                              &rule, 0);
    }
    close(rule.parent_fd);
    return failed == 0;
}

static bool fence_files(const struct sandbox *sandbox)
{
    const unsigned long long reading = LANDLOCK_ACCESS_FS_EXECUTE |
                                       LANDLOCK_ACCESS_FS_READ_FILE |
                                       LANDLOCK_ACCESS_FS_READ_DIR;
    struct landlock_ruleset_attr attributes = {.handled_access_fs = ALL_RIGHTS};
    int rules =
        (int)syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0);
    bool good = rules >= 0;
    for (const char *const *path = sandbox->readable; good && path && *path; path++)
        good = allow_below(rules, *path, reading);
    for (const char *const *path = sandbox->given; good && path && *path; path++)
        good = allow_below(rules, *path, reading);
    for (const char *const *path = sandbox->writable; good && path && *path; path++)
        good = allow_below(rules, *path, ALL_RIGHTS);
    for (size_t i = 0; good && sandbox->own_spaces && own_folders[i] != NULL; i++)
        good = allow_below(rules, own_folders[i], ALL_RIGHTS);
    if (good && sandbox->own_spaces && sandbox->sees_processes)
        good = allow_below(rules, "/proc", reading);
    good = good && syscall(SYS_landlock_restrict_self, rules, 0) == 0;
    close(rules);
    return good;
}

bool sandbox_has_landlock(void)
{
    return getenv("JUDGE_WITHOUT_LANDLOCK") == NULL && landlock_abi() > 0;
}

#else

static bool fence_files(const struct sandbox *sandbox)
{
    (void)sandbox;
    return true;
}

bool sandbox_has_landlock(void)
{
    return false;
}

#endif

static void limit_command(const struct sandbox *sandbox)
{
    LIMIT(RLIMIT_CORE, NO_CORE);
    LIMIT(RLIMIT_CPU, ceil(sandbox->cpu_seconds) + 1);
    if (sandbox->memory_bytes > 0)
        LIMIT(RLIMIT_AS, (double)sandbox->memory_bytes);
    if (sandbox->file_bytes > 0)
        LIMIT(RLIMIT_FSIZE, (double)sandbox->file_bytes);
}

// The output is a new file: what a command has left there before may lead anywhere.
static bool redirect(const char *output)
{
    if (output != NULL)
        unlink(output);
    int in = open("/dev/null", O_RDONLY);
    int out = output != NULL ? open(output, O_WRONLY | O_CREAT | O_EXCL, 0666)
                             : open("/dev/null", O_WRONLY);
    return in >= 0 && out >= 0 && dup2(in, 0) == 0 && dup2(out, 1) == 1 &&
           dup2(out, 2) == 2;
}

// What only root can read is not there for a compiler: it is nobody before it has spaces, where
// nobody can have such. Who comes after it gets the folder back.
static bool choose_user(const struct sandbox *sandbox)
{
    struct stat status;
    if (chdir(sandbox->folder) != 0 || stat(".", &status) != 0)
        return false;
    if (sandbox->as_nobody && nobody_has_spaces)
        return become_nobody(sandbox);
    return status.st_uid != NOBODY || chown(".", 0, 0) == 0;
}

// In the child: never returns.
static void run_fenced(const struct sandbox *sandbox, char *const argv[])
{
    extern char **environ;
    default_signals();
    bool good = redirect(sandbox->output);
    close_from(3);
    if (good && sandbox->own_spaces && sandbox->folder != NULL && geteuid() == 0)
        good = choose_user(sandbox);
    if (good && sandbox->own_spaces)
        good = enter_spaces(sandbox) == NULL;
    good = good && own_session();
    if (good && sandbox->folder != NULL)
        good = chdir(sandbox->folder) == 0;
    limit_command(sandbox);
    if (good &&
        (sandbox->readable != NULL || sandbox->given != NULL ||
         sandbox->writable != NULL) &&
        sandbox_has_landlock())
        good = fence_files(sandbox);
    if (good && sandbox->as_nobody && !sandbox->own_spaces && sandbox->folder != NULL &&
        geteuid() == 0)
        good = become_nobody(sandbox);
    if (sandbox->environment != NULL)
        environ = (char **)(size_t)sandbox->environment;
    if (good)
        execvp(argv[0], argv);
    _exit(127);
}

struct ending sandbox_run(const struct sandbox *sandbox, char *const argv[])
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0)
        run_fenced(sandbox, argv);
    if (child < 0)
        return (struct ending){.cause = ENDED_UNKNOWN, .status = errno};
    return wait_for_waking(child, sandbox->cpu_seconds, sandbox->wall_seconds,
                           sandbox->asleep_seconds);
}
