package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/auth"
	"github.com/latchkey-dev/latchkey/internal/clientaddr"
	"github.com/latchkey-dev/latchkey/internal/contract"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/idempotency"
	"github.com/latchkey-dev/latchkey/internal/intent"
	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/player"
	"github.com/latchkey-dev/latchkey/internal/session"
	"github.com/latchkey-dev/latchkey/internal/sponsor"
	"github.com/latchkey-dev/latchkey/internal/user"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

const (
	secret      = "sk_test_7a1f2c44-7d0a-4d2e-9e34-1b0a8d4b9d11"
	publishable = "pk_test_0b8fe1c2-8b57-4b3f-8a1b-6c7a9a6b2f22"
	goodOrigin  = "https://game.example"
	annsToken   = "lku_ann"                                      // of the player below
	bobsToken   = "lku_bob"                                      // of another player
	reader      = "sk_test_11111111-7d0a-4d2e-9e34-1b0a8d4b9d11" // sessions:read only

	projectID     = "pro_0190c5a4-0000-7000-8000-000000000000"
	playerID      = "pla_0190c5a4-0000-7000-8000-000000000001"
	otherPlayerID = "pla_0190c5a4-0000-7000-8000-000000000011"
	accountID     = "acc_0190c5a4-0000-7000-8000-000000000002"
	contractID    = "con_0190c5a4-0000-7000-8000-000000000003"
	policyID      = "pol_0190c5a4-0000-7000-8000-000000000004"
	ruleID        = "afu_0190c5a4-0000-7000-8000-000000000005"
	sessionID     = "ses_0190c5a4-0000-7000-8000-000000000006"
	intentID      = "tin_0190c5a4-0000-7000-8000-000000000007"
	signerID      = "sig_0190c5a4-0000-7000-8000-000000000008"
	deviceID      = "dev_0190c5a4-0000-7000-8000-000000000009"
)

var (
	when     = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	owner    = common.HexToAddress("0x70997970C51812dc3A010C7d01b50e0d17dc79C8")
	signer   = common.HexToAddress("0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC")
	nft      = common.HexToAddress("0x5FbDB2315678afecb367f032d93F642f64180aa3")
	token    = common.HexToAddress("0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512")
	mintOnly = userop.Selector{0x6a, 0x62, 0x78, 0x42}
	opHash   = common.HexToHash("0x25d3b1c0a0e8ffb5a7a4a4c0dd0a1f0c9f6e5d4c3b2a19181716151413120f0e")
)

// world is what the handlers talk to: one record of each kind, and what was
// asked of it last.
type world struct {
	mu sync.Mutex

	project  auth.Project
	player   player.Player
	account  account.Account
	contract contract.Contract
	policy   sponsor.Policy
	rules    []sponsor.Rule
	session  session.View
	intent   intent.Intent

	fail      error           // answered by every service when set
	panics    any             // raised by every service when set
	asked     any             // the parameters of the last call
	watch     func(asked any) // sees every call, nil for nobody
	projectOf string
	from      string                 // the address of the last credentials
	policies  listed[sponsor.Filter] // what the list of policies was asked last
	creates   int
}

func newWorld() *world {
	deployedTx := common.HexToHash("0x01")
	w := &world{
		project:  auth.Project{ID: projectID, Name: "game", DefaultFeeLimit: big.NewInt(7), CreatedAt: when},
		player:   player.Player{ID: playerID, Name: "ann", Metadata: json.RawMessage(`{"level":3}`), CreatedAt: when},
		contract: contract.Contract{ID: contractID, Name: "nft", ChainID: 80002, Address: nft, CreatedAt: when},
		policy:   sponsor.Policy{ID: policyID, Name: "all", ChainID: 80002, Schema: sponsor.PayForUser, Enabled: true, CreatedAt: when},
	}
	w.account = account.Account{
		ID: accountID, PlayerID: playerID, ChainID: 80002, Address: common.HexToAddress("0xabc1"), Owner: userop.OwnerAt(owner), Type: account.Smart,
		ImplementationType: account.ImplementationSmart, Factory: common.HexToAddress("0xfac1"), Implementation: common.HexToAddress("0x1111"), Salt: common.HexToHash("0x05a1"),
		SignerID: signerID, DeployedAt: &when, DeployedTx: &deployedTx, CreatedAt: when, UpdatedAt: when,
	}
	w.rules = []sponsor.Rule{
		{ID: ruleID, PolicyID: policyID, Type: sponsor.ContractFunctions, ContractID: contractID, FunctionName: "mint", CreatedAt: when},
		{ID: "afu_0190c5a4-0000-7000-8000-000000000015", PolicyID: policyID, Type: sponsor.AccountFunctions, CreatedAt: when},
	}
	w.session = session.View{
		Session: session.Session{ID: sessionID, PlayerID: playerID, AccountID: accountID, Signer: signer, CreatedAt: when, UpdatedAt: when},
		Permission: permission.Permission{
			Signer: signer, ValidUntil: 2_000_000_000, Limit: 3, FeeLimit: big.NewInt(1000),
			Contracts: []common.Address{token},
			Functions: []permission.Function{{Target: nft, Selector: mintOnly}},
		},
		Status:     session.StatusPending,
		Usage:      session.Usage{Limit: used(3, 1), FeeLimit: used(1000, 400)},
		NextAction: &session.NextAction{SignableHash: opHash, Operation: new(operation()), ExpiresAt: 1_900_000_000},
		Intents:    []string{intentID},
	}
	w.intent = waitingIntent()
	return w
}

func used(limit, n int64) *session.Used {
	return &session.Used{Limit: big.NewInt(limit), Used: big.NewInt(n), Left: big.NewInt(limit - n)}
}

func operation() userop.Operation {
	return userop.Operation{
		Sender: common.HexToAddress("0xabc1"), Nonce: big.NewInt(5), CallData: []byte{0xb6, 0x1d},
		CallGasLimit: big.NewInt(100_000), VerificationGasLimit: big.NewInt(200_000), PreVerificationGas: big.NewInt(50_000),
		MaxFeePerGas: big.NewInt(2_000_000_000), MaxPriorityFeePerGas: big.NewInt(1),
		Paymaster: common.HexToAddress("0xba1"), PaymasterVerificationGasLimit: big.NewInt(30_000), PaymasterPostOpGasLimit: new(big.Int),
	}
}

func waitingIntent() intent.Intent {
	return intent.Intent{
		ID: intentID, PlayerID: playerID, AccountID: accountID, PolicyID: policyID, ChainID: 80002, Kind: intent.Call,
		Interactions:  []intent.Interaction{{To: nft, Data: []byte{1}, Contract: contractID, Function: "mint", Args: []any{"0x1", "10"}}},
		Status:        intent.Waiting,
		Operation:     operation(),
		OperationHash: opHash,
		ExpiresAt:     1_900_000_000,
		Transitions:   []intent.Transition{{From: "none", To: "new", At: when}},
		CreatedAt:     when,
		UpdatedAt:     when,
	}
}

func includedIntent() intent.Intent {
	in := waitingIntent()
	in.Status = intent.Succeeded
	in.Operation.Signature = []byte{9}
	in.Outcome = &intent.Outcome{
		Success: true, BlockNumber: 12, BlockTime: 1_800_000_000, TxHash: common.HexToHash("0x7a"), To: userop.EntryPoint,
		GasUsed: big.NewInt(118_000), GasFee: big.NewInt(236_000),
		Logs: []*types.Log{{Address: nft, Topics: []common.Hash{opHash}, Data: []byte{1, 2}, BlockNumber: 12}},
	}
	return in
}

// begin notes a call; every service method starts with it.
func (w *world) begin(projectID string, asked any) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.panics != nil {
		panic(w.panics)
	}
	w.projectOf, w.asked = projectID, asked
	if w.watch != nil {
		w.watch(asked)
	}
	return w.fail
}

func (w *world) create(projectID string, asked any) error {
	if err := w.begin(projectID, asked); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.creates++
	return nil
}

// find answers the one record that there is.
func find[T any](w *world, projectID, asked, known string, record T) (T, error) {
	var none T
	if err := w.begin(projectID, asked); err != nil {
		return none, err
	}
	if asked != known {
		return none, fault.New(fault.NotFound, "%s is not known in this project", asked)
	}
	return record, nil
}

func one[T any](records ...T) page.Page[T] { return page.Page[T]{Items: records, Total: len(records)} }

// The services. Each is a type of its own because their methods share names.
type (
	authWorld     struct{ *world }
	playerWorld   struct{ *world }
	accountWorld  struct{ *world }
	contractWorld struct{ *world }
	sponsorWorld  struct{ *world }
	sessionWorld  struct{ *world }
	intentWorld   struct{ *world }
	userWorld     struct{ *world }
	walletWorld   struct{ *world }
)

func (w authWorld) Authenticate(_ context.Context, c auth.Credentials) (auth.Caller, error) {
	w.mu.Lock()
	w.from = c.Address
	w.mu.Unlock()
	caller := auth.Caller{ProjectID: projectID, KeyID: "key_1", Kind: auth.Secret}
	switch strings.TrimPrefix(c.Authorization, "Bearer ") {
	case annsToken:
		return auth.Caller{ProjectID: projectID, KeyID: "key_1", Kind: auth.User, UserID: playerID, LoginID: "log_1"}, nil
	case bobsToken:
		return auth.Caller{ProjectID: projectID, KeyID: "key_1", Kind: auth.User, UserID: otherPlayerID, LoginID: "log_2"}, nil
	case secret:
		return caller, nil
	case reader:
		caller.Scopes = []string{"sessions:read"}
		return caller, nil
	case publishable:
		caller.Kind = auth.Publishable
		return caller, nil
	case "":
		if c.ProjectKey == publishable {
			caller.Kind = auth.Publishable
			return caller, nil
		}
		return auth.Caller{}, fault.New(fault.Unauthorized, "no API key was sent")
	default:
		return auth.Caller{}, fault.New(fault.Unauthorized, "the API key is unknown here")
	}
}

func (w authWorld) Project(_ context.Context, id string) (auth.Project, error) {
	return find(w.world, id, id, projectID, w.project)
}

func (w authWorld) SetAllowedOrigins(_ context.Context, id string, origins []string) (auth.Project, error) {
	w.project.AllowedOrigins = origins
	return w.project, w.begin(id, origins)
}

func (w authWorld) OriginAllowed(_ context.Context, _, origin string) (bool, error) {
	return origin == goodOrigin, w.fail
}

func (w authWorld) SetDefaultFeeLimit(_ context.Context, id string, wei *big.Int) (auth.Project, error) {
	w.project.DefaultFeeLimit = wei
	return w.project, w.begin(id, wei)
}

func (w playerWorld) Create(_ context.Context, project string, p player.Params) (player.Player, error) {
	return w.player, w.create(project, p)
}

func (w playerWorld) Get(_ context.Context, project, id string) (player.Player, error) {
	return find(w.world, project, id, playerID, w.player)
}

func (w playerWorld) List(_ context.Context, project string, req page.Request) (page.Page[player.Player], error) {
	return one(w.player), w.begin(project, req)
}

func (w playerWorld) Update(_ context.Context, project, _ string, p player.Params) (player.Player, error) {
	return w.player, w.begin(project, p)
}

func (w playerWorld) Delete(_ context.Context, project, id string) error {
	_, err := find(w.world, project, id, playerID, w.player)
	return err
}

func (w userWorld) entry() user.Entry {
	return user.Entry{
		User:  user.User{ID: playerID, Name: "ann", Email: "ann@game.example", CreatedAt: when, UpdatedAt: when},
		Login: user.Login{ID: "log_1", UserID: playerID, Address: "192.0.2.1", Agent: "test", CreatedAt: when, UpdatedAt: when, ExpiresAt: when},
		Token: annsToken,
	}
}

func (w userWorld) SignUpGuest(_ context.Context, project string, c user.Client) (user.Entry, error) {
	return w.entry(), w.create(project, c)
}

func (w userWorld) Session(_ context.Context, project, token string) (user.Entry, error) {
	return w.entry(), w.begin(project, token)
}

func (w userWorld) SignUpPassword(_ context.Context, project string, p user.SignUpParams, _ user.Client) (user.Entry, error) {
	e := w.entry()
	e.Token = ""
	return e, w.create(project, p)
}

func (w userWorld) LogInPassword(_ context.Context, project, email, password string, _ user.Client) (user.Entry, error) {
	return w.entry(), w.begin(project, email+" "+password)
}

func (w userWorld) RequestReset(_ context.Context, project, email, redirectTo string, _ user.Client) error {
	return w.begin(project, email+" "+redirectTo)
}

func (w userWorld) CheckResetLink(_ context.Context, token, target string) (bool, error) {
	return token == annsToken, w.begin("", target)
}

func (w userWorld) ResetPassword(_ context.Context, token, password string) error {
	return w.begin("", token+" "+password)
}

func (w userWorld) ResetPasswordByCode(_ context.Context, project, email, code, password string, _ user.Client) error {
	return w.begin(project, email+" "+code+" "+password)
}

func (w userWorld) SendVerification(_ context.Context, project, email, callbackURL string, _ user.Client) error {
	return w.begin(project, email+" "+callbackURL)
}

func (w userWorld) VerifyEmail(_ context.Context, token, callbackURL string) (user.User, error) {
	return w.entry().User, w.begin("", token+" "+callbackURL)
}

func (w userWorld) SendCode(_ context.Context, project, email string, purpose user.Purpose, _ user.Client) error {
	return w.begin(project, email+" "+string(purpose))
}

func (w userWorld) LogInCode(_ context.Context, project, email, code string, _ user.Client) (user.Entry, error) {
	return w.entry(), w.begin(project, email+" "+code)
}

func (w userWorld) VerifyEmailCode(_ context.Context, project, email, code string, _ user.Client) (user.User, error) {
	return w.entry().User, w.begin(project, email+" "+code)
}

func (w userWorld) WalletNonce(_ context.Context, project string, wallet common.Address, _ user.Client) (string, error) {
	return "abcdefgh12345678", w.begin(project, wallet)
}

func (w userWorld) LogInWallet(_ context.Context, project string, p user.WalletParams, _ user.Client) (user.Entry, error) {
	return w.entry(), w.begin(project, p)
}

func (w userWorld) LinkWallet(_ context.Context, project, _ string, p user.WalletParams, _ user.Client) error {
	return w.begin(project, p)
}

func (w userWorld) StartSocial(_ context.Context, project string, p user.SocialParams, _ user.Client) (string, error) {
	return "https://issuer.example/authorize", w.begin(project, p)
}

func (w userWorld) FinishSocial(_ context.Context, provider string, _ url.Values, _ user.Client) (string, error) {
	return goodOrigin + "/?access_token=" + annsToken, w.begin("", provider)
}

func (w userWorld) LogInIDToken(_ context.Context, project string, p user.IDTokenParams, _ user.Client) (user.Entry, error) {
	return w.entry(), w.begin(project, p)
}

func (w userWorld) VouchedUser(_ context.Context, project, provider, token, address string) (user.User, error) {
	return w.entry().User, w.begin(project, provider+" "+token+" from "+address)
}

func (w userWorld) Get(_ context.Context, project, id string) (user.User, error) {
	return find(w.world, project, id, playerID, w.entry().User)
}

func (w userWorld) List(_ context.Context, project string, f user.Filter, req page.Request) (page.Page[user.User], error) {
	return one(w.entry().User), w.begin(project, listed[user.Filter]{f, req})
}

func (w userWorld) Identities(_ context.Context, _ string, userIDs ...string) (map[string][]user.Identity, error) {
	ways := map[string][]user.Identity{}
	for _, id := range userIDs {
		ways[id] = []user.Identity{{Provider: user.Wallet, Subject: "0xabc", Secret: "never shown", Details: user.Details{Client: "metamask"}, CreatedAt: when, UpdatedAt: when}}
	}
	return ways, nil
}

func (w userWorld) Lookup(_ context.Context, project, token string) (user.Login, error) {
	return find(w.world, project, token, annsToken, w.entry().Login)
}

func (w userWorld) Configure(_ context.Context, project, name string, enabled bool, settings user.Settings) (user.Config, error) {
	return user.Config{Name: name, Enabled: enabled, Settings: settings}, w.begin(project, settings)
}

func (w userWorld) Configs(_ context.Context, project string) ([]user.Config, error) {
	return []user.Config{{Name: "custom", Enabled: true, Settings: user.Settings{AuthenticationURL: "https://auth.example", Headers: "a secret", Key: "a secret", ClientSecret: "a secret"}}}, w.begin(project, "configs")
}

func (w userWorld) RemoveConfig(_ context.Context, project, name string) error {
	return w.begin(project, name)
}

func (w userWorld) LogOut(_ context.Context, project, userID, loginID string) error {
	return w.begin(project, userID+" "+loginID)
}

func (w accountWorld) Create(_ context.Context, project string, p account.CreateParams) (account.Account, error) {
	return w.account, w.create(project, p)
}

func (w accountWorld) Active(_ context.Context, accounts ...account.Account) (map[string]bool, error) {
	active := make(map[string]bool)
	for _, a := range accounts {
		active[a.ID] = a.Deployed()
	}
	return active, w.fail
}

func (w accountWorld) Get(_ context.Context, project, id string) (account.Account, error) {
	return find(w.world, project, id, accountID, w.account)
}

func (w accountWorld) List(_ context.Context, project string, f account.Filter, req page.Request) (page.Page[account.Account], error) {
	return one(w.account), w.begin(project, listed[account.Filter]{f, req})
}

// listed is what a list was asked.
type listed[F any] struct {
	filter F
	page   page.Request
}

func (w contractWorld) Create(_ context.Context, project string, p contract.Params) (contract.Contract, error) {
	return w.contract, w.create(project, p)
}

func (w contractWorld) Get(_ context.Context, project, id string) (contract.Contract, error) {
	return find(w.world, project, id, contractID, w.contract)
}

func (w contractWorld) List(_ context.Context, project string, f contract.Filter, req page.Request) (page.Page[contract.Contract], error) {
	if f.Name == "" { // the names of a chain's contracts, to show another record with
		return one(w.contract), nil
	}
	return one(w.contract), w.begin(project, listed[contract.Filter]{f, req})
}

func (w contractWorld) Update(_ context.Context, project, _ string, p contract.Params) (contract.Contract, error) {
	return w.contract, w.begin(project, p)
}

func (w contractWorld) Delete(_ context.Context, project, id string) error {
	_, err := find(w.world, project, id, contractID, w.contract)
	return err
}

// read is what a contract was asked.
type read struct {
	function string
	args     []any
}

func (w contractWorld) Read(_ context.Context, project, _ string, function string, args []any) (any, error) {
	return "42", w.begin(project, read{function, args})
}

func (w sponsorWorld) CreatePolicy(_ context.Context, project string, p sponsor.PolicyParams) (sponsor.Policy, error) {
	return w.policy, w.create(project, p)
}

func (w sponsorWorld) Policy(_ context.Context, project, id string) (sponsor.Policy, error) {
	return find(w.world, project, id, policyID, w.policy)
}

func (w sponsorWorld) Policies(_ context.Context, project string, f sponsor.Filter, req page.Request) (page.Page[sponsor.Policy], error) {
	w.policies = listed[sponsor.Filter]{f, req}
	return one(w.policy), w.begin(project, w.policies)
}

func (w sponsorWorld) UpdatePolicy(_ context.Context, project, _ string, p sponsor.PolicyParams) (sponsor.Policy, error) {
	return w.policy, w.begin(project, p)
}

func (w sponsorWorld) SetPolicyEnabled(_ context.Context, project, _ string, enabled bool) (sponsor.Policy, error) {
	w.policy.Enabled = enabled
	return w.policy, w.begin(project, enabled)
}

func (w sponsorWorld) DeletePolicy(_ context.Context, project, id string) error {
	_, err := find(w.world, project, id, policyID, w.policy)
	return err
}

func (w sponsorWorld) CreateRule(_ context.Context, project string, p sponsor.RuleParams) (sponsor.Rule, error) {
	return w.rules[0], w.create(project, p)
}

func (w sponsorWorld) Rules(_ context.Context, project, id string, _ page.Request) (page.Page[sponsor.Rule], error) {
	return find(w.world, project, id, policyID, one(w.rules...))
}

func (w sponsorWorld) UpdateRule(_ context.Context, project, _ string, p sponsor.RuleParams) (sponsor.Rule, error) {
	return w.rules[1], w.begin(project, p)
}

func (w sponsorWorld) DeleteRule(_ context.Context, project, id string) error {
	_, err := find(w.world, project, id, ruleID, w.rules[0])
	return err
}

func (w sessionWorld) Create(_ context.Context, project string, p session.CreateParams) (session.View, error) {
	return w.session, w.create(project, p)
}

func (w sessionWorld) Get(_ context.Context, project, id string) (session.View, error) {
	return find(w.world, project, id, sessionID, w.session)
}

func (w sessionWorld) List(_ context.Context, project string, f session.Filter, req page.Request) (page.Page[session.View], error) {
	return one(w.session), w.begin(project, listed[session.Filter]{f, req})
}

func (w sessionWorld) Revoke(_ context.Context, project string, p session.RevokeParams) (session.View, error) {
	return w.session, w.create(project, p)
}

// replaced is what a session was replaced with.
type replaced struct {
	id string
	by session.CreateParams
}

func (w sessionWorld) Replace(_ context.Context, project, id string, p session.CreateParams) (session.View, error) {
	if _, err := find(w.world, project, id, sessionID, w.session); err != nil {
		return session.View{}, err
	}
	return w.session, w.create(project, replaced{id, p})
}

func (w sessionWorld) Sign(_ context.Context, project, _ string, p session.SignParams) (session.View, error) {
	return w.session, w.begin(project, p)
}

func (w intentWorld) Create(_ context.Context, project string, p intent.CreateParams) (intent.Intent, error) {
	return w.intent, w.create(project, p)
}

func (w intentWorld) Cost(_ context.Context, project string, p intent.CreateParams) (intent.Cost, error) {
	return intent.Cost{Gas: big.NewInt(444_793), GasPrice: big.NewInt(2_612_819_331)}, w.begin(project, p)
}

func (w intentWorld) Get(_ context.Context, project, id string) (intent.Intent, error) {
	return find(w.world, project, id, intentID, w.intent)
}

func (w intentWorld) List(_ context.Context, project string, f intent.Filter, req page.Request) (page.Page[intent.Intent], error) {
	return one(w.intent), w.begin(project, listed[intent.Filter]{f, req})
}

func (w intentWorld) Sign(_ context.Context, project, _ string, p intent.SignParams) (intent.Intent, error) {
	return w.intent, w.begin(project, p)
}

// accountOperation is what the owner of an account was asked to sign.
type accountOperation struct {
	account, policy string
	newOwner        userop.Owner
}

func (w intentWorld) RevokeAllSessions(_ context.Context, project, account, policy string) (intent.Intent, error) {
	return w.intent, w.create(project, accountOperation{account: account, policy: policy})
}

func (w intentWorld) ChangeOwner(_ context.Context, project, account, policy string, newOwner userop.Owner) (intent.Intent, error) {
	return w.intent, w.create(project, accountOperation{account, policy, newOwner})
}

// authorized is what was kept for an account.
type authorized struct {
	account string
	signed  []byte
}

func (w intentWorld) Authorize(_ context.Context, project, accountID string, signed []byte) (account.Account, error) {
	return w.account, w.begin(project, authorized{accountID, signed})
}

// kept is an IdempotencyStore in memory.
type kept struct {
	mu   sync.Mutex
	rows map[string]*keptRow
}

type keptRow struct {
	request string
	answer  idempotency.Answer
	lost    string // what was created by a try that never answered, "" for nothing
}

func (k *kept) Begin(_ context.Context, project, key, route, hash string) (c idempotency.Claim, a idempotency.Answer, err error) {
	c = idempotency.Claim{Project: project, Key: key}
	k.mu.Lock()
	defer k.mu.Unlock()
	request := route + " " + hash
	row, ok := k.rows[project+key]
	switch {
	case !ok:
		k.rows[project+key] = &keptRow{request: request}
		return c, a, nil
	case row.request != request:
		return c, a, fault.New(fault.Conflict, "X-Idempotency-Key: was used for another request")
	case row.lost != "":
		c.Created, row.lost = row.lost, ""
		return c, a, nil
	case row.answer.Status == 0:
		return c, a, fault.New(fault.Conflict, "X-Idempotency-Key: the first request is still under way")
	default:
		return c, row.answer, nil
	}
}

func (k *kept) Finish(_ context.Context, c idempotency.Claim, a idempotency.Answer) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.rows[c.Project+c.Key].answer = a
	return nil
}

func (k *kept) Release(_ context.Context, c idempotency.Claim) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.rows, c.Project+c.Key)
	return nil
}

// lose makes every answer that was kept one that was never given, by a try that
// created the record.
func (k *kept) lose(recordID string) (lost int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, row := range k.rows {
		row.answer, row.lost = idempotency.Answer{}, recordID
	}
	return len(k.rows)
}

// api is the handler under test. Every answer that do gets is validated
// against api/openapi.yaml.
type api struct {
	*world
	t       testing.TB
	handler http.Handler
	kept    *kept
	log     *bytes.Buffer
}

func newAPI(t testing.TB) *api {
	t.Helper()
	a := &api{world: newWorld(), t: t, kept: &kept{rows: map[string]*keptRow{}}, log: &bytes.Buffer{}}
	a.handler = New(Deps{
		Auth:        authWorld{a.world},
		Players:     playerWorld{a.world},
		Users:       userWorld{a.world},
		Accounts:    accountWorld{a.world},
		Contracts:   contractWorld{a.world},
		Sponsor:     sponsorWorld{a.world},
		Sessions:    sessionWorld{a.world},
		Intents:     intentWorld{a.world},
		Wallets:     walletWorld{a.world},
		Idempotency: a.kept,
		Version:     "v0.1.0",
		Chains:      []Chain{{ID: 80002, Name: "amoy", EntryPoint: userop.EntryPoint}},
		Proxies:     clientaddr.Proxies{netip.MustParsePrefix("192.0.2.1/32")}, // where httptest sends from
		Checks:      []Check{{Name: "database", Run: func(context.Context) error { return a.fail }}},
		Log:         slog.New(slog.NewTextHandler(a.log, nil)),
		Now:         func() time.Time { return when },
	})
	return a
}

// reply is an answer and its decoded body.
type reply struct {
	*httptest.ResponseRecorder
	json map[string]any
}

func (r reply) message() string {
	e, _ := r.json["error"].(map[string]any)
	s, _ := e["message"].(string)
	return s
}

const (
	jsonType = "application/json"
	formType = "application/x-www-form-urlencoded"
)

// do sends a request with the secret key. headers are "Name: value" lines that
// override.
func (a *api) do(method, target, contentType, body string, headers ...string) reply {
	a.t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+secret)
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	for _, h := range headers {
		name, v, _ := strings.Cut(h, ": ")
		r.Header.Set(name, v)
	}
	rec := httptest.NewRecorder()
	a.handler.ServeHTTP(rec, r)
	out := reply{ResponseRecorder: rec}
	if rec.Body.Len() > 0 {
		if err := json.Unmarshal(rec.Body.Bytes(), &out.json); err != nil {
			a.t.Fatalf("%s %s answered no JSON: %v\n%s", method, target, err, rec.Body)
		}
	}
	checkAnswer(a.t, r, rec)
	return out
}

func (a *api) post(target, body string, headers ...string) reply {
	a.t.Helper()
	return a.do("POST", target, jsonType, body, headers...)
}

func (a *api) get(target string, headers ...string) reply {
	a.t.Helper()
	return a.do("GET", target, "", "", headers...)
}

// spec is the committed description of the API.
var spec = sync.OnceValues(func() (routers.Router, error) {
	doc, err := openapi3.NewLoader().LoadFromFile("../../api/openapi.yaml")
	if err != nil {
		return nil, err
	}
	doc.Servers = nil // paths alone decide
	return legacy.NewRouter(doc)
})

// checkAnswer validates an answer against the description. Routes that it does
// not have are answered with an error, whose shape is that of all errors.
func checkAnswer(t testing.TB, r *http.Request, rec *httptest.ResponseRecorder) {
	t.Helper()
	router, err := spec()
	if err != nil {
		t.Fatal(err)
	}
	route, params, err := router.FindRoute(r)
	if err != nil {
		return
	}
	input := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route},
		Status:                 rec.Code,
		Header:                 rec.Header(),
		Body:                   io.NopCloser(bytes.NewReader(rec.Body.Bytes())),
		Options:                &openapi3filter.Options{IncludeResponseStatus: true},
	}
	if err := openapi3filter.ValidateResponse(context.Background(), input); err != nil {
		t.Errorf("%s %s: the answer is not what api/openapi.yaml says: %v\n%s", r.Method, r.URL, err, rec.Body)
	}
}
