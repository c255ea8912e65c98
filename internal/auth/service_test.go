package auth_test

import (
	"context"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/latchkey-dev/latchkey/internal/auth"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func setUp(t *testing.T) (*auth.Service, context.Context) {
	t.Helper()
	return &auth.Service{Store: storetest.SQLite(t), Now: time.Now}, context.Background()
}

func TestNewProject(t *testing.T) {
	t.Parallel()
	s, ctx := setUp(t)
	p, pk, sk, err := s.NewProject(ctx, "game")
	if err != nil {
		t.Fatal(err)
	}
	form := regexp.MustCompile(`^(pk|sk)_test_[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	if !form.MatchString(pk) || !strings.HasPrefix(pk, "pk_") || !form.MatchString(sk) || !strings.HasPrefix(sk, "sk_") {
		t.Errorf("keys are %s and %s", pk, sk)
	}
	got, err := s.Project(ctx, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p, got, cmp.Comparer(func(a, b *big.Int) bool { return a.Cmp(b) == 0 })); diff != "" {
		t.Errorf("created and stored project differ:\n%s", diff)
	}
	_, pk2, sk2, err := s.NewProject(ctx, "game")
	if err != nil || pk == pk2 || sk == sk2 {
		t.Errorf("a second project has the same keys, %v", err)
	}
	if _, _, _, err := s.NewProject(ctx, ""); !fault.Is(err, fault.Invalid) {
		t.Errorf("a project without a name: %v", err)
	}
}

func TestAuthenticate(t *testing.T) {
	t.Parallel()
	s, ctx := setUp(t)
	p, pk, sk, err := s.NewProject(ctx, "game")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		bearer string
		kind   auth.KeyKind
	}{
		{"Bearer " + sk, auth.Secret}, {"bearer  " + sk + " ", auth.Secret}, {sk, auth.Secret}, {"Bearer " + pk, auth.Publishable},
	} {
		caller, err := s.Authenticate(ctx, auth.Credentials{Authorization: c.bearer})
		if err != nil || caller.ProjectID != p.ID || caller.Kind != c.kind || caller.KeyID == "" {
			t.Errorf("%q: %+v, %v", c.bearer, caller, err)
		}
	}
	for _, bearer := range []string{
		"", "Bearer", "Bearer ", "Basic " + sk, "Bearer " + sk[:len(sk)-1], "Bearer " + strings.ToUpper(sk),
		"Bearer eyJhbGciOi", "Bearer sk_live_x", sk + "\x00",
	} {
		caller, err := s.Authenticate(ctx, auth.Credentials{Authorization: bearer})
		if !fault.Is(err, fault.Unauthorized) {
			t.Errorf("%q: %+v, %v, want a refusal", bearer, caller, err)
		}
		if err != nil && strings.Contains(err.Error(), sk[9:20]) {
			t.Errorf("the refusal shows the key: %v", err)
		}
	}
}

func TestRevokedKey(t *testing.T) {
	t.Parallel()
	db, ctx := storetest.SQLite(t), context.Background()
	s := &auth.Service{Store: db, Now: time.Now}
	revoked := time.Now()
	// The SHA-256 of "sk_test_x".
	const hash = "6a6bd0975b4b4eec698dff44abf27d4332416db18a2b1cac78468bfbc0225c5c"
	key := auth.Key{ID: "key_1", ProjectID: "pro_1", Kind: auth.Secret, Hash: hash, Hint: "sk_test_x", RevokedAt: &revoked}
	if err := db.CreateProject(ctx, auth.Project{ID: "pro_1"}, []auth.Key{key}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Authenticate(ctx, auth.Credentials{Authorization: "sk_test_x"}); !fault.Is(err, fault.Unauthorized) || !strings.Contains(err.Error(), "revoked") {
		t.Errorf("a revoked key: %v", err)
	}
}

func TestRequire(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		caller auth.Caller
		scope  string
		want   fault.Kind // "" when it may
	}{
		{auth.Caller{Kind: auth.Secret}, "sessions:write", ""},
		{auth.Caller{Kind: auth.Secret, Scopes: []string{"sessions:read", "sessions:write"}}, "sessions:write", ""},
		{auth.Caller{Kind: auth.Secret, Scopes: []string{"sessions:read"}}, "sessions:write", fault.Forbidden},
		{auth.Caller{Kind: auth.Publishable}, "sessions:read", fault.Unauthorized},
		{auth.Caller{}, "sessions:read", fault.Unauthorized},
	} {
		err := c.caller.Require(c.scope)
		if c.want == "" && err != nil || c.want != "" && !fault.Is(err, c.want) {
			t.Errorf("%+v needs %s: %v, want %q", c.caller, c.scope, err, c.want)
		}
	}
}

func TestScopesAreDistinct(t *testing.T) {
	t.Parallel()
	sorted := slices.Sorted(slices.Values(auth.Scopes))
	if len(slices.Compact(sorted)) != len(auth.Scopes) || len(auth.Scopes) != 42 {
		t.Errorf("%d scopes: %v", len(auth.Scopes), auth.Scopes)
	}
	if !slices.Contains(auth.Scopes, "transactions:write") || !slices.Contains(auth.Scopes, "share:export") {
		t.Errorf("scopes are %v", auth.Scopes)
	}
}

func TestSetDefaultFeeLimit(t *testing.T) {
	t.Parallel()
	s, ctx := setUp(t)
	p, _, _, err := s.NewProject(ctx, "game")
	if err != nil {
		t.Fatal(err)
	}
	most := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 96), big.NewInt(1))
	for _, wei := range []*big.Int{big.NewInt(5), most, new(big.Int)} {
		if _, err := s.SetDefaultFeeLimit(ctx, p.ID, wei); err != nil {
			t.Fatal(err)
		}
		if got, err := s.DefaultFeeLimit(ctx, p.ID); err != nil || got.Cmp(wei) != 0 {
			t.Errorf("limit is %s, %v, want %s", got, err, wei)
		}
	}
	for _, wei := range []*big.Int{nil, big.NewInt(-1), new(big.Int).Add(most, big.NewInt(1))} {
		if _, err := s.SetDefaultFeeLimit(ctx, p.ID, wei); !fault.Is(err, fault.Invalid) {
			t.Errorf("%v: %v, want a refusal", wei, err)
		}
	}
	if _, err := s.SetDefaultFeeLimit(ctx, "pro_none", most); !fault.Is(err, fault.NotFound) {
		t.Errorf("unknown project: %v", err)
	}
}
