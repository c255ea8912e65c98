package storetest

import (
	"context"
	"errors"
	"math/big"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/auth"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/id"
	"github.com/latchkey-dev/latchkey/internal/player"
	"github.com/latchkey-dev/latchkey/internal/sponsor"
	"github.com/latchkey-dev/latchkey/internal/store"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// suite is one case: a fresh database with a project in it.
type suite struct {
	*testing.T
	db      *store.DB
	ctx     context.Context
	project auth.Project
}

// Run runs every case on a fresh database of open's.
func Run(t *testing.T, open func(*testing.T) *store.DB) {
	cases := []struct {
		name string
		run  func(suite)
	}{
		{"project round trip", projectRoundTrip},
		{"project update", projectUpdate},
		{"API key by hash", apiKeyByHash},
		{"player round trip", playerRoundTrip},
		{"player of another project", playerOfAnotherProject},
		{"player update fails", playerUpdateFails},
		{"player updates race", playerUpdatesRace},
		{"player delete", playerDelete},
		{"text with a zero byte", textWithZeroByte},
		{"players by name", playersNamed},
		{"pages", pages},
		{"pages after a record", pagesAfter},
		{"account round trip", accountRoundTrip},
		{"account exists", accountExists},
		{"account with what is made for it", accountTogether},
		{"account filters", accountFilters},
		{"contract round trip", contractRoundTrip},
		{"contract filters", contractFilters},
		{"policy round trip", policyRoundTrip},
		{"policy filters", policyFilters},
		{"rules", rules},
		{"session round trip", sessionRoundTrip},
		{"session filters", sessionFilters},
		{"live sessions of players", countLive},
		{"blocked session", blockedSession},
		{"intents of a session", intentsOfSession},
		{"lists of intents", intentLists},
		{"what sessions spent", spent},
		{"what sessions spent is taken back", spentTakenBack},
		{"what has changed", changed},
		{"one live session a key", oneLiveSession},
		{"session moved on", sessionMovedOn},
		{"intent round trip", intentRoundTrip},
		{"intent filters", intentFilters},
		{"intent reserves", intentReserves},
		{"budget is reserved at once", budgetRace},
		{"intent step fails", intentStepFails},
		{"intent step saves all", intentStepSavesAll},
		{"intent queues once", intentQueuesOnce},
		{"lanes", lanes},
		{"lanes race", lanesRace},
		{"open intents of an account", openIntentsOf},
		{"overdue intents", overdueIntents},
		{"decided intents", decidedIntents},
		{"sponsored cost", sponsoredCost},
		{"intents and steps race", intentsAndStepsRace},
		{"operation round trip", operationRoundTrip},
		{"operation outcome", operationOutcome},
		{"operations settle", operationsSettle},
		{"lease", lease},
		{"lease race", leaseRace},
		{"lease fences", leaseFences},
		{"transaction round trip", transactionRoundTrip},
		{"transaction nonce", transactionNonce},
		{"transaction takes queued operations", transactionTakesQueued},
		{"transaction finish", transactionFinish},
		{"network paymaster", networkPaymaster},
		{"user round trip", userRoundTrip},
		{"user update", userUpdate},
		{"user filters", userFilters},
		{"login round trip", loginRoundTrip},
		{"logins end", loginsEnd},
		{"signer round trip", signerRoundTrip},
		{"signers go with their player", signersGoWithTheirPlayer},
		{"signers by name", signersByName},
		{"wallet with all its parts", walletTogether},
		{"signer drops devices", signerDropsDevices},
		{"devices make room", devicesMakeRoom},
		{"entropy of a project", entropyOnce},
		{"logins forgotten", loginsForgotten},
		{"identity round trip", identityRoundTrip},
		{"challenge round trip", challengeRoundTrip},
		{"challenge race", challengeRace},
		{"attempts count", attemptsCount},
		{"auth configs", authConfigs},
		{"idempotency", idempotencyKeys},
		{"idempotency race", idempotencyRace},
		{"idempotency ages", idempotencyAges},
		{"idempotency created", idempotencyCreated},
		{"idempotency fences", idempotencyFences},
		{"idempotency notes every kind", idempotencyNotesEveryKind},
		{"operator round trip", operatorRoundTrip},
		{"operators race", operatorsRace},
		{"sign-in link", signInLink},
		{"console session", consoleSession},
		{"passkey", passkey},
		{"audit log", auditLog},
		{"intents by hash, and their delivery", intentsByHash},
		{"books of usage", usageBooks},
		{"books of usage race", usageRace},
		{"intents counted", intentCounts},
		{"sessions that end", sessionsEnding},
		{"API keys", apiKeys},
		{"request log", requestLog},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := suite{T: t, db: open(t), ctx: context.Background()}
			s.project = s.newProject()
			c.run(s)
		})
	}
}

// racers is how many goroutines compete in the race cases.
const racers = 20

// race runs fn in racers goroutines and waits for all of them.
func race(fn func(i int)) {
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range racers {
		all.Go(func() {
			<-start
			fn(i)
		})
	}
	close(start)
	all.Wait()
}

var errRefused = errors.New("refused by the test")

// moment answers distinct times in no round number, in a zone that is not UTC.
func moment(minute int) time.Time {
	zone := time.FixedZone("elsewhere", 5*3600+1800)
	return time.Date(2026, 11, 22, 12, minute, 7, 123_456_000, zone)
}

// wide does not fit into any integer that databases have.
func wide(n int64) *big.Int {
	return new(big.Int).Add(new(big.Int).Lsh(big.NewInt(1), 200), big.NewInt(n))
}

func address(n byte) common.Address {
	return common.BytesToAddress([]byte{0xab, 0xcd, 0xef, n})
}

func hash(n byte) common.Hash { return common.BytesToHash([]byte{0xfe, 0xdc, n}) }

// same fails unless got equals want. Times are equal as instants, and must come
// back in UTC; amounts are equal as numbers.
func same[T any](s suite, got, want T) {
	s.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), bigInts, instants); diff != "" {
		s.Fatalf("not as saved (-want +got):\n%s", diff)
	}
}

var (
	bigInts = cmp.Comparer(func(a, b *big.Int) bool {
		if a == nil || b == nil {
			return a == b
		}
		return a.Cmp(b) == 0
	})
	instants = cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) })
)

func (s suite) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s suite) wantFault(err error, kind fault.Kind) {
	s.Helper()
	if !fault.Is(err, kind) {
		s.Fatalf("error is %v, want a fault of kind %s", err, kind)
	}
}

func (s suite) wantError(err, want error) {
	s.Helper()
	if !errors.Is(err, want) {
		s.Fatalf("error is %v, want %v", err, want)
	}
}

func value[T any](v T, err error) func(suite) T {
	return func(s suite) T {
		s.Helper()
		s.must(err)
		return v
	}
}

func (s suite) newProject() auth.Project {
	s.Helper()
	p := auth.Project{ID: id.New(id.Project), Name: "a project", DefaultFeeLimit: wide(1), CreatedAt: moment(0)}
	s.must(s.db.CreateProject(s.ctx, p, nil))
	return p
}

func (s suite) newPlayer() player.Player {
	s.Helper()
	p := player.Player{ID: id.New(id.Player), ProjectID: s.project.ID, Name: "a player", CreatedAt: moment(1), UpdatedAt: moment(1)}
	s.must(s.db.CreatePlayer(s.ctx, p))
	return p
}

// newAccount makes an account of a new player; n tells accounts apart.
func (s suite) newAccount(n byte) account.Account {
	s.Helper()
	a := account.Account{
		ID: id.New(id.Account), ProjectID: s.project.ID, PlayerID: s.newPlayer().ID, ChainID: 80002,
		Address: address(n), Owner: userop.OwnerAt(address(100 + n)), Type: account.Smart, Salt: hash(n),
		CreatedAt: moment(2), UpdatedAt: moment(2),
	}
	s.must(s.db.CreateAccount(s.ctx, a))
	return a
}

func (s suite) newPolicy() sponsor.Policy {
	s.Helper()
	p := sponsor.Policy{
		ID: id.New(id.Policy), ProjectID: s.project.ID, Name: "a policy", ChainID: 80002,
		Schema: sponsor.PayForUser, Enabled: true, Reserved: new(big.Int), Spent: new(big.Int),
		CreatedAt: moment(3), UpdatedAt: moment(3),
	}
	s.must(s.db.CreatePolicy(s.ctx, p))
	return p
}
