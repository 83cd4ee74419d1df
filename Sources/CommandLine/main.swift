print("pmm-ha")
