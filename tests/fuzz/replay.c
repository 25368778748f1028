/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Runs a fuzz driver over the files of a folder, without libFuzzer: what once broke, or reaches
 * far, is tried in every build.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LARGEST = 65536 };

/* The driver gets memory of exactly the file's size, so that a byte too far is seen. */
static int replay(const char *path)
{
    static uint8_t buffer[LARGEST];
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        return 1;
    }
    size_t size = fread(buffer, 1, sizeof buffer, file);
    (void)fclose(file);
    uint8_t *exact = malloc(size > 0 ? size : 1);
    if (exact == NULL) {
        return 1;
    }
    for (size_t i = 0; i < size; i++) {
        exact[i] = buffer[i];
    }
    (void)LLVMFuzzerTestOneInput(exact, size);
    free(exact);
    return 0;
}

int main(int argc, char **argv)
{
    DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
    if (folder == NULL) {
        (void)fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 2;
    }
    unsigned inputs = 0;
    int failures = 0;
    for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        char path[4096];
        if (entry->d_name[0] != '.') {
            (void)snprintf(path, sizeof path, "%s/%s", argv[1], entry->d_name);
            failures += replay(path);
            inputs++;
        }
    }
    (void)closedir(folder);
    (void)printf("%u inputs\n", inputs);
    return failures > 0 || inputs == 0; /* an empty folder tests nothing */
}
