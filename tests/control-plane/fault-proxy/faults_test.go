package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"
)

// through gives a client of a proxy with a script before a server that says
// `{"whole":true}` to everything.
func through(t *testing.T, lines ...string) (ask func(method, path string) (*http.Response, string, error), requests *bytes.Buffer) {
	t.Helper()
	upstream := httptest.NewServer(http.HandlerFunc(func(writer http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(writer, `{"whole":true}`)
	}))
	t.Cleanup(upstream.Close)
	faults := &script{}
	for _, line := range lines {
		if err := faults.take(line); err != nil {
			t.Fatal(err)
		}
	}
	requests = &bytes.Buffer{}
	server := httptest.NewTLSServer(newProxy(upstream.URL, http.DefaultTransport, faults, requests))
	t.Cleanup(server.Close)
	client := server.Client()
	return func(method, path string) (*http.Response, string, error) {
		limit, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
		defer cancel()
		request, err := http.NewRequestWithContext(limit, method, server.URL+path, strings.NewReader("body"))
		if err != nil {
			t.Fatal(err)
		}
		response, err := client.Do(request)
		if err != nil {
			return nil, "", err
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		return response, string(body), err
	}, requests
}

func TestWithoutAFaultRequestsPass(t *testing.T) {
	ask, requests := through(t, "PATCH /a 1 reset", "* /b* 1 reset")
	for _, want := range []string{"GET /a", "PATCH /ab", "GET /c?x=/b"} {
		method, path, _ := strings.Cut(want, " ")
		if _, body, err := ask(method, path); err != nil || body != `{"whole":true}` {
			t.Errorf("%s: %q, %v", want, body, err)
		}
	}
	if got := requests.String(); got != "GET /a -\nPATCH /ab -\nGET /c?x=/b -\n" {
		t.Errorf("logged %q", got)
	}
}

func TestFaults(t *testing.T) {
	cases := []struct {
		line, header, body string
		code               int
		err                error
	}{
		{line: "* * 1 reset", err: syscall.ECONNRESET},
		{line: "* * 1 hang", err: context.DeadlineExceeded},
		{line: "* * 1 delay 10s", err: context.DeadlineExceeded},
		{line: "* * 1 delay 1ms", code: 200, body: `{"whole":true}`},
		{line: "* * 1 status 429 7", code: 429, header: "7", body: `"Too Many Requests"`},
		{line: "* * 1 status 500", code: 500, body: `"code":500`},
		{line: "* * 1 answer 200 application/json {\"kind\": [", code: 200, body: `{"kind": [`},
		{line: "* * 1 answer 204 text/plain", code: 204},
		{line: "* * 1 oversize 200000", code: 200, body: strings.Repeat("x", 199998)},
		{line: "* * 1 truncate 5", code: 200, body: `{"who`, err: io.ErrUnexpectedEOF},
		{line: "* * 1 stall 5", code: 200, body: `{"who`, err: context.DeadlineExceeded},
	}
	for _, c := range cases {
		ask, _ := through(t, c.line)
		response, body, err := ask("POST", "/api")
		if !errors.Is(err, c.err) || !strings.Contains(body, c.body) {
			t.Errorf("%s: %.40q, %v", c.line, body, err)
		}
		if c.code == 0 {
			continue
		}
		if response == nil || response.StatusCode != c.code || response.Header.Get("Retry-After") != c.header {
			t.Errorf("%s: %+v", c.line, response)
		}
	}
}

func TestFaultsAreCountedAndCleared(t *testing.T) {
	ask, requests := through(t, "GET /a 1+2 status 500", "GET /a 1 status 503")
	var codes []int
	for range 5 {
		response, _, err := ask("GET", "/a")
		if err != nil {
			t.Fatal(err)
		}
		codes = append(codes, response.StatusCode)
	}
	if want := []int{503, 500, 500, 200, 200}; !equal(codes, want) {
		t.Errorf("%v\n%s", codes, requests)
	}
	faults := &script{}
	for _, line := range []string{"* * * reset", "clear"} {
		if err := faults.take(line); err != nil {
			t.Error(err)
		}
	}
	if faults.next(httptest.NewRequest("GET", "/a", nil)) != nil {
		t.Error("clear left a fault")
	}
}

func equal(left, right []int) bool {
	for i := range left {
		if i >= len(right) || left[i] != right[i] {
			return false
		}
	}
	return len(left) == len(right)
}

func TestLinesThatMeanNothingAreRefused(t *testing.T) {
	for _, text := range []string{
		"", "GET /a 1", "GET a 1 reset", "GET /a 0 reset", "GET /a -1 reset", "GET /a x reset", "GET /a 1+ reset",
		"GET /a 1+0 reset", "GET /a 1 explode", "GET /a 1 reset now", "GET /a 1 hang 3", "GET /a 1 delay",
		"GET /a 1 delay 5", "GET /a 1 status", "GET /a 1 status x", "GET /a 1 status 429 1 2", "GET /a 1 answer 200",
		"GET /a 1 oversize", "GET /a 1 truncate x", "GET /a 1 stall 1 2",
	} {
		if err := (&script{}).take(text); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}
