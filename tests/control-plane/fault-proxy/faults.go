// The faults themselves, on the connection of one request.
package main

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"time"
)

type proxy struct {
	pass     *httputil.ReverseProxy
	faults   *script
	mutex    sync.Mutex
	requests io.Writer // guarded by mutex
}

func newProxy(upstream string, transport http.RoundTripper, faults *script, requests io.Writer) *proxy {
	target, _ := url.Parse(upstream)
	return &proxy{faults: faults, requests: requests, pass: &httputil.ReverseProxy{
		Rewrite:       func(request *httputil.ProxyRequest) { request.SetURL(target) },
		Transport:     transport,
		FlushInterval: -1, // watches
		ErrorHandler:  func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}}
}

func (p *proxy) ServeHTTP(writer http.ResponseWriter, request *http.Request) {
	// Read whole: only then does the server notice that the client gave up.
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return
	}
	request.Body = io.NopCloser(bytes.NewReader(body))
	found := p.faults.next(request)
	p.log(request, found)
	if found == nil {
		p.pass.ServeHTTP(writer, request)
		return
	}
	switch found.kind {
	case "delay":
		select {
		case <-time.After(found.delay):
			p.pass.ServeHTTP(writer, request)
		case <-request.Context().Done():
		}
	case "reset":
		reset(writer)
	case "hang":
		<-request.Context().Done()
	case "status":
		refuse(writer, found)
	case "answer":
		writer.Header().Set("Content-Type", found.contentType)
		writer.WriteHeader(found.code)
		_, _ = io.WriteString(writer, found.text)
	case "oversize":
		oversize(writer, found.bytes)
	case "truncate", "stall":
		p.cut(writer, request, found)
	}
}

func (p *proxy) log(request *http.Request, found *fault) {
	name := "-"
	if found != nil {
		name = found.kind
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	fmt.Fprintln(p.requests, request.Method, request.URL.RequestURI(), name)
}

// reset makes the kernel send RST: what was not sent is thrown away.
func reset(writer http.ResponseWriter) {
	connection, _, err := http.NewResponseController(writer).Hijack()
	if err != nil {
		return
	}
	if secure, ok := connection.(*tls.Conn); ok {
		connection = secure.NetConn()
	}
	if plain, ok := connection.(*net.TCPConn); ok {
		_ = plain.SetLinger(0)
	}
	_ = connection.Close()
}

// refuse answers as the API server does when it is too busy or broken.
func refuse(writer http.ResponseWriter, found *fault) {
	if found.retryAfter != "" {
		writer.Header().Set("Retry-After", found.retryAfter)
	}
	writer.Header().Set("Content-Type", "application/json")
	writer.WriteHeader(found.code)
	fmt.Fprintf(writer, `{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":%q,"code":%d}`,
		http.StatusText(found.code), found.code)
}

// oversize answers with one JSON string, as long as asked, in chunks.
func oversize(writer http.ResponseWriter, size int) {
	writer.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(writer, `"`)
	block := strings.Repeat("x", 64<<10)
	for left := size - 2; left > 0; left -= len(block) {
		if _, err := io.WriteString(writer, block[:min(left, len(block))]); err != nil {
			return
		}
	}
	_, _ = io.WriteString(writer, `"`)
}

// cut sends the true answer's head and the beginning of its body. The length
// that it announces is that of the whole.
func (p *proxy) cut(writer http.ResponseWriter, request *http.Request, found *fault) {
	whole := &recorder{header: http.Header{}}
	p.pass.ServeHTTP(whole, request)
	for name, values := range whole.header {
		writer.Header()[name] = values
	}
	writer.Header().Del("Transfer-Encoding")
	writer.Header().Set("Content-Length", fmt.Sprint(len(whole.body)))
	writer.WriteHeader(whole.code)
	_, _ = writer.Write(whole.body[:min(found.bytes, len(whole.body))])
	_ = http.NewResponseController(writer).Flush()
	if found.kind == "stall" {
		<-request.Context().Done()
	}
	panic(http.ErrAbortHandler) // ends the connection without more
}

// recorder keeps an answer instead of sending it.
type recorder struct {
	header http.Header
	code   int
	body   []byte
}

func (r *recorder) Header() http.Header { return r.header }
func (r *recorder) WriteHeader(code int) {
	r.code = code
}
func (r *recorder) Write(text []byte) (int, error) {
	r.body = append(r.body, text...)
	return len(text), nil
}
