package store

import (
	"context"
	"slices"

	"github.com/latchkey-dev/latchkey/internal/intent"
	"github.com/latchkey-dev/latchkey/internal/page"
)

// Intents answers one page of a project's intents.
func (db *DB) Intents(ctx context.Context, projectID string, f intent.Filter, req page.Request) (page.Page[intent.Intent], error) {
	statuses := wanted(f)
	if len(statuses) == 0 {
		return page.Page[intent.Intent]{Items: []intent.Intent{}, Skip: max(req.Skip, 0)}, nil
	}
	all, whole, owners := len(statuses) == len(intent.Statuses), allOf(projectID, f), owners(projectID, f)
	if all && len(owners) == 0 {
		return intents.page(ctx, db.reader, whole, req)
	}
	if !all {
		whole = whole.in("status", texts(statuses))
	}
	return intents.merge(ctx, db.reader, whole, byStatus(projectID, f, owners, statuses), req)
}

// wanted answers the statuses that a filter leaves.
func wanted(f intent.Filter) []intent.Status {
	statuses := f.Statuses
	if len(statuses) == 0 {
		statuses = intent.Statuses
	}
	if f.Final == nil {
		return statuses
	}
	return slices.DeleteFunc(slices.Clone(statuses), func(s intent.Status) bool { return s.Open() == *f.Final })
}

// allOf finds what a filter leaves, but for its statuses.
func allOf(projectID string, f intent.Filter) where {
	if f.SessionID != "" {
		return narrow(where{}.with(ofSession, f.SessionID, f.SessionID), f).of("project_id", projectID)
	}
	if named(f) {
		return narrow(where{}, f).of("project_id", projectID)
	}
	return narrow(by("project_id", projectID), f)
}

// ofSession finds what a session signed and what acts on it. The last condition
// is that of the index on signed_by.
const ofSession = `id IN (
	SELECT id FROM intents WHERE session_id = $%d
	UNION ALL
	SELECT id FROM intents WHERE signed_by = $%d AND signed_by NOT IN ('', 'owner'))`

// named reports whether a filter names what intents belong to.
func named(f intent.Filter) bool {
	return f.SessionID != "" || len(f.AccountIDs)+len(f.PlayerIDs)+len(f.PolicyIDs) > 0
}

// narrow adds what a filter says of whom an intent belongs to.
func narrow(w where, f intent.Filter) where {
	return w.in("account_id", f.AccountIDs).
		in("player_id", f.PlayerIDs).
		in("policy_id", f.PolicyIDs).
		givenNumber("chain_id", f.ChainID)
}

// owners are what each record that a filter names first has, none when it names
// no record.
func owners(projectID string, f intent.Filter) []stretch {
	one := func(f intent.Filter) stretch {
		return func(w where) where { return narrow(w, f).of("project_id", projectID) }
	}
	var each []stretch
	switch {
	case f.SessionID != "":
		within := one(f)
		return []stretch{
			func(w where) where { return within(w.and("session_id", f.SessionID)) },
			func(w where) where {
				return within(w.and("signed_by", f.SessionID).with("signed_by NOT IN ('', 'owner')"))
			},
		}
	case len(f.AccountIDs) > 0:
		for _, id := range f.AccountIDs {
			f.AccountIDs = []string{id}
			each = append(each, one(f))
		}
	case len(f.PlayerIDs) > 0:
		for _, id := range f.PlayerIDs {
			f.PlayerIDs = []string{id}
			each = append(each, one(f))
		}
	case len(f.PolicyIDs) > 0:
		for _, id := range f.PolicyIDs {
			f.PolicyIDs = []string{id}
			each = append(each, one(f))
		}
	}
	return each
}

// mostStretches bounds a statement. SQLite merges at most 500 lists.
const mostStretches = 120

// byStatus are the stretches of each owner, or of the project, status by status,
// which is how the indexes hold them. Very many owners are left to the database
// to sort.
func byStatus(projectID string, f intent.Filter, owners []stretch, statuses []intent.Status) []stretch {
	if len(owners) == 0 || len(owners)*len(statuses) > mostStretches {
		owners = []stretch{func(w where) where { return narrow(w.and("project_id", projectID), f) }}
	}
	var each []stretch
	for _, of := range owners {
		for _, status := range statuses {
			each = append(each, func(w where) where { return of(w.and("status", string(status))) })
		}
	}
	return each
}
