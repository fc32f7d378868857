import sys

if sys.implementation.name == "micropython":
    raise ValueError("no shelf at all")
print("fine")
