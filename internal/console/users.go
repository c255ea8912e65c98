package console

import (
	"strings"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/console/ui"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/id"
	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/player"
	"github.com/latchkey-dev/latchkey/internal/session"
)

func (c *Console) userRoutes() []route {
	return []route{
		view("/users", listUsers),
		view("/users/{id}", showUser),
		view("/accounts/{id}/part", showAccountPart),
	}
}

// userRow is a line of the list of users.
type userRow struct {
	player   player.Player
	accounts []account.Account
	live     int // session keys that are not over
}

type userList struct {
	query string
	rows  []userRow
	pages ui.Pages
	// clipped says that a search found more than is shown.
	clipped bool
}

func listUsers(v *visit) error {
	query := strings.TrimSpace(v.form("q"))
	if query == "" {
		return pageOfUsers(v)
	}
	if path, err := v.whereIs(query); path != "" || err != nil {
		if err != nil {
			return err
		}
		return v.redirect(path, "")
	}
	found, err := v.console.Players.Named(v.ctx(), v.project.ID, query, pageSize+1)
	if err != nil {
		return err
	}
	clipped := len(found) > pageSize
	rows, err := v.userRows(found[:min(len(found), pageSize)])
	if err != nil {
		return err
	}
	return v.show(usersPage(userList{query: query, rows: rows, clipped: clipped}))
}

func pageOfUsers(v *visit) error {
	req, err := v.pageRequest()
	if err != nil {
		return err
	}
	found, err := v.console.Players.List(v.ctx(), v.project.ID, req)
	if err != nil {
		return err
	}
	rows, err := v.userRows(found.Items)
	if err != nil {
		return err
	}
	list := userList{rows: rows}
	if n := len(rows); n > 0 {
		list.pages = v.pages(found.More, page.Mark{CreatedAt: rows[n-1].player.CreatedAt, ID: rows[n-1].player.ID})
	}
	return v.show(usersPage(list))
}

// whereIs answers the page of what an id or an address names, "" when nothing
// here has it.
func (v *visit) whereIs(query string) (path string, err error) {
	switch {
	case id.Is(id.Player, query):
		return "/users/" + query, nil
	case id.Is(id.Session, query):
		return "/sessions/" + query, nil
	case id.Is(id.Account, query):
		acc, err := v.console.Accounts.Get(v.ctx(), v.project.ID, query)
		if fault.Is(err, fault.NotFound) {
			return "", nil
		}
		return "/users/" + acc.PlayerID, err
	case common.IsHexAddress(query):
		return v.whoHas(common.HexToAddress(query))
	}
	return "", nil
}

// whoHas answers the page of the user, or of the session key, with an address.
func (v *visit) whoHas(address common.Address) (path string, err error) {
	one := page.Request{Limit: 1, Uncounted: true}
	for _, f := range []account.Filter{{Address: address}, {Owner: address}} {
		found, err := v.console.Accounts.List(v.ctx(), v.project.ID, f, one)
		if err != nil {
			return "", err
		}
		if len(found.Items) > 0 {
			return "/users/" + found.Items[0].PlayerID, nil
		}
	}
	found, err := v.console.Sessions.Glance(v.ctx(), v.project.ID, session.Filter{Signer: address}, one)
	if err != nil || len(found.Items) == 0 {
		return "", err
	}
	return "/sessions/" + found.Items[0].Session.ID, nil
}

func (v *visit) userRows(players []player.Player) ([]userRow, error) {
	rows, ids := make([]userRow, len(players)), make([]string, len(players))
	if len(players) == 0 {
		return rows, nil
	}
	for i, p := range players {
		rows[i].player, ids[i] = p, p.ID
	}
	accounts, err := v.console.Accounts.OfPlayers(v.ctx(), v.project.ID, ids...)
	if err != nil {
		return nil, err
	}
	live, err := v.console.Sessions.CountLive(v.ctx(), v.project.ID, ids)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		rows[i].live, rows[i].accounts = live[ids[i]], accounts[ids[i]]
	}
	return rows, nil
}

// userView is a user's page.
type userView struct {
	player   player.Player
	metadata []fact
	accounts []accountView
}

// fact is a line of a list of facts.
type fact struct{ name, value string }

// accountView is an account with its newest session keys.
type accountView struct {
	account account.Account
	active  bool // its code is on chain
	keys    []keyView
	more    bool
}

func showUser(v *visit) error {
	p, err := v.console.Players.Get(v.ctx(), v.project.ID, v.id())
	if err != nil {
		return err
	}
	accounts, err := v.console.Accounts.List(v.ctx(), v.project.ID, account.Filter{PlayerID: p.ID}, page.Request{Limit: page.MaxLimit, Uncounted: true})
	if err != nil {
		return err
	}
	user := userView{player: p, metadata: facts(p.Metadata)}
	for _, acc := range accounts.Items {
		shown, err := v.accountView(acc)
		if err != nil {
			return err
		}
		user.accounts = append(user.accounts, shown)
	}
	return v.show(userPage(user))
}

// keysOnUserPage is how many session keys of an account its user's page shows.
const keysOnUserPage = 10

func (v *visit) accountView(acc account.Account) (accountView, error) {
	active, err := v.console.Accounts.Active(v.ctx(), acc)
	if err != nil {
		return accountView{}, err
	}
	found, err := v.console.Sessions.Glance(v.ctx(), v.project.ID, session.Filter{AccountID: acc.ID}, page.Request{Limit: keysOnUserPage, Uncounted: true})
	if err != nil {
		return accountView{}, err
	}
	keys, err := v.keyViews(found.Items)
	return accountView{account: acc, active: active[acc.ID], keys: keys, more: found.More}, err
}

// showAccountPart answers an account of a user's page as it is now.
func showAccountPart(v *visit) error {
	acc, err := v.console.Accounts.Get(v.ctx(), v.project.ID, v.id())
	if err != nil {
		return err
	}
	shown, err := v.accountView(acc)
	if err != nil {
		return err
	}
	return v.show(accountCard(shown))
}
