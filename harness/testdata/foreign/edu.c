// SPDX-License-Identifier: GPL-2.0-only
#include <linux/module.h>
#include <linux/pci.h>

/* QEMU's docs/specs/edu.rst: what it is, and what gives back the inverse. */
#define EDU_ID		0x00
#define EDU_LIVENESS	0x04

static bool found;

static int edu_probe(struct pci_dev *dev, const struct pci_device_id *id)
{
	void __iomem *registers;
	int err = pcim_enable_device(dev);

	if (err)
		return err;
	registers = pcim_iomap(dev, 0, 0);
	if (!registers)
		return -ENOMEM;
	writel(0x12345678, registers + EDU_LIVENESS);
	pr_info("edu: identification %08x, inverse %08x\n", readl(registers + EDU_ID), readl(registers + EDU_LIVENESS));
	found = true;
	return 0;
}

static const struct pci_device_id edu_ids[] = {
	{ PCI_DEVICE(0x1234, 0x11e8) },
	{ }
};
MODULE_DEVICE_TABLE(pci, edu_ids);

static struct pci_driver edu_driver = {
	.name = "edu",
	.id_table = edu_ids,
	.probe = edu_probe,
};

static int __init edu_init(void)
{
	int err = pci_register_driver(&edu_driver);

	if (!err && !found) {
		pci_unregister_driver(&edu_driver);
		err = -ENODEV;
	}
	return err;
}

static void __exit edu_exit(void)
{
	pci_unregister_driver(&edu_driver);
}

module_init(edu_init);
module_exit(edu_exit);

MODULE_DESCRIPTION("Drives QEMU's edu, and wants to have one");
MODULE_LICENSE("GPL");
