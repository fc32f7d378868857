package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"example.com/todo/store"
)

const (
	maxBody      = 65536
	maxTitle     = 120
	maxLimit     = 100
	defaultLimit = 20
)

// body is what POST and PATCH take. Fields that are not there are nil.
type body struct {
	Title *string
	Done  *bool
}

// readBody reads and checks the body of a request. The title is trimmed.
func readBody(w http.ResponseWriter, r *http.Request) (body, error) {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	// Broken parameters do not matter either.
	if err != nil && !errors.Is(err, mime.ErrInvalidMediaParameter) || media != "application/json" {
		return body{}, problem{http.StatusUnsupportedMediaType, "unsupported_media_type", "the body must be application/json"}
	}
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return body{}, problem{http.StatusRequestEntityTooLarge, "body_too_large", fmt.Sprintf("the body may have %d bytes", maxBody)}
	case err != nil:
		return body{}, invalidJSON(err.Error())
	}
	b, err := parseBody(text)
	if err != nil {
		return body{}, err
	}
	if b.Title != nil {
		title := strings.TrimSpace(*b.Title)
		if n := utf8.RuneCountInString(title); n < 1 || n > maxTitle {
			return body{}, problem{http.StatusBadRequest, "invalid_title", fmt.Sprintf("a title has 1 to %d characters, not %d", maxTitle, n)}
		}
		b.Title = &title
	}
	return b, nil
}

func parseBody(text []byte) (body, error) {
	// Raw messages tell an absent field from null.
	var raw struct {
		Title json.RawMessage `json:"title"`
		Done  json.RawMessage `json:"done"`
	}
	if trimmed := bytes.TrimLeft(text, " \t\r\n"); len(trimmed) == 0 || trimmed[0] != '{' {
		return body{}, invalidJSON("the body must be a JSON object")
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&raw); err != nil {
		return body{}, invalidJSON(err.Error())
	}
	if _, err := decoder.Token(); err != io.EOF {
		return body{}, invalidJSON("something follows the JSON object")
	}
	var b body
	if err := parseField(raw.Title, &b.Title); err != nil {
		return body{}, err
	}
	return b, parseField(raw.Done, &b.Done)
}

// parseField decodes a field that may be absent, but not null.
func parseField[T any](raw json.RawMessage, field **T) error {
	if raw == nil {
		return nil
	}
	if err := json.Unmarshal(raw, field); err != nil {
		return invalidJSON(err.Error())
	}
	if *field == nil {
		return invalidJSON("a field may not be null")
	}
	return nil
}

func invalidJSON(message string) problem {
	return problem{http.StatusBadRequest, "invalid_json", message}
}

func parseQuery(raw string) (store.Filter, error) {
	filter := store.Filter{Limit: defaultLimit}
	query, err := url.ParseQuery(raw)
	if err != nil {
		return filter, invalidQuery(err.Error())
	}
	for name, values := range query {
		value := values[0]
		number, numberErr := strconv.ParseUint(value, 10, 63)
		switch {
		case len(values) > 1:
			return filter, invalidQuery(name + " is given twice")
		case name == "limit" && numberErr == nil && 1 <= number && number <= maxLimit:
			filter.Limit = int(number)
		case name == "after" && numberErr == nil:
			filter.After = int64(number)
		case name == "done" && (value == "true" || value == "false"):
			done := value == "true"
			filter.Done = &done
		default:
			return filter, invalidQuery(fmt.Sprintf("%s may not be %q", name, value))
		}
	}
	return filter, nil
}

func invalidQuery(message string) problem {
	return problem{http.StatusBadRequest, "invalid_query", message}
}
