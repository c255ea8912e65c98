package auth_test

import (
	"slices"
	"testing"

	"github.com/latchkey-dev/latchkey/internal/fault"
)

func TestOrigins(t *testing.T) {
	t.Parallel()
	s, ctx := setUp(t)
	p, pk, sk, err := s.NewProject(ctx, "game")
	if err != nil {
		t.Fatal(err)
	}
	changed, err := s.SetAllowedOrigins(ctx, p.ID, []string{"https://Game.example/", "https://game.example:443", "http://game.example:8080"})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"https://game.example", "http://game.example:8080"}; !slices.Equal(changed.AllowedOrigins, want) {
		t.Errorf("kept are %v, want %v", changed.AllowedOrigins, want)
	}
	o, err := s.OriginsOfKey(ctx, pk)
	if err != nil {
		t.Fatal(err)
	}
	for origin, want := range map[string]bool{
		"https://game.example": true, "http://game.example:8080": true,
		"http://game.example": false, "https://game.example:8443": false, "https://game.example.evil.example": false,
		"https://evil.example": false, "null": false, "": false, "http://localhost": false,
	} {
		if got := o.Allows(origin); got != want {
			t.Errorf("Allows(%q) is %t", origin, got)
		}
	}
	for target, want := range map[string]bool{
		"https://game.example/verified?a=b#c": true, "HTTPS://GAME.EXAMPLE/": true,
		"https://game.example@evil.example/": false, "https://evil.example/?https://game.example": false,
		"//game.example/": false, "javascript:alert(1)": false, "https:game.example": false, "https://game.example\\@evil.example": false, "": false,
	} {
		if got := o.AllowsURL(target); got != want {
			t.Errorf("AllowsURL(%q) is %t", target, got)
		}
	}
	if got := o.Sources(); !slices.Equal(got, changed.AllowedOrigins) {
		t.Errorf("sources are %v", got)
	}
	for _, key := range []string{sk, "pk_test_x", ""} {
		if _, err := s.OriginsOfKey(ctx, key); !fault.Is(err, fault.Unauthorized) {
			t.Errorf("key %q has origins: %v", key, err)
		}
	}
}

// Without a list nobody may, but in development every page on this machine.
func TestOriginsWithoutAList(t *testing.T) {
	t.Parallel()
	s, ctx := setUp(t)
	p, _, _, err := s.NewProject(ctx, "game")
	if err != nil {
		t.Fatal(err)
	}
	for _, dev := range []bool{false, true} {
		s.Loopback = dev
		o, err := s.Origins(ctx, p.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, origin := range []string{"http://localhost:3000", "http://127.0.0.1:5173", "https://[::1]:8443"} {
			if o.Allows(origin) != dev {
				t.Errorf("development %t: Allows(%q) is %t", dev, origin, !dev)
			}
		}
		for _, origin := range []string{"https://game.example", "http://localhost.evil.example", "http://127.0.0.1.evil.example", "http://localhost/x", "file://localhost"} {
			if o.Allows(origin) {
				t.Errorf("development %t: %q is allowed", dev, origin)
			}
		}
		if got := len(o.Sources()) > 0; got != dev {
			t.Errorf("development %t: sources are %v", dev, o.Sources())
		}
	}
	if _, err := s.SetAllowedOrigins(ctx, p.ID, []string{"https://game.example"}); err != nil {
		t.Fatal(err)
	}
	if o, err := s.Origins(ctx, p.ID); err != nil || o.Allows("http://localhost:3000") {
		t.Errorf("with a list this machine is allowed as well, %v", err)
	}
}

func TestOriginsThatAreNone(t *testing.T) {
	t.Parallel()
	s, ctx := setUp(t)
	p, _, _, err := s.NewProject(ctx, "game")
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{
		"", "*", "https://*", "https://*.example", "game.example", "https://game.example/path", "https://u@game.example", "https://game.example?x",
		"ftp://game.example", "https://a.example; script-src *", "https://a.example 'self'", "https://", "null", "https://:443",
	} {
		if _, err := s.SetAllowedOrigins(ctx, p.ID, []string{bad}); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v, want a refusal", bad, err)
		}
	}
	if _, err := s.SetAllowedOrigins(ctx, p.ID, make([]string, 51)); !fault.Is(err, fault.Invalid) {
		t.Errorf("51 origins: %v, want a refusal", err)
	}
}
