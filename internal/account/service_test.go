package account_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/auth"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/player"
	"github.com/latchkey-dev/latchkey/internal/store/storetest"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type fixture struct {
	service *account.Service
	players *player.Service
	ctx     context.Context
	project string
}

func setUp(t *testing.T) fixture {
	t.Helper()
	db, ctx := storetest.SQLite(t), context.Background()
	projects := auth.Service{Store: db, Now: time.Now}
	p, _, _, err := projects.NewProject(ctx, "test")
	if err != nil {
		t.Fatal(err)
	}
	players := &player.Service{Store: db, Now: time.Now}
	return fixture{
		service: &account.Service{Store: db, Players: players, Addresses: factory{}, Now: time.Now},
		players: players, ctx: ctx, project: p.ID,
	}
}

var (
	factoryAddress = common.HexToAddress("0xfa")
	implementation = common.HexToAddress("0x1a")
	alice          = common.HexToAddress("0xa11ce")
	bob            = common.HexToAddress("0xb0b")
)

// factory serves the chains 1 and 2 and puts accounts at CREATE2 addresses.
type factory struct{}

func (factory) AccountAddress(chainID uint64, owner userop.Owner, salt common.Hash) (common.Address, common.Address, common.Address, error) {
	if chainID != 1 && chainID != 2 {
		return common.Address{}, common.Address{}, common.Address{}, fault.Field("chainId", chainID, "chain %d is not served", chainID)
	}
	return crypto.CreateAddress2(factoryAddress, crypto.Keccak256Hash(owner.Address[:], salt[:]), nil), factoryAddress, implementation, nil
}

func (f fixture) newPlayer(t *testing.T) string {
	t.Helper()
	p, err := f.players.Create(f.ctx, f.project, player.Params{})
	if err != nil {
		t.Fatal(err)
	}
	return p.ID
}

func (f fixture) create(t *testing.T, p account.CreateParams) account.Account {
	t.Helper()
	a, err := f.service.Create(f.ctx, f.project, p)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func wantField(t *testing.T, err error, field string) {
	t.Helper()
	var refused *fault.Fault
	if !errors.As(err, &refused) || refused.Kind != fault.Invalid || refused.Field != field {
		t.Errorf("error is %v, want a fault about %s", err, field)
	}
}

func TestCreate(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	a := f.create(t, account.CreateParams{ChainID: 1, Owner: userop.OwnerAt(alice)})
	got, err := f.service.Get(f.ctx, f.project, a.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(a, got); diff != "" {
		t.Errorf("create and get differ:\n%s", diff)
	}
	if a.Type != account.Smart || a.Factory != factoryAddress || a.Implementation != implementation || a.Deployed() {
		t.Errorf("account is %+v", a)
	}
	if want, _, _, _ := (factory{}).AccountAddress(1, userop.OwnerAt(alice), a.Salt); a.Address != want || a.Salt == (common.Hash{}) {
		t.Errorf("address %s with salt %s, want %s", a.Address, a.Salt, want)
	}
	if _, err := f.players.Get(f.ctx, f.project, a.PlayerID); err != nil {
		t.Errorf("no player was made: %v", err)
	}
	if b := f.create(t, account.CreateParams{ChainID: 1, Owner: userop.OwnerAt(alice)}); b.Salt == a.Salt || b.Address == a.Address {
		t.Error("two players share an address")
	}
}

func TestCreateRefusals(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	for _, c := range []struct {
		field string
		p     account.CreateParams
	}{
		{"externalOwnerAddress", account.CreateParams{ChainID: 1}},
		{"chainId", account.CreateParams{Owner: userop.OwnerAt(alice)}},
		{"chainId", account.CreateParams{Owner: userop.OwnerAt(alice), ChainID: 3}},
		{"accountType", account.CreateParams{Owner: userop.OwnerAt(alice), ChainID: 1, Type: "Externally Owned Account"}},
		{"implementationType", account.CreateParams{Owner: userop.OwnerAt(alice), ChainID: 1, ImplementationType: account.ImplementationDelegated}},
		{"implementationType", account.CreateParams{Owner: userop.OwnerAt(alice), ChainID: 1, Type: account.Delegated, ImplementationType: account.ImplementationSmart}},
		{"player", account.CreateParams{Owner: userop.OwnerAt(alice), ChainID: 1, PlayerID: "pla_x"}},
	} {
		_, err := f.service.Create(f.ctx, f.project, c.p)
		wantField(t, err, c.field)
	}
	if list, err := f.players.List(f.ctx, f.project, page.Request{}); err != nil || list.Total != 0 {
		t.Errorf("refused accounts left %d players behind, %v", list.Total, err)
	}
}

func TestOneAccountAChain(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	p := f.newPlayer(t)
	first := f.create(t, account.CreateParams{PlayerID: p, ChainID: 1, Owner: userop.OwnerAt(alice)})
	for _, owner := range []common.Address{alice, bob} {
		_, err := f.service.Create(f.ctx, f.project, account.CreateParams{PlayerID: p, ChainID: 1, Owner: userop.OwnerAt(owner)})
		if !fault.Is(err, fault.Conflict) {
			t.Errorf("a second account for %s: %v", owner, err)
		}
	}
	second := f.create(t, account.CreateParams{PlayerID: p, ChainID: 2, Owner: userop.OwnerAt(alice)})
	if second.Address != first.Address {
		t.Errorf("the same owner has %s on chain 1 and %s on chain 2", first.Address, second.Address)
	}
	q := f.newPlayer(t)
	f.create(t, account.CreateParams{PlayerID: q, ChainID: 1, Owner: userop.OwnerAt(alice)})
	if other := f.create(t, account.CreateParams{PlayerID: q, ChainID: 2, Owner: userop.OwnerAt(bob)}); other.Salt == second.Salt {
		t.Error("another owner has the same salt")
	}
	list, err := f.service.List(f.ctx, f.project, account.Filter{Owner: alice}, page.Request{})
	if err != nil || list.Total != 3 {
		t.Errorf("%d accounts of alice, %v, want 3", list.Total, err)
	}
}

func TestCreate_ownedByAKey(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	key := userop.P256Key{X: [32]byte{1}, Y: [32]byte{2}}
	owner := userop.OwnerWithKey(userop.WebAuthn, key)
	p := f.newPlayer(t)
	a := f.create(t, account.CreateParams{PlayerID: p, ChainID: 1, Owner: owner})
	got, err := f.service.Get(f.ctx, f.project, a.ID)
	if err != nil || got.Owner != owner {
		t.Errorf("owner %+v, %v, want %+v", got.Owner, err, owner)
	}
	// The kind is part of who owns it.
	if other := f.create(t, account.CreateParams{PlayerID: p, ChainID: 2, Owner: userop.OwnerWithKey(userop.P256, key)}); other.Salt == a.Salt {
		t.Error("the same key of another kind has the same salt")
	}
	_, err = f.service.Create(f.ctx, f.project, account.CreateParams{ChainID: 1, Owner: owner, Type: account.Delegated})
	wantField(t, err, "owner.type")
}

// The chain names owners by address and kind. Their keys are those that were
// named here, at any time.
func TestObserve_findsTheKey(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	first := userop.OwnerWithKey(userop.WebAuthn, userop.P256Key{X: [32]byte{1}, Y: [32]byte{2}})
	second := userop.OwnerWithKey(userop.P256, userop.P256Key{X: [32]byte{3}, Y: [32]byte{4}})
	a := f.create(t, account.CreateParams{ChainID: 1, Owner: first})
	foreign := userop.Owner{Address: bob, Kind: userop.P256}
	for _, c := range []struct{ seen, want userop.Owner }{
		{userop.Owner{}, first},
		{userop.OwnerAt(alice), userop.OwnerAt(alice)},
		{userop.Owner{Address: first.Address, Kind: first.Kind}, first},
		{foreign, foreign},
		{second, second},
		{userop.OwnerAt(alice), userop.OwnerAt(alice)},
		{userop.Owner{Address: second.Address, Kind: userop.P256}, second},
		{userop.Owner{Address: first.Address, Kind: first.Kind}, first},
	} {
		var err error
		if a, err = f.service.Observe(f.ctx, a, c.seen); err != nil || a.Owner != c.want {
			t.Fatalf("saw %+v: owner %+v, %v, want %+v", c.seen, a.Owner, err, c.want)
		}
		if stored, err := f.service.Get(f.ctx, f.project, a.ID); err != nil || stored.Owner != c.want {
			t.Fatalf("saw %+v: stored %+v, %v, want %+v", c.seen, stored.Owner, err, c.want)
		}
	}
	if len(a.OwnerKeys) != 2*64 {
		t.Errorf("%d bytes of keys are kept, want two keys", len(a.OwnerKeys))
	}
}

func TestResolve(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	p := f.newPlayer(t)
	a := f.create(t, account.CreateParams{PlayerID: p, ChainID: 1, Owner: userop.OwnerAt(alice)})
	for _, c := range []struct {
		name, account, player string
		chain                 uint64
		owner                 *common.Address
	}{
		{"by id", a.ID, "", 1, nil},
		{"by id, no chain", a.ID, "", 0, nil},
		{"by id and player", a.ID, p, 1, nil},
		{"by player", "", p, 1, nil},
		{"by player and owner", "", p, 1, &alice},
	} {
		if got, err := f.service.Resolve(f.ctx, f.project, c.account, c.player, c.chain, c.owner); err != nil || got.ID != a.ID {
			t.Errorf("%s: %s, %v", c.name, got.ID, err)
		}
	}
	for _, c := range []struct {
		field, account, player string
		chain                  uint64
		owner                  *common.Address
	}{
		{"account", "acc_x", "", 1, nil},
		{"account", "", "", 1, nil},
		{"chainId", a.ID, "", 2, nil},
		{"chainId", "", p, 0, nil},
		{"chainId", "", p, 3, &alice},
		{"player", a.ID, "pla_x", 1, nil},
		{"player", "", "pla_x", 1, nil},
		{"player", "", "pla_x", 1, &alice},
		{"player", "", p, 2, nil},
		{"externalOwnerAddress", "", p, 1, &bob},
		{"externalOwnerAddress", "", p, 2, new(common.Address)},
	} {
		_, err := f.service.Resolve(f.ctx, f.project, c.account, c.player, c.chain, c.owner)
		wantField(t, err, c.field)
	}

	made, err := f.service.Resolve(f.ctx, f.project, "", p, 2, &alice)
	if err != nil || made.PlayerID != p || made.ChainID != 2 || !made.Unsaved || made.NewPlayer != nil {
		t.Errorf("new on demand: %+v, %v", made, err)
	}
	fresh, err := f.service.Resolve(f.ctx, f.project, "", "", 1, &bob)
	if err != nil || fresh.Owner != userop.OwnerAt(bob) || !fresh.Unsaved || fresh.NewPlayer == nil || fresh.PlayerID != fresh.NewPlayer.ID {
		t.Errorf("new with a new player: %+v, %v", fresh, err)
	}
	for _, unsaved := range []account.Account{made, fresh} {
		if _, err := f.service.Get(f.ctx, f.project, unsaved.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("an account that was only asked for: %v", err)
		}
	}
}

func TestAddressOf(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	a := f.create(t, account.CreateParams{ChainID: 1, Owner: userop.OwnerAt(alice)})
	for _, name := range []string{a.ID, a.PlayerID} {
		if got, err := f.service.AddressOf(f.ctx, f.project, 1, name); err != nil || got != a.Address {
			t.Errorf("%s: %s, %v", name, got, err)
		}
	}
	for _, name := range []string{"acc_x", "pla_x"} {
		if _, err := f.service.AddressOf(f.ctx, f.project, 1, name); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := f.service.AddressOf(f.ctx, f.project, 2, a.PlayerID); !fault.Is(err, fault.NotFound) {
		t.Errorf("on another chain: %v", err)
	}
}
