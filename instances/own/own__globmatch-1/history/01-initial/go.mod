module example.org/own/globmatch

go 1.19
