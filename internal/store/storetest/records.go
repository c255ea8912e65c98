package storetest

import (
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/auth"
	"github.com/latchkey-dev/latchkey/internal/contract"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/id"
	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/player"
	"github.com/latchkey-dev/latchkey/internal/sponsor"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

func projectRoundTrip(s suite) {
	got := value(s.db.Project(s.ctx, s.project.ID))(s)
	same(s, got, s.project)
	if got.CreatedAt.Location() != time.UTC {
		s.Errorf("times come back in %s, want UTC", got.CreatedAt.Location())
	}

	zero := auth.Project{ID: id.New(id.Project), CreatedAt: time.Time{}.UTC()}
	s.must(s.db.CreateProject(s.ctx, zero, nil))
	zero.DefaultFeeLimit = new(big.Int) // nil is kept as zero
	same(s, value(s.db.Project(s.ctx, zero.ID))(s), zero)

	same(s, value(s.db.Projects(s.ctx))(s), []auth.Project{zero, s.project})

	s.wantFault(s.db.CreateProject(s.ctx, zero, nil), fault.Conflict)
	_, err := s.db.Project(s.ctx, id.New(id.Project))
	s.wantFault(err, fault.NotFound)
}

func projectUpdate(s suite) {
	s.project.DefaultFeeLimit = wide(7)
	s.project.AllowedOrigins = []string{"https://game.example", "http://localhost:3000"}
	got := value(s.db.UpdateProject(s.ctx, s.project.ID, func(p auth.Project) (auth.Project, error) {
		p.DefaultFeeLimit.Set(wide(7)) // in place: must be noticed all the same
		p.AllowedOrigins = s.project.AllowedOrigins
		return p, nil
	}))(s)
	same(s, got, s.project)
	same(s, value(s.db.Project(s.ctx, s.project.ID))(s), s.project)

	_, err := s.db.UpdateProject(s.ctx, s.project.ID, func(p auth.Project) (auth.Project, error) {
		p.ID = id.New(id.Project)
		return p, nil
	})
	if err == nil {
		s.Error("an update may replace the id")
	}
}

func apiKeyByHash(s suite) {
	revoked := moment(9)
	all := []auth.Key{
		{ID: id.New(id.APIKey), Kind: auth.Secret, Scopes: []string{"sessions:read", "sessions:write"}, Hash: "aa", Hint: "sk_test_1234", CreatedAt: moment(4), RevokedAt: &revoked},
		{ID: id.New(id.APIKey), Kind: auth.Publishable, Hash: "bb", CreatedAt: moment(5)},
	}
	p := auth.Project{ID: id.New(id.Project), Name: "with keys", DefaultFeeLimit: new(big.Int), CreatedAt: moment(4)}
	for i := range all {
		all[i].ProjectID = p.ID
	}
	s.must(s.db.CreateProject(s.ctx, p, all))
	for _, k := range all {
		same(s, value(s.db.KeyByHash(s.ctx, k.Hash))(s), k)
	}
	_, err := s.db.KeyByHash(s.ctx, "cc")
	s.wantFault(err, fault.NotFound)

	// A key that exists takes its project down with it: one transaction.
	p.ID = id.New(id.Project)
	again := all[1]
	again.ID, again.ProjectID = id.New(id.APIKey), p.ID
	s.wantFault(s.db.CreateProject(s.ctx, p, []auth.Key{again}), fault.Conflict)
	_, err = s.db.Project(s.ctx, p.ID)
	s.wantFault(err, fault.NotFound)
}

func playerRoundTrip(s suite) {
	p := player.Player{
		ID: id.New(id.Player), ProjectID: s.project.ID, Name: "Zoë 🦊", Description: "it's \"quoted\"; --",
		Metadata: json.RawMessage(`{"level": 3, "clan":"x"}`), CreatedAt: moment(1), UpdatedAt: moment(2),
	}
	s.must(s.db.CreatePlayer(s.ctx, p))
	same(s, value(s.db.Player(s.ctx, s.project.ID, p.ID))(s), p)
	s.wantFault(s.db.CreatePlayer(s.ctx, p), fault.Conflict)

	zero := player.Player{ID: id.New(id.Player), ProjectID: s.project.ID}
	s.must(s.db.CreatePlayer(s.ctx, zero))
	same(s, value(s.db.Player(s.ctx, s.project.ID, zero.ID))(s), zero)

	orphan := player.Player{ID: id.New(id.Player), ProjectID: id.New(id.Project)}
	s.wantFault(s.db.CreatePlayer(s.ctx, orphan), fault.NotFound)
}

func playerOfAnotherProject(s suite) {
	p, other := s.newPlayer(), s.newProject()
	_, err := s.db.Player(s.ctx, other.ID, p.ID)
	s.wantFault(err, fault.NotFound)
	_, err = s.db.UpdatePlayer(s.ctx, other.ID, p.ID, func(player.Player) (player.Player, error) {
		s.Error("a player of another project is changed")
		return p, nil
	})
	s.wantFault(err, fault.NotFound)
	s.wantFault(s.db.DeletePlayer(s.ctx, other.ID, p.ID), fault.NotFound)
	if got := value(s.db.Players(s.ctx, other.ID, page.Request{}))(s); got.Total != 0 || len(got.Items) != 0 {
		s.Errorf("players of an empty project: %+v", got)
	}
}

func playerUpdateFails(s suite) {
	p := s.newPlayer()
	_, err := s.db.UpdatePlayer(s.ctx, s.project.ID, p.ID, func(old player.Player) (player.Player, error) {
		old.Name = "changed"
		return old, errRefused
	})
	s.wantError(err, errRefused)
	same(s, value(s.db.Player(s.ctx, s.project.ID, p.ID))(s), p)

	_, err = s.db.UpdatePlayer(s.ctx, s.project.ID, id.New(id.Player), func(old player.Player) (player.Player, error) { return old, nil })
	s.wantFault(err, fault.NotFound)
}

func playerUpdatesRace(s suite) {
	p := s.newPlayer()
	race(func(int) {
		_, err := s.db.UpdatePlayer(s.ctx, s.project.ID, p.ID, func(old player.Player) (player.Player, error) {
			old.Description += "x"
			return old, nil
		})
		if err != nil {
			s.Error(err)
		}
	})
	got := value(s.db.Player(s.ctx, s.project.ID, p.ID))(s)
	if got.Description != strings.Repeat("x", racers) {
		s.Errorf("%d of %d updates are left", len(got.Description), racers)
	}
}

func playerDelete(s suite) {
	p := s.newPlayer()
	s.must(s.db.DeletePlayer(s.ctx, s.project.ID, p.ID))
	_, err := s.db.Player(s.ctx, s.project.ID, p.ID)
	s.wantFault(err, fault.NotFound)
	s.wantFault(s.db.DeletePlayer(s.ctx, s.project.ID, p.ID), fault.NotFound)

	a := s.newAccount(1)
	s.wantFault(s.db.DeletePlayer(s.ctx, s.project.ID, a.PlayerID), fault.Conflict)
	value(s.db.Player(s.ctx, s.project.ID, a.PlayerID))(s)
}

func textWithZeroByte(s suite) {
	for _, name := range []string{"a\x00b", "a\xffb"} {
		p := player.Player{ID: id.New(id.Player), ProjectID: s.project.ID, Name: name}
		s.wantFault(s.db.CreatePlayer(s.ctx, p), fault.Invalid)
	}
}

func pages(s suite) {
	var ids []string // oldest first; the last three share a time
	for i := range 7 {
		p := s.newPlayerAt(min(i, 4))
		ids = append(ids, p.ID)
	}
	newest := slices.Clone(ids)
	slices.Reverse(newest)
	for _, c := range []struct {
		req  page.Request
		want []string
	}{
		{page.Request{}, newest},
		{page.Request{Order: page.Descending, Limit: 2}, newest[:2]},
		{page.Request{Order: page.Ascending, Limit: 3, Skip: 3}, ids[3:6]},
		{page.Request{Order: page.Ascending, Limit: 3, Skip: 6}, ids[6:]},
		{page.Request{Skip: 100}, nil},
		{page.Request{Limit: 1_000_000, Skip: -5, Order: page.Ascending}, ids},
	} {
		got := value(s.db.Players(s.ctx, s.project.ID, c.req))(s)
		if got.Total != 7 || got.Skip != max(c.req.Skip, 0) || got.Items == nil {
			s.Errorf("%+v: total %d, skip %d, items %v", c.req, got.Total, got.Skip, got.Items)
		}
		var have []string
		for _, p := range got.Items {
			have = append(have, p.ID)
		}
		if !slices.Equal(have, c.want) {
			s.Errorf("%+v: got %v, want %v", c.req, have, c.want)
		}
	}
}

func (s suite) newPlayerAt(minute int) player.Player {
	s.Helper()
	p := player.Player{ID: id.New(id.Player), ProjectID: s.project.ID, CreatedAt: moment(minute), UpdatedAt: moment(minute)}
	s.must(s.db.CreatePlayer(s.ctx, p))
	return p
}

func accountRoundTrip(s suite) {
	deployed, tx := moment(8), hash(9)
	a := account.Account{
		ID: id.New(id.Account), ProjectID: s.project.ID, PlayerID: s.newPlayer().ID, ChainID: 1<<63 - 1,
		Address: common.HexToAddress("0xdAC17F958D2ee523a2206206994597C13D831ec7"), Owner: userop.OwnerAt(address(2)), Type: account.Smart,
		ImplementationType: account.ImplementationDelegatedV9, Factory: address(3), Implementation: address(4), Salt: hash(5), DeployedAt: &deployed, DeployedTx: &tx,
		KeptAuthorization: []byte{1, 0, 2}, CreatedAt: moment(6), UpdatedAt: moment(7),
	}
	s.must(s.db.CreateAccount(s.ctx, a))
	same(s, value(s.db.Account(s.ctx, s.project.ID, a.ID))(s), a)
	same(s, value(s.db.AccountByAddress(s.ctx, s.project.ID, a.ChainID, a.Address))(s), a)

	// The present owner is the second of the keys that were named.
	key := userop.OwnerWithKey(userop.WebAuthn, userop.P256Key{X: hash(1), Y: hash(2)})
	a.HandOver(userop.OwnerWithKey(userop.P256, userop.P256Key{X: hash(3), Y: hash(4)}))
	a.HandOver(key)
	value(s.db.UpdateAccount(s.ctx, s.project.ID, a.ID, func(account.Account) (account.Account, error) { return a, nil }))(s)
	same(s, value(s.db.Account(s.ctx, s.project.ID, a.ID))(s), a)
	if a.Owner != key {
		s.Errorf("the owner is %+v, want %+v", a.Owner, key)
	}

	zero := account.Account{ID: id.New(id.Account), ProjectID: s.project.ID, PlayerID: a.PlayerID}
	s.must(s.db.CreateAccount(s.ctx, zero))
	same(s, value(s.db.Account(s.ctx, s.project.ID, zero.ID))(s), zero)

	zero.DeployedAt, zero.DeployedTx = &deployed, &tx
	value(s.db.UpdateAccount(s.ctx, s.project.ID, zero.ID, func(account.Account) (account.Account, error) { return zero, nil }))(s)
	same(s, value(s.db.Account(s.ctx, s.project.ID, zero.ID))(s), zero)

	_, err := s.db.AccountByAddress(s.ctx, s.project.ID, 5, a.Address)
	s.wantFault(err, fault.NotFound)
	_, err = s.db.Account(s.ctx, s.newProject().ID, a.ID)
	s.wantFault(err, fault.NotFound)

	beyond := zero
	beyond.ID, beyond.ChainID = id.New(id.Account), 1<<63
	if err := s.db.CreateAccount(s.ctx, beyond); err == nil {
		s.Error("a chain id of 64 bits was accepted, databases keep 63")
	}
}

func accountExists(s suite) {
	a := s.newAccount(1)
	again := a
	again.ID, again.PlayerID = id.New(id.Account), s.newPlayer().ID
	s.wantFault(s.db.CreateAccount(s.ctx, again), fault.Conflict) // same address

	again.ChainID++
	s.must(s.db.CreateAccount(s.ctx, again))

	second := a
	second.ID, second.Address = id.New(id.Account), address(9)
	s.wantFault(s.db.CreateAccount(s.ctx, second), fault.Conflict) // same player, same chain

	orphan := a
	orphan.ID, orphan.PlayerID, orphan.Address = id.New(id.Account), id.New(id.Player), address(10)
	s.wantFault(s.db.CreateAccount(s.ctx, orphan), fault.NotFound)

	foreign := a // another project may have the same address
	foreign.ID, foreign.ProjectID = id.New(id.Account), s.newProject().ID
	foreign.PlayerID = s.newPlayer().ID
	s.must(s.db.CreateAccount(s.ctx, foreign))
}

// An account that is unsaved is saved with its first intent or session, and
// with its player, or nothing is.
func accountTogether(s suite) {
	unsaved := func(n byte) account.Account {
		p := player.Player{ID: id.New(id.Player), ProjectID: s.project.ID, CreatedAt: moment(1), UpdatedAt: moment(1)}
		return account.Account{
			ID: id.New(id.Account), ProjectID: s.project.ID, PlayerID: p.ID, ChainID: chainID, Address: address(n), Owner: userop.OwnerAt(address(2)),
			CreatedAt: moment(1), UpdatedAt: moment(1), Unsaved: true, NewPlayer: &p,
		}
	}
	saved := func(a account.Account) {
		s.Helper()
		same(s, value(s.db.Player(s.ctx, s.project.ID, a.PlayerID))(s), *a.NewPlayer)
		a.Unsaved, a.NewPlayer = false, nil
		same(s, value(s.db.Account(s.ctx, s.project.ID, a.ID))(s), a)
	}
	alone, withIntent, withSession, refused := unsaved(21), unsaved(22), unsaved(23), unsaved(24)
	s.must(s.db.CreateAccount(s.ctx, alone))
	saved(alone)
	s.must(s.db.OpenIntent(s.ctx, s.intentOf(withIntent, 0), withIntent, nil, nil))
	saved(withIntent)
	s.must(s.db.CreateSession(s.ctx, sessionOf(withSession, 1), withSession))
	saved(withSession)

	in := s.intentOf(refused, 0)
	in.PolicyID = s.newPolicy().ID
	s.wantError(s.db.OpenIntent(s.ctx, in, refused, nil, func(*sponsor.Policy) error { return errRefused }), errRefused)
	_, err := s.db.Account(s.ctx, s.project.ID, refused.ID)
	s.wantFault(err, fault.NotFound)
	_, err = s.db.Player(s.ctx, s.project.ID, refused.PlayerID)
	s.wantFault(err, fault.NotFound)

	refused.NewPlayer, refused.PlayerID = nil, withIntent.PlayerID
	s.wantFault(s.db.OpenIntent(s.ctx, s.intentOf(refused, 0), refused, nil, nil), fault.Conflict) // same player, same chain
}

func accountFilters(s suite) {
	a, b := s.newAccount(1), s.newAccount(2)
	for _, c := range []struct {
		name string
		f    account.Filter
		want []account.Account
	}{
		{"none", account.Filter{}, []account.Account{a, b}},
		{"player", account.Filter{PlayerID: a.PlayerID}, []account.Account{a}},
		{"owner", account.Filter{Owner: b.Owner.Address}, []account.Account{b}},
		{"address", account.Filter{Address: b.Address}, []account.Account{b}},
		{"chain", account.Filter{ChainID: 80002, Type: account.Smart}, []account.Account{a, b}},
		{"other chain", account.Filter{ChainID: 1}, nil},
		{"type", account.Filter{Type: account.Delegated}, nil},
	} {
		got := value(s.db.Accounts(s.ctx, s.project.ID, c.f, page.Request{Order: page.Ascending}))(s)
		if got.Total != len(c.want) {
			s.Errorf("%s: total %d, want %d", c.name, got.Total, len(c.want))
		}
		same(s, got.Items, c.want)
	}
}

func contractRoundTrip(s suite) {
	c := contract.Contract{
		ID: id.New(id.Contract), ProjectID: s.project.ID, Name: "NFT", ChainID: 80002, Address: address(1),
		ABI: json.RawMessage(`[ {"type":"fallback"} ]`), PublicVerification: true, CreatedAt: moment(1), UpdatedAt: moment(2),
	}
	zero := contract.Contract{ID: id.New(id.Contract), ProjectID: s.project.ID}
	for _, want := range []contract.Contract{c, zero} {
		s.must(s.db.CreateContract(s.ctx, want))
		same(s, value(s.db.Contract(s.ctx, s.project.ID, want.ID))(s), want)
	}
	s.wantFault(s.db.CreateContract(s.ctx, c), fault.Conflict)

	c.ABI, c.PublicVerification, c.Name = nil, false, "renamed"
	value(s.db.UpdateContract(s.ctx, s.project.ID, c.ID, func(contract.Contract) (contract.Contract, error) { return c, nil }))(s)
	same(s, value(s.db.Contract(s.ctx, s.project.ID, c.ID))(s), c)

	s.wantFault(s.db.DeleteContract(s.ctx, s.newProject().ID, c.ID), fault.NotFound)
	s.must(s.db.DeleteContract(s.ctx, s.project.ID, c.ID))
	_, err := s.db.Contract(s.ctx, s.project.ID, c.ID)
	s.wantFault(err, fault.NotFound)
	s.wantFault(s.db.DeleteContract(s.ctx, s.project.ID, c.ID), fault.NotFound)
}

func contractFilters(s suite) {
	var all []contract.Contract
	for i := range byte(3) {
		c := contract.Contract{
			ID: id.New(id.Contract), ProjectID: s.project.ID, Name: fmt.Sprint("c", i), ChainID: uint64(1 + i/2), Address: address(i % 2),
			CreatedAt: moment(int(i)), UpdatedAt: moment(int(i)),
		}
		s.must(s.db.CreateContract(s.ctx, c))
		all = append(all, c)
	}
	for _, c := range []struct {
		f    contract.Filter
		want []contract.Contract
	}{
		{contract.Filter{}, all},
		{contract.Filter{Name: "c1"}, all[1:2]},
		{contract.Filter{ChainID: 1}, all[:2]},
		{contract.Filter{ChainID: 2, Address: address(0)}, all[2:]},
		{contract.Filter{Name: "c1", ChainID: 2}, nil},
	} {
		got := value(s.db.Contracts(s.ctx, s.project.ID, c.f, page.Request{Order: page.Ascending}))(s)
		same(s, got.Items, c.want)
	}
}

func policyRoundTrip(s suite) {
	p := sponsor.Policy{
		ID: id.New(id.Policy), ProjectID: s.project.ID, Name: "all", ChainID: 80002, Schema: sponsor.PayForUser,
		Enabled: true, Deleted: true, Reserved: wide(1), Spent: wide(2), CreatedAt: moment(1), UpdatedAt: moment(2),
	}
	zero := sponsor.Policy{ID: id.New(id.Policy), ProjectID: s.project.ID, Reserved: new(big.Int), Spent: new(big.Int)}
	for _, want := range []sponsor.Policy{p, zero} {
		s.must(s.db.CreatePolicy(s.ctx, want))
		same(s, value(s.db.Policy(s.ctx, s.project.ID, want.ID))(s), want)
	}
	s.wantFault(s.db.CreatePolicy(s.ctx, p), fault.Conflict)
	_, err := s.db.Policy(s.ctx, s.newProject().ID, p.ID)
	s.wantFault(err, fault.NotFound)

	race(func(int) {
		_, err := s.db.UpdatePolicy(s.ctx, s.project.ID, zero.ID, func(p sponsor.Policy) (sponsor.Policy, error) {
			p.Spent = new(big.Int).Add(p.Spent, wide(0))
			return p, nil
		})
		if err != nil {
			s.Error(err)
		}
	})
	zero.Spent = new(big.Int).Mul(wide(0), big.NewInt(racers))
	same(s, value(s.db.Policy(s.ctx, s.project.ID, zero.ID))(s), zero)
}

func policyFilters(s suite) {
	yes, no := true, false
	enabled, deleted := s.newPolicy(), s.newPolicy()
	deleted.Enabled, deleted.Deleted, deleted.Name, deleted.ChainID = false, true, "old", 7
	value(s.db.UpdatePolicy(s.ctx, s.project.ID, deleted.ID, func(sponsor.Policy) (sponsor.Policy, error) { return deleted, nil }))(s)
	for _, c := range []struct {
		f    sponsor.Filter
		want []sponsor.Policy
	}{
		{sponsor.Filter{}, []sponsor.Policy{enabled, deleted}},
		{sponsor.Filter{Enabled: &yes}, []sponsor.Policy{enabled}},
		{sponsor.Filter{Enabled: &no}, []sponsor.Policy{deleted}},
		{sponsor.Filter{Deleted: &no}, []sponsor.Policy{enabled}},
		{sponsor.Filter{Name: "old", ChainID: 7, Deleted: &yes}, []sponsor.Policy{deleted}},
	} {
		got := value(s.db.Policies(s.ctx, s.project.ID, c.f, page.Request{Order: page.Ascending}))(s)
		same(s, got.Items, c.want)
	}
}

func rules(s suite) {
	p := s.newPolicy()
	r := sponsor.Rule{
		ID: id.New(id.PolicyRule), ProjectID: s.project.ID, PolicyID: p.ID, Type: sponsor.ContractFunctions,
		ContractID: id.New(id.Contract), FunctionName: "mint(address)", CreatedAt: moment(1), UpdatedAt: moment(2),
	}
	wildcard := sponsor.Rule{ID: id.New(id.PolicyRule), ProjectID: s.project.ID, PolicyID: p.ID, Wildcard: true, CreatedAt: moment(3)}
	for _, want := range []sponsor.Rule{r, wildcard} {
		s.must(s.db.CreateRule(s.ctx, want))
		same(s, value(s.db.Rule(s.ctx, s.project.ID, want.ID))(s), want)
	}
	got := value(s.db.Rules(s.ctx, s.project.ID, p.ID, page.Request{Order: page.Ascending}))(s)
	same(s, got.Items, []sponsor.Rule{r, wildcard})
	if got := value(s.db.Rules(s.ctx, s.project.ID, s.newPolicy().ID, page.Request{}))(s); got.Total != 0 {
		s.Errorf("rules of another policy: %+v", got)
	}

	r.FunctionName = "burn(uint256)"
	value(s.db.UpdateRule(s.ctx, s.project.ID, r.ID, func(sponsor.Rule) (sponsor.Rule, error) { return r, nil }))(s)
	same(s, value(s.db.Rule(s.ctx, s.project.ID, r.ID))(s), r)

	s.must(s.db.DeleteRule(s.ctx, s.project.ID, r.ID))
	s.wantFault(s.db.DeleteRule(s.ctx, s.project.ID, r.ID), fault.NotFound)
	orphan := sponsor.Rule{ID: id.New(id.PolicyRule), ProjectID: s.project.ID, PolicyID: id.New(id.Policy)}
	s.wantFault(s.db.CreateRule(s.ctx, orphan), fault.NotFound)
}
