"""Proofs that the hidden tests of the catalog's tasks tell right answers from wrong ones.

choosing.py    names -> CatalogTasks, and the text of a task's solution
hand_made.py   mutants.toml -> Mutants and their patches           pure but for reading the files
judging.py     Mutants -> verdicts, in the sandbox
places.py      throw-away environments, trees and processes
covering.py    a task -> what of its solution the tests reach
mutating.py    a task -> what became of a sample of machine-made mutants
sampling.py    which of the machine-made mutants are tried          pure
keep.py        runs in the mutation tool's environment: leaves the other mutants out
showing.py     results -> lines and JSON documents                  pure
commands.py    the command line
"""
