module example.org/own/lruttl

go 1.19
