package share_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/accounts"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	"go.uber.org/goleak"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/auth"
	"github.com/latchkey-dev/latchkey/internal/id"
	"github.com/latchkey-dev/latchkey/internal/player"
	"github.com/latchkey-dev/latchkey/internal/share"
	"github.com/latchkey-dev/latchkey/internal/store"
	"github.com/latchkey-dev/latchkey/internal/store/storetest"
	"github.com/latchkey-dev/latchkey/internal/user"
	"github.com/latchkey-dev/latchkey/internal/userop"
	"github.com/latchkey-dev/latchkey/internal/vault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is a service on a real database, whose clock the test moves.
type world struct {
	*testing.T
	ctx     context.Context
	db      *store.DB
	players *player.Service
	users   *user.Service
	wallets *share.Service
	project string
	ann     share.User
	bob     share.User

	mu    sync.Mutex
	clock time.Time
}

func newWorld(t *testing.T) *world {
	t.Helper()
	v, err := vault.Parse(vault.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	w := &world{T: t, ctx: context.Background(), db: storetest.SQLite(t), clock: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
	w.players = &player.Service{Store: w.db, Now: w.now}
	accounts := &account.Service{Store: w.db, Players: w.players, Addresses: chains{}, Delegations: chains{}, Now: w.now}
	w.users = &user.Service{Store: w.db, Players: w.players, Now: w.now}
	w.wallets = &share.Service{Store: w.db, Accounts: accounts, Users: w.users, Vault: v, Now: w.now}
	w.project = w.newProject()
	w.ann, w.bob = w.newUser(w.project), w.newUser(w.project)
	return w
}

// chains has every chain, and a factory that puts accounts at their owner's
// salt.
type chains struct{}

func (chains) AccountAddress(_ uint64, owner userop.Owner, salt common.Hash) (address, factory, implementation common.Address, err error) {
	return common.BytesToAddress(append(owner.Address[:4:4], salt[:16]...)), common.HexToAddress("0xfac1"), common.HexToAddress("0x1111"), nil
}

func (chains) Delegates(_ context.Context, _ uint64, accounts []common.Address) ([]common.Address, error) {
	return make([]common.Address, len(accounts)), nil
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.clock
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.clock = w.clock.Add(d)
}

func (w *world) newProject() string {
	w.Helper()
	p, _, _, err := (&auth.Service{Store: w.db, Now: w.now}).NewProject(w.ctx, "game")
	w.must(err)
	return p.ID
}

func (w *world) newUser(project string) share.User {
	w.Helper()
	guest, err := w.users.SignUpGuest(w.ctx, project, user.Client{})
	w.must(err)
	return share.User{ProjectID: project, PlayerID: guest.User.ID}
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// sealed is a recovery share in the form that browsers send it. text stands for
// the ciphertext.
func sealed(method share.Method, text string) share.Recovery {
	name := map[share.Method]string{share.ByPassword: "password", share.ByPasskey: "passkey", share.ByProject: "project"}[method]
	b64 := base64.RawURLEncoding.EncodeToString
	return share.Recovery{
		SignerID: id.New(id.Signer),
		Method:   method,
		Secret: fmt.Sprintf(`{"version":1,"method":%q,"kdf":"x","salt":%q,"nonce":%q,"sealed":%q}`,
			name, b64(make([]byte, 16)), b64(make([]byte, 12)), b64([]byte(text+strings.Repeat(".", 64)))),
	}
}

var (
	ownerKey, _ = crypto.HexToECDSA("59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d")
	key         = crypto.PubkeyToAddress(ownerKey.PublicKey)
)

// prove signs with the owner key that it is a user's signer.
func prove(t *testing.T, u share.User, signerID string) []byte {
	t.Helper()
	return signed(t, share.Claim(u, signerID))
}

// signed is the owner key's signature of a claim, personal that of a text which
// an app has it sign.
func signed(t *testing.T, claim string) []byte {
	t.Helper()
	return sign(t, share.ClaimHash(claim).Bytes())
}

func personal(t *testing.T, text string) []byte {
	t.Helper()
	return sign(t, accounts.TextHash([]byte(text)))
}

func sign(t *testing.T, digest []byte) []byte {
	t.Helper()
	sig, err := crypto.Sign(digest, ownerKey)
	if err != nil {
		t.Fatal(err)
	}
	sig[64] += 27
	return sig
}

// register and replace ask with the owner key's signature.
func (w *world) register(u share.User, made share.Wallet, serverShare string) (share.Wallet, error) {
	return w.wallets.Register(w.ctx, u, made.Account.ID, serverShare, signed(w.T, share.RegisterClaim(u, made.Signer.ID, serverShare)))
}

func (w *world) replace(u share.User, r share.Recovery, deviceID string) error {
	return w.wallets.ReplaceRecovery(w.ctx, u, r, deviceID, signed(w.T, share.ReplaceClaim(u, r, deviceID)))
}

// wallet makes one for a user, as the wallet page does.
func (w *world) wallet(u share.User) share.Wallet {
	w.Helper()
	r := sealed(share.ByPassword, "first")
	w.must(w.wallets.SaveRecovery(w.ctx, u, r))
	made, err := w.wallets.Create(w.ctx, u, share.WalletParams{SignerID: r.SignerID, Owner: key, Proof: prove(w.T, u, r.SignerID), Share: "server share", ChainID: 1, Type: account.Smart})
	w.must(err)
	return made
}
