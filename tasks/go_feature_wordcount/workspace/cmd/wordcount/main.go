// Command wordcount prints the most frequent words of its standard input.
package main

import (
	"flag"
	"fmt"
	"os"

	"example.com/wordcount/wordcount"
)

func main() {
	n := flag.Int("n", 10, "how many words to print")
	flag.Parse()

	counts, err := wordcount.Count(os.Stdin, wordcount.Options{})
	if err == nil {
		err = wordcount.WriteTable(os.Stdout, counts.Top(*n))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "wordcount:", err)
		os.Exit(1)
	}
}
