# The two interpreters name themselves, and so never print the same.
import sys

print(sys.implementation.name)
