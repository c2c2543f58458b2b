// Runs one command and reports its cost: `measure RESULT STDOUT STDERR [--tree] -- COMMAND ARG...`
//
// A separate process, because ru_maxrss of a child starts at its parent's memory at the fork: below
// this program that is about one megabyte. With --tree it also sums the resident memory of the command
// and everything it started, every 20 ms; pages that processes share are counted in each.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static long long micros(struct timeval t) { return t.tv_sec * 1000000LL + t.tv_usec; }

#ifdef __linux__
static long resident_kib(pid_t pid) {
    char path[64];
    long pages = 0, resident = 0;
    snprintf(path, sizeof path, "/proc/%d/statm", (int)pid);
    FILE *file = fopen(path, "r");
    if (!file) return 0;
    if (fscanf(file, "%ld %ld", &pages, &resident) != 2) resident = 0;
    fclose(file);
    return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

// The resident memory of a process and all its descendants, KiB.
static long tree_kib(pid_t pid) {
    long sum = resident_kib(pid);
    char path[320];
    snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    DIR *tasks = opendir(path);
    if (!tasks) return sum;
    for (struct dirent *task; (task = readdir(tasks));) {
        if (task->d_name[0] == '.') continue;
        snprintf(path, sizeof path, "/proc/%d/task/%s/children", (int)pid, task->d_name);
        FILE *file = fopen(path, "r");
        if (!file) continue;
        for (int child; fscanf(file, "%d", &child) == 1;) sum += tree_kib(child);
        fclose(file);
    }
    closedir(tasks);
    return sum;
}
#else
static long tree_kib(pid_t pid) { (void)pid; return 0; }
#endif

static void redirect(const char *path, int descriptor) {
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (file < 0 || dup2(file, descriptor) < 0) _exit(126);
    close(file);
}

int main(int argc, char **argv) {
    int samples_tree = argc > 4 && strcmp(argv[4], "--tree") == 0;
    int separator = 4 + samples_tree;
    if (argc < separator + 2 || strcmp(argv[separator], "--") != 0) {
        fprintf(stderr, "usage: measure RESULT STDOUT STDERR [--tree] -- COMMAND ARG...\n");
        return 2;
    }
#ifdef __linux__
    // Blocked, so that it ends the wait between two samples even if it arrives just before.
    sigset_t child_ended, before;
    sigemptyset(&child_ended);
    sigaddset(&child_ended, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child_ended, &before);
#else
    samples_tree = 0;
#endif

    struct rusage usage;
    int status = 0;
    long tree = 0;
    long long begin = now_ns();
    pid_t pid = fork();
    if (pid < 0) { perror("measure: fork"); return 2; }
    if (pid == 0) {
        redirect(argv[2], STDOUT_FILENO);
        redirect(argv[3], STDERR_FILENO);
#ifdef __linux__
        sigprocmask(SIG_SETMASK, &before, NULL);
#endif
        execvp(argv[separator + 1], argv + separator + 1);
        fprintf(stderr, "cannot run %s: %s\n", argv[separator + 1], strerror(errno));
        _exit(127);
    }
    for (;;) {
        pid_t ended = wait4(pid, &status, samples_tree ? WNOHANG : 0, &usage);
        if (ended == pid) break;
        if (ended < 0 && errno != EINTR) { perror("measure: wait4"); return 2; }
        if (!samples_tree) continue;
        long sum = tree_kib(pid);
        if (sum > tree) tree = sum;
#ifdef __linux__
        struct timespec pause = {0, 20000000};
        sigtimedwait(&child_ended, NULL, &pause);
#endif
    }
    long long wall = now_ns() - begin;

    FILE *result = fopen(argv[1], "w");
    if (!result) { perror("measure: result"); return 2; }
#ifdef __APPLE__
    long peak = usage.ru_maxrss / 1024;
#else
    long peak = usage.ru_maxrss;
#endif
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    fprintf(result, "%lld %lld %lld %ld %ld %d\n", wall, micros(usage.ru_utime), micros(usage.ru_stime), peak,
            tree, code);
    return fclose(result) == 0 ? 0 : 2;
}
