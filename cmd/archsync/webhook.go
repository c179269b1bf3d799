package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/archsync/archsync/internal/history"
	"github.com/archsync/archsync/internal/plain"
)

// webhook is an address that takes a message as JSON. It is a secret: whoever has it
// can post, so nothing that is printed holds more of it than its host.
type webhook struct {
	address  *url.URL
	patience time.Duration
}

// webhookPatience is how long an answer is waited for.
const webhookPatience = 10 * time.Second

// webhook is the address that a flag names: itself, or env:NAME.
func (v *invocation) webhook(flag string) (webhook, error) {
	wrong := func(what, hint string) (webhook, error) {
		return webhook{}, &usageError{what: "--webhook: " + what, hint: hint}
	}
	text := flag
	if name, ok := strings.CutPrefix(flag, "env:"); ok {
		if text = strings.TrimSpace(v.getenv(name)); text == "" {
			return wrong(fmt.Sprintf("the environment has no %q", name), "set it to the address that takes the message")
		}
	}
	address, err := url.Parse(text)
	switch {
	case err != nil || address.Host == "":
		return wrong("it is not an address", "write it as https://..., or env:NAME for one in an environment variable")
	case address.Scheme == "https":
	case address.Scheme == "http" && isLoopback(address.Hostname()):
	default:
		return wrong("only https is safe enough for it", "http is taken on this computer alone: http://localhost:8080/")
	}
	return webhook{address, webhookPatience}, nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// host is what of the address may be shown.
func (w webhook) host() string { return w.address.Host }

// post sends a message. An answer that sends on to another address is refused, as the
// message would go to somebody that nobody named.
func (w webhook) post(ctx context.Context, text string) error {
	body, err := json.Marshal(map[string]string{"text": text})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, w.patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, w.address.String(), bytes.NewReader(body))
	if err != nil {
		return w.failed("the address cannot be used", "")
	}
	request.Header.Set("Content-Type", "application/json; charset=utf-8")
	request.Header.Set("User-Agent", "archsync")
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(request)
	if err != nil {
		return w.unreachable(err)
	}
	defer answer.Body.Close()
	return w.check(answer)
}

// check refuses every answer but a success.
func (w webhook) check(answer *http.Response) error {
	switch {
	case answer.StatusCode < 300:
		return nil
	case answer.StatusCode < 400:
		return w.failed(fmt.Sprintf("it answers %d and sends on to another address", answer.StatusCode), "name the address itself")
	}
	said, _ := io.ReadAll(io.LimitReader(answer.Body, 200)) // as much of the reason as it gives
	what := fmt.Sprintf("it answers %d %s", answer.StatusCode, http.StatusText(answer.StatusCode))
	if line := strings.TrimSpace(plain.Line(string(said))); line != "" {
		what += ": " + line
	}
	return w.failed(what, "see whether the address is still right; nothing was posted")
}

// unreachable is a failure without an answer. The library's words hold the whole
// address, and are taken apart for the cause.
func (w webhook) unreachable(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return w.failed(fmt.Sprintf("it does not answer within %v", w.patience), "try again later; perhaps the message was posted")
	}
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	return w.failed(err.Error(), "see whether the host is right and can be reached from here")
}

func (w webhook) failed(what, hint string) error {
	return &history.Error{What: fmt.Sprintf("post to %s: %s", w.host(), what), Hint: hint}
}
