// Command todod serves todos over HTTP.
package main

import (
	"flag"
	"log"
	"net/http"
	"time"

	"example.com/todo/api"
	"example.com/todo/store"
)

func main() {
	address := flag.String("listen", "localhost:8080", "address to listen on")
	flag.Parse()

	server := &http.Server{
		Addr:              *address,
		Handler:           api.New(store.New()),
		ReadHeaderTimeout: 10 * time.Second,
	}
	log.Fatal(server.ListenAndServe())
}
