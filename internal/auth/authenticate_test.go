package auth_test

import (
	"context"
	"testing"
	"time"

	"github.com/latchkey-dev/latchkey/internal/auth"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/player"
	"github.com/latchkey-dev/latchkey/internal/store/storetest"
	"github.com/latchkey-dev/latchkey/internal/user"
)

// A user is known by each way of sending its token, in its own project only.
func TestAuthenticateUsers(t *testing.T) {
	t.Parallel()
	db, ctx := storetest.SQLite(t), context.Background()
	users := &user.Service{Store: db, Players: &player.Service{Store: db, Now: time.Now}, Now: time.Now}
	s := &auth.Service{Store: db, Users: users, Now: time.Now}
	p, pk, sk, err := s.NewProject(ctx, "game")
	if err != nil {
		t.Fatal(err)
	}
	_, otherPK, _, err := s.NewProject(ctx, "another")
	if err != nil {
		t.Fatal(err)
	}
	guest, err := users.SignUpGuest(ctx, p.ID, user.Client{})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]auth.Credentials{
		"auth_token":      {Authorization: "Bearer " + guest.Token, ProjectKey: pk},
		"pk_access_token": {Authorization: "Bearer " + pk, PlayerToken: guest.Token},
	} {
		caller, err := s.Authenticate(ctx, c)
		if err != nil || caller.Kind != auth.User || caller.ProjectID != p.ID || caller.UserID != guest.User.ID || caller.LoginID != guest.Login.ID {
			t.Errorf("%s: %+v, %v", name, caller, err)
		}
		if auth.TokenOf(c) != guest.Token {
			t.Errorf("%s: the token is %q", name, auth.TokenOf(c))
		}
	}
	for name, c := range map[string]auth.Credentials{
		"token without its project":          {Authorization: "Bearer " + guest.Token},
		"token of another project":           {Authorization: "Bearer " + guest.Token, ProjectKey: otherPK},
		"token beside another project's key": {Authorization: "Bearer " + otherPK, PlayerToken: guest.Token},
		"token beside a secret key":          {Authorization: "Bearer " + guest.Token, ProjectKey: sk},
		"changed token":                      {Authorization: "Bearer " + guest.Token + "A", ProjectKey: pk},
		"hash of the token":                  {Authorization: "Bearer " + guest.Login.Hash, ProjectKey: pk},
		"provider that is not trusted":       {Authorization: "Bearer " + pk, PlayerToken: guest.Token, AuthProvider: "firebase"},
	} {
		if caller, err := s.Authenticate(ctx, c); !fault.Is(err, fault.Unauthorized) {
			t.Errorf("%s: %+v, %v, want a refusal", name, caller, err)
		}
	}

	caller, err := s.Authenticate(ctx, auth.Credentials{ProjectKey: pk})
	if err != nil || caller.Kind != auth.Publishable {
		t.Errorf("a page without a user: %+v, %v", caller, err)
	}
	if err := caller.Require("users:read"); !fault.Is(err, fault.Unauthorized) {
		t.Errorf("a page may read users: %v", err)
	}
	if _, err := s.Authenticate(ctx, auth.Credentials{ProjectKey: sk}); !fault.Is(err, fault.Unauthorized) {
		t.Errorf("a secret key in x-project-key: %v", err)
	}
	caller, err = s.Authenticate(ctx, auth.Credentials{Authorization: "Bearer " + sk, ProjectKey: pk, PlayerToken: guest.Token})
	if err != nil || caller.Kind != auth.Secret || caller.UserID != "" {
		t.Errorf("a secret key beside a user's token: %+v, %v", caller, err)
	}
	if err := (auth.Caller{Kind: auth.User}).Require("users:read"); !fault.Is(err, fault.Denied) {
		t.Errorf("a user may read users: %v", err)
	}
}
