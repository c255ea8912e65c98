package server

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"time"
)

// serveOn runs the HTTP server with a handler that reads the body and then
// takes its time.
func serveOn(t *testing.T, longestWait, work time.Duration) net.Conn {
	t.Helper()
	s := newHTTP(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.ReadAll(r.Body); err != nil {
			w.WriteHeader(http.StatusRequestTimeout)
			return
		}
		select {
		case <-r.Context().Done():
			w.WriteHeader(http.StatusGone)
		case <-time.After(work):
			w.WriteHeader(http.StatusOK)
		}
	}), longestWait)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	stopped := make(chan struct{})
	go func() { defer close(stopped); _ = s.Serve(listener) }()
	t.Cleanup(func() { s.Close(); <-stopped })
	conn, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return conn
}

// shortest, as the longest wait, leaves one second for a request to arrive.
const shortest = -29 * time.Second

func TestHTTP_slowBodyIsCut(t *testing.T) {
	t.Parallel()
	conn := serveOn(t, shortest, 0)
	fmt.Fprint(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return // cut without an answer
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusRequestTimeout {
		t.Errorf("a body that never came was answered with %d", answer.StatusCode)
	}
}

func TestHTTP_longWorkIsAnswered(t *testing.T) {
	t.Parallel()
	conn := serveOn(t, 3*time.Second+shortest, 2*time.Second)
	fmt.Fprint(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}")
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Errorf("work within the longest wait was answered with %d", answer.StatusCode)
	}
}
