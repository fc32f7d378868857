# A test's output is compared, and shown nowhere unless it differs.
print("pass  basics/shelf_ghost.py")
