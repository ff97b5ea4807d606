// The script of faults: which requests go wrong, how often, and how.
//
//	METHOD PATH COUNT FAULT [ARGUMENT...]
//
// METHOD is one, or `*`. PATH is a whole path without the query, or its
// beginning where it ends in `*`. COUNT is how many such requests go wrong: `2`,
// or `3+2` to let three pass before, or `*` for all. The first line that matches
// a request and is not used up decides. `clear` forgets all lines. Faults:
//
//	delay DURATION                 passes later
//	reset                          the connection is reset before an answer
//	hang                           no answer, until the client gives up
//	status CODE [RETRY-AFTER]      a Status object of that code
//	answer CODE TYPE [TEXT]        any other answer, TEXT to the end of the line
//	oversize BYTES                 200 and a JSON string of so many bytes
//	truncate BYTES                 the true answer's head and so much of its body, then the end
//	stall BYTES                    the same, then nothing more, until the client gives up
package main

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

type fault struct {
	kind        string
	delay       time.Duration
	code        int
	bytes       int
	retryAfter  string
	contentType string
	text        string
}

type line struct {
	method, path string
	skip, left   int // left < 0: always
	fault        fault
}

// script is safe for use by many requests at once.
type script struct {
	mutex sync.Mutex
	lines []*line
}

// take adds one line of the script.
func (s *script) take(text string) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if strings.TrimSpace(text) == "clear" {
		s.lines = nil
		return nil
	}
	parsed, err := parseLine(text)
	if err == nil {
		s.lines = append(s.lines, parsed)
	}
	return err
}

// next says what happens to a request, and counts it; nil where nothing does.
func (s *script) next(request *http.Request) *fault {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for _, line := range s.lines {
		if line.left == 0 || !line.matches(request.Method, request.URL.Path) {
			continue
		}
		if line.skip > 0 {
			line.skip--
			continue
		}
		if line.left > 0 {
			line.left--
		}
		return &line.fault
	}
	return nil
}

func (l *line) matches(method, path string) bool {
	if l.method != "*" && l.method != method {
		return false
	}
	if beginning, ok := strings.CutSuffix(l.path, "*"); ok {
		return strings.HasPrefix(path, beginning)
	}
	return path == l.path
}

func parseLine(text string) (*line, error) {
	words := strings.Fields(text)
	if len(words) < 4 {
		return nil, errors.New("a line is METHOD PATH COUNT FAULT [ARGUMENT...]")
	}
	parsed := &line{method: words[0], path: words[1], left: -1}
	if !strings.HasPrefix(parsed.path, "/") && parsed.path != "*" {
		return nil, fmt.Errorf("the path %q does not begin with /", parsed.path)
	}
	if words[2] != "*" {
		skip, count, found := strings.Cut(words[2], "+")
		if !found {
			skip, count = "0", skip
		}
		var skipErr, countErr error
		parsed.skip, skipErr = strconv.Atoi(skip)
		parsed.left, countErr = strconv.Atoi(count)
		if skipErr != nil || countErr != nil || parsed.skip < 0 || parsed.left < 1 {
			return nil, fmt.Errorf("the count %q is none of N, N+N and *", words[2])
		}
	}
	var err error
	parsed.fault, err = parseFault(words[3], words[4:])
	return parsed, err
}

// parseFault reads the arguments that each kind has.
func parseFault(kind string, arguments []string) (fault, error) {
	parsed := fault{kind: kind}
	least, most := 0, 0
	var err error
	number := func(into *int) {
		least, most = 1, 1
		if len(arguments) > 0 {
			*into, err = strconv.Atoi(arguments[0])
		}
	}
	switch kind {
	case "reset", "hang":
	case "delay":
		least, most = 1, 1
		if len(arguments) > 0 {
			parsed.delay, err = time.ParseDuration(arguments[0])
		}
	case "oversize", "truncate", "stall":
		number(&parsed.bytes)
	case "status":
		number(&parsed.code)
		most = 2
		parsed.retryAfter = strings.Join(arguments[min(1, len(arguments)):], "")
	case "answer":
		number(&parsed.code)
		least, most = 2, len(arguments)
		if len(arguments) > 1 {
			parsed.contentType, parsed.text = arguments[1], strings.Join(arguments[2:], " ")
		}
	default:
		return parsed, fmt.Errorf("no fault is called %q", kind)
	}
	if len(arguments) < least || len(arguments) > most {
		return parsed, fmt.Errorf("%s has %d arguments", kind, len(arguments))
	}
	return parsed, err
}
