// SPDX-License-Identifier: GPL-2.0-only
int part(void)
{
	return no_such_variable;
}
