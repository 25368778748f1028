/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * feiqdump: captures in, packets printed.
 */
#include "sniffer/capture_tasks.h"
#include "sniffer/options.h"
#include "sniffer/run.h"

int main(int argc, char **argv)
{
    Options options;
    ExitStatus status;
    if (options_read(&options, argc, argv, &status)) {
        if (options.list_interfaces) {
            status = list_interfaces();
        } else if (options.listing > 0) {
            status = list_filter(&options);
        } else {
            status = run(&options);
        }
    }
    options_free(&options);
    return (int)status;
}
