package layout

import (
	"strings"
	"testing"
)

func TestPanicOfTheEngineIsAnError(t *testing.T) {
	err := run(t.Context(), func() error { panic("lost") })
	if err == nil || !strings.Contains(err.Error(), "elk-go panicked: lost") {
		t.Errorf("got %v", err)
	}
}
