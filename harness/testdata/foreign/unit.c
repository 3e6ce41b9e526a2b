// SPDX-License-Identifier: GPL-2.0-only
#include <kunit/test.h>
#include <linux/module.h>

static void unit_adds(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, 2 + 2, 4);
}

static struct kunit_case unit_cases[] = {
	KUNIT_CASE(unit_adds),
	{ }
};

static struct kunit_suite unit_suite = {
	.name = "unit",
	.test_cases = unit_cases,
};
kunit_test_suite(unit_suite);

MODULE_DESCRIPTION("Needs KUnit");
MODULE_LICENSE("GPL");
