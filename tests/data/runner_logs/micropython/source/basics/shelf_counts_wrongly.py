# The expected output stands beside this file, and is wrong on purpose.
print(3 - 1)
