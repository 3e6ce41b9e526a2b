// SPDX-License-Identifier: GPL-2.0-only
/*
 * A second object of the module. Comments say how often a line runs in all cases
 * together; the test reads them.
 */

#include "part.h"

void part_work(int n)
{
	if (n > 2)
		here(); /* ran: 4 */
	else
		here(); /* ran: 0 */
}

void part_nobody(void)
{
	here(); /* ran: 0 */
}
