package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/mattn/go-isatty"

	"github.com/latchkey-dev/latchkey/internal/signer"
)

type sessionCreateCommand struct {
	Account      string        `help:"Account (acc_…) that grants; the development server's, if there is one."`
	Key          string        `help:"Address of the session key. Without it a key is made, and printed once."`
	For          time.Duration `default:"1h" help:"How long the key may act, from now."`
	Limit        uint64        `help:"Most calls; not counted when left out."`
	Call         []string      `help:"What may be called: ADDRESS for a whole contract, or ADDRESS:FUNCTION,FUNCTION with names, signatures or selectors. May be repeated." sep:"none"`
	Permissions  string        `type:"existingfile" help:"File with a JSON list of permissions, as POST /v1/sessions takes them; - reads it from stdin."`
	FeeLimit     string        `help:"Most wei of fees that the account itself may pay."`
	FirstUse     bool          `help:"Register the key with its first use, which costs no transaction now."`
	Unrestricted bool          `help:"Grant everything: needed when nothing else says what may be called."`
	Yes          bool          `help:"Do not ask before a wide grant is signed. An unrestricted one needs it where there is no terminal to ask at."`
	Policy       string        `help:"Gas policy (pol_…) that pays; the development server's, if there is one. Without one the account pays."`
	ownerFlags
	remoteFlags
}

// Validate refuses what cannot be meant, before anything is asked.
func (c sessionCreateCommand) Validate() error {
	granted := len(c.Call) > 0 || c.Permissions != ""
	switch {
	case c.For <= 0:
		return fmt.Errorf("--for %s: must be longer than 0s", c.For)
	case !granted && !c.Unrestricted:
		return errors.New("nothing says what the key may do: give --call or --permissions, or --unrestricted if it may do everything")
	case granted && c.Unrestricted:
		return errors.New("--unrestricted grants everything: leave out --call and --permissions, or it")
	case c.Unrestricted && !c.Yes && !atTerminal(os.Stdin):
		return errors.New("--unrestricted grants everything, and there is no terminal to ask at: add --yes if that is meant")
	}
	return nil
}

// Run grants the key, and signs the grant when the owner's key is there.
func (c sessionCreateCommand) Run(ctx context.Context) error {
	r, err := c.open()
	if err != nil {
		return err
	}
	if c.Account == "" {
		if r.development == nil {
			return errors.New("--account is required: give the acc_… of the account that grants")
		}
		c.Account = r.development.Account
	}
	body, err := c.body(ctx, r)
	if err != nil {
		return err
	}
	made, err := c.key(body)
	if err != nil {
		return err
	}
	var granted answer[session]
	if err := r.Post(ctx, "/v1/sessions", body, &granted); err != nil {
		return r.explain(err)
	}
	if err := c.confirm(ctx, r, body, granted.read); err != nil {
		return err
	}
	if made != nil {
		// Not on stdout, which scripts read.
		fmt.Fprintf(os.Stderr, "Session key %s was made. Its private key is shown only now:\n%s\n", made.Address(), made.Reveal())
	}
	return c.finish(ctx, r, c.remoteFlags, granted)
}

// confirm shows what a wide grant means before its owner signs it, and withdraws
// it when the answer is not yes. Where nobody can be asked, only an unrestricted
// grant is refused.
func (c sessionCreateCommand) confirm(ctx context.Context, r remote, body map[string]any, s session) error {
	if c.Yes || len(s.Warnings) == 0 {
		return nil
	}
	reason := "there is no terminal to ask at, and the grant is unrestricted: add --yes if that is meant"
	if atTerminal(os.Stdin) {
		if err := writeGrant(os.Stderr, s); err != nil {
			return err
		}
		if agrees(os.Stdin, os.Stderr) {
			return nil
		}
		reason = "not granted"
	} else if !s.Sudo {
		return nil
	}
	withdrawn := map[string]any{"address": s.ID, "account": body["account"], "chainId": body["chainId"]}
	if err := r.Post(ctx, "/v1/sessions/revoke", withdrawn, new(answer[session])); err != nil {
		return fmt.Errorf("%s, but %s could not be withdrawn: %w", reason, s.ID, r.explain(err))
	}
	return fmt.Errorf("%s; %s is withdrawn", reason, s.ID)
}

// agrees asks, and takes nothing but y or yes for a yes.
func agrees(in io.Reader, out io.Writer) bool {
	fmt.Fprint(out, "Grant it? [y/N] ")
	line, err := bufio.NewReader(in).ReadString('\n')
	if err != nil {
		fmt.Fprintln(out)
	}
	line = strings.ToLower(strings.TrimSpace(line))
	return line == "y" || line == "yes"
}

func atTerminal(f *os.File) bool { return isatty.IsTerminal(f.Fd()) }

func (c sessionCreateCommand) body(ctx context.Context, r remote) (map[string]any, error) {
	chainID, err := r.chainOf(ctx, c.Account)
	if err != nil {
		return nil, err
	}
	permissions, err := c.permissions()
	if err != nil {
		return nil, err
	}
	body := map[string]any{
		"account": c.Account, "chainId": chainID,
		"validAfter": 0, "validUntil": time.Now().Add(c.For).Unix(),
	}
	if len(permissions) > 0 {
		body["permissions"] = permissions
	}
	if c.Limit > 0 {
		body["limit"] = c.Limit
	}
	if c.FeeLimit != "" {
		body["feeLimit"] = c.FeeLimit
	}
	if c.FirstUse {
		body["registration"] = "first-use"
	}
	if policy := r.policy(c.Policy); policy != "" {
		body["policy"] = policy
	}
	return body, nil
}

// key puts the key into the request, and answers it if it was made here.
func (c sessionCreateCommand) key(body map[string]any) (*signer.Local, error) {
	body["address"] = c.Key
	if c.Key != "" {
		return nil, nil
	}
	made, err := signer.Generate()
	if err != nil {
		return nil, err
	}
	body["address"] = made.Address().Hex()
	return made, nil
}

func (c sessionCreateCommand) permissions() ([]any, error) {
	var out []any
	if c.Permissions != "" {
		var err error
		if out, err = readPermissions(c.Permissions); err != nil {
			return nil, err
		}
	}
	for _, call := range c.Call {
		data, err := parseCall(call)
		if err != nil {
			return nil, err
		}
		out = append(out, map[string]any{"type": "contract-call", "data": data})
	}
	return out, nil
}

// readPermissions reads a list from a file, or from stdin when it is "-". An
// empty list is refused: a request that names nothing asks for everything.
func readPermissions(path string) ([]any, error) {
	var raw []byte
	var err error
	if path == "-" {
		raw, err = io.ReadAll(os.Stdin)
	} else {
		raw, err = os.ReadFile(path)
	}
	if err != nil {
		return nil, fmt.Errorf("--permissions %s: %w", path, err)
	}
	var out []any
	numbers := json.NewDecoder(bytes.NewReader(raw))
	numbers.UseNumber()
	if err := numbers.Decode(&out); err != nil {
		return nil, fmt.Errorf("--permissions %s: must hold a JSON list of permissions: %w", path, err)
	}
	if _, err := numbers.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("--permissions %s: must hold one JSON list, has more behind it", path)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("--permissions %s: the list is empty; name what the key may do, or give --unrestricted instead", path)
	}
	return out, nil
}

// parseCall reads ADDRESS or ADDRESS:FUNCTION,FUNCTION. A comma within the
// parentheses of a signature does not end it.
func parseCall(text string) (map[string]any, error) {
	address, functions, named := strings.Cut(text, ":")
	if !common.IsHexAddress(address) {
		return nil, fmt.Errorf("--call %q: %q is not an address (0x and 40 hex digits)", text, address)
	}
	data := map[string]any{"address": address}
	if !named {
		return data, nil
	}
	var calls []string
	depth, from := 0, 0
	for i, c := range functions + "," {
		switch {
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == ',' && depth == 0:
			if i == from {
				return nil, fmt.Errorf("--call %q: a function is missing after the colon or a comma", text)
			}
			calls = append(calls, functions[from:i])
			from = i + 1
		}
	}
	if depth != 0 {
		return nil, fmt.Errorf("--call %q: its parentheses do not match", text)
	}
	data["calls"] = calls
	return data, nil
}

// bigOf reads a number of an answer; what is none counts as 0.
func bigOf(n json.Number) *big.Int {
	out, ok := new(big.Int).SetString(n.String(), 10)
	if !ok {
		return new(big.Int)
	}
	return out
}
