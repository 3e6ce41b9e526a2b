// SPDX-License-Identifier: GPL-2.0-only

/* A function of each kind: see ../counters_test.go. */

int sink;

static int twice(int n)
{
	sink += n;
	return 2 * n;
}

static int never(int n)
{
	sink = n;
	return sink;
}

int loop(int n)
{
	int i, sum = 0;

	for (i = 0; i < n; i++) {
		if (i == 3)
			sum += twice(i);
		else
			sink++;
	}
	return sum;
}

int choose(int n)
{
	switch (n) {
	case 1:
		sink = 10;
		break;
	case 2:
		sink = 20;
		break;
	default:
		sink = 30;
		goto out;
	}
	sink++;
out:
	return sink;
}

int fail(int n)
{
	int err = loop(n);

	if (err > 100) {
		never(err);
		return -1;
	}
	return err ? choose(1) : choose(7);
}
