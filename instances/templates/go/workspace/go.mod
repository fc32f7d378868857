module numberskit

go 1.19
