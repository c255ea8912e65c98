package session

import (
	"errors"
	"math/big"
	"strings"
	"testing"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/permission"
)

func TestStatus(t *testing.T) {
	active := permission.Status{State: permission.Active, FeeSpent: new(big.Int)}
	p := permission.Permission{ValidAfter: 100, ValidUntil: 200, Limit: 3, FeeLimit: big.NewInt(50)}
	for _, c := range []struct {
		name string
		s    Session
		word permission.Status
		now  uint64
		at   uint64 // the account's epoch
		want Status
	}{
		{"waits for its owner", Session{State: Pending}, permission.Status{FeeSpent: new(big.Int)}, 150, 0, StatusPending},
		{"registered, though the row does not know yet", Session{State: Pending}, active, 150, 0, StatusActive},
		{"first moment", Session{State: Active}, active, 100, 0, StatusActive},
		{"before its first moment", Session{State: Active}, active, 99, 0, StatusScheduled},
		{"last moment", Session{State: Active}, active, 200, 0, StatusActive},
		{"after its last moment", Session{State: Active}, active, 201, 0, StatusExpired},
		{"pending past its end", Session{State: Pending}, permission.Status{}, 201, 0, StatusExpired},
		{"calls used up", Session{State: Active}, permission.Status{State: permission.Active, Uses: 3, FeeSpent: new(big.Int)}, 150, 0, StatusExhausted},
		{"one call left", Session{State: Active}, permission.Status{State: permission.Active, Uses: 2, FeeSpent: new(big.Int)}, 150, 0, StatusActive},
		{"fees used up", Session{State: Active}, permission.Status{State: permission.Active, FeeSpent: big.NewInt(50)}, 150, 0, StatusExhausted},
		{"closed on chain only", Session{State: Active}, permission.Status{State: permission.Closed, FeeSpent: new(big.Int)}, 150, 0, StatusRevoked},
		{"withdrawn", Session{State: Closed}, permission.Status{FeeSpent: new(big.Int)}, 150, 0, StatusRevoked},
		{"withdrawn, and registered by its owner all the same", Session{State: Closed}, active, 150, 0, StatusActive},
		{"all sessions revoked since", Session{State: Active}, active, 150, 1, StatusRevoked},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := status(c.s, p, reading{now: c.now, epoch: c.at, state: permission.State{Status: c.word}}); got != c.want {
				t.Errorf("status is %s, want %s", got, c.want)
			}
		})
	}
}

func TestReadAbsoluteExpiry(t *testing.T) {
	const now = 1_800_000_000
	for _, c := range []struct {
		name         string
		after, until uint64
		want         uint64
	}{
		{"a day from now", now, now + 86_400, now + 86_400},
		{"absolute seconds added to now", now, now + now + 3600, now + 3600},
		{"absolute milliseconds added to now", now, now + (now+3600)*1000, now + 3600},
		{"absolute and valid at once", 0, now + 3600, now + 3600},
		{"as long as can be", 0, permission.MaxTime, permission.MaxTime / 1000},
		{"before its start", now, now - 1, now - 1},
		{"milliseconds and valid at once", 0, (now + 3600) * 1000, now + 3600},
		{"milliseconds after a start in seconds", now, (now + 365*86_400) * 1000, now + 365*86_400 - now/1000},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := CreateParams{ValidAfter: c.after, ValidUntil: c.until}
			notice, err := readAbsoluteExpiry(&p, now)
			if err != nil {
				t.Fatal(err)
			}
			if p.ValidUntil != c.want {
				t.Errorf("validUntil became %d, want %d", p.ValidUntil, c.want)
			}
			if narrowed := c.until != c.want; narrowed != (notice != "") {
				t.Errorf("narrowed is %t and the notice %q", narrowed, notice)
			}
		})
	}
}

func TestReadAbsoluteExpiry_refusesMilliseconds(t *testing.T) {
	const now = 1_800_000_000
	for field, p := range map[string]CreateParams{
		"validAfter": {ValidAfter: now * 1000, ValidUntil: (now + 3600) * 1000},
		"validUntil": {ValidAfter: now, ValidUntil: (now + 3600) * 1000}, // less validAfter it is over
	} {
		notice, err := readAbsoluteExpiry(&p, now)
		refused, ok := errors.AsType[*fault.Fault](err)
		if !ok || refused.Field != field || !strings.Contains(refused.Message, "is in milliseconds") {
			t.Errorf("%s: answered %q, %v", field, notice, err)
		}
	}
}

func TestCheckWindow(t *testing.T) {
	for _, c := range []struct {
		after, until uint64
		ok           bool
	}{{0, 101, true}, {0, 100, false}, {200, 200, false}, {300, 200, false}, {150, 200, true}} {
		err := checkWindow(CreateParams{ValidAfter: c.after, ValidUntil: c.until}, 100)
		if (err == nil) != c.ok {
			t.Errorf("window %d to %d at 100 answered %v", c.after, c.until, err)
		}
	}
}
