package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// TestRemindPosts: the message arrives as JSON, once, and says what was printed.
func TestRemindPosts(t *testing.T) {
	dir := exampleLog(t)
	type posted struct {
		Text string `json:"text"`
	}
	var got []posted
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var p posted
		if err := json.Unmarshal(body, &p); err != nil || r.Method != http.MethodPost || !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
			t.Errorf("%s %s: %v", r.Method, body, err)
		}
		got = append(got, p)
	}))
	defer server.Close()
	want, _ := runIn(t, dir, "sync", "remind", "--slack")
	out, errs := runIn(t, dir, "sync", "remind", "--slack", "--webhook", server.URL+"/secret")
	if errs != "" || !strings.HasPrefix(out, "Posted to 127.0.0.1:") || strings.Contains(out, "secret") {
		t.Errorf("it says %q, %q", out, errs)
	}
	if len(got) != 1 || got[0].Text != want {
		t.Errorf("posted %q, want %q", got, want)
	}
	runIn(t, dir, "update", "--unchanged", "web")
	runIn(t, dir, "update", "--unchanged", "storage")
	if out, _ := runIn(t, dir, "sync", "remind", "--webhook", server.URL); len(got) != 1 || !strings.Contains(out, "nothing was posted") {
		t.Errorf("nobody is late: %q, %d messages", out, len(got))
	}
}

// TestWebhookRefusals: every failure is told with the host and never with the secret
// in the path, and nothing is sent on elsewhere.
func TestWebhookRefusals(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the message was sent on") }))
	defer elsewhere.Close()
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/secret/moved":
			http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
		case "/secret/gone":
			http.Error(w, "no \x1b[31msuch hook", http.StatusNotFound)
		case "/secret/slow":
			<-release
		}
	}))
	defer server.Close()
	defer close(release)
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	v := &invocation{world: &world{getenv: func(key string) string {
		return map[string]string{"HOOK": server.URL + "/secret/gone"}[key]
	}}}
	for _, c := range []struct{ name, flag, want string }{
		{"redirect", server.URL + "/secret/moved", "it answers 307 and sends on to another address"},
		{"refused", "env:HOOK", "it answers 404 Not Found: no"},
		{"slow", server.URL + "/secret/slow", "it does not answer within"},
		{"nobody there", closed.URL + "/secret", "connection refused"},
		{"no scheme", "hooks.example/secret", "it is not an address"},
		{"another scheme", "ftp://hooks.example/secret", "only https is safe enough"},
		{"http to another computer", "http://hooks.example/secret", "only https is safe enough"},
		{"a name that only begins so", "http://localhost.example/secret", "only https is safe enough"},
		{"not an address", "https://[::1/secret", "it is not an address"},
		{"no variable", "env:NONE", `the environment has no "NONE"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			hook, err := v.webhook(c.flag)
			if err == nil {
				hook.patience = 200 * time.Millisecond
				err = hook.post(t.Context(), "hello")
			}
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "\x1b") || hint(err) == "" {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
	for _, flag := range []string{"https://hooks.example/secret", "http://localhost:1/x", "http://[::1]:1/x", "http://127.0.0.9/x"} {
		if _, err := v.webhook(flag); err != nil {
			t.Errorf("%s: %v", flag, err)
		}
	}
}
