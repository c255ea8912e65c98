package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"

	"github.com/latchkey-dev/latchkey/internal/client"
	"github.com/latchkey-dev/latchkey/internal/signer"
)

// remoteFlags name the server that a command asks. Where `latchkey dev` keeps
// its folder nothing needs to be named.
type remoteFlags struct {
	API       string `name:"api" help:"Base URL of the API; the development server's, when its folder is here." env:"LATCHKEY_API"`
	SecretKey string `help:"Secret API key (sk_…) of the project." env:"LATCHKEY_SECRET_KEY"`
	Data      string `default:".latchkey" help:"Folder of the development server." env:"LATCHKEY_DATA"`
	JSON      bool   `name:"json" help:"Print what the API answers: one line of JSON a record."`
}

// remote is a server to ask. Development is nil unless the development server's
// folder named it.
type remote struct {
	client.Client
	development *devInfo
}

func (f remoteFlags) open() (remote, error) {
	r := remote{Client: client.Client{Base: strings.TrimRight(f.API, "/"), Secret: f.SecretKey}}
	if f.API != "" && f.SecretKey != "" {
		return r, nil
	}
	info, err := readDevInfo(f.Data)
	if err != nil {
		return r, fmt.Errorf("no server is named: give --api and --secret-key (or LATCHKEY_API and LATCHKEY_SECRET_KEY), or run this where `latchkey dev` keeps its folder: %w", err)
	}
	if f.API != "" && r.Base != info.API {
		return r, fmt.Errorf("--api %s needs a --secret-key: the one in folder %s is for %s", f.API, f.Data, info.API)
	}
	if r.development, r.Base = info, info.API; r.Secret == "" {
		r.Secret = info.SecretKey
	}
	return r, nil
}

// readDevInfo reads what a development server left in its folder.
func readDevInfo(folder string) (*devInfo, error) {
	path := filepath.Join(folder, "dev.json")
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var state devState
	if err := json.Unmarshal(raw, &state); err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	if state.Info == nil {
		return nil, fmt.Errorf("%s is of a server that has not finished its first start", path)
	}
	return state.Info, nil
}

// answer is one record: as the API wrote it, and what is read of it.
type answer[T any] struct {
	raw  json.RawMessage
	read T
}

// UnmarshalJSON keeps the bytes, and reads of texts what a terminal only shows:
// names of contracts and reasons of failures are written by others.
func (a *answer[T]) UnmarshalJSON(raw []byte) error {
	a.raw = bytes.Clone(raw)
	var all any
	numbers := json.NewDecoder(bytes.NewReader(raw))
	numbers.UseNumber()
	if err := numbers.Decode(&all); err != nil {
		return err
	}
	tame, err := json.Marshal(shown(all))
	if err != nil {
		return err
	}
	return json.Unmarshal(tame, &a.read)
}

// shown is a JSON value without what would move the cursor, change colours or
// turn the direction of text.
func shown(value any) any {
	switch v := value.(type) {
	case string:
		return strings.Map(func(r rune) rune {
			switch {
			case unicode.IsGraphic(r):
				return r
			case unicode.IsSpace(r):
				return ' '
			}
			return -1
		}, v)
	case []any:
		for i := range v {
			v[i] = shown(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = shown(v[k])
		}
	}
	return value
}

type listAnswer[T any] struct {
	Data  []answer[T] `json:"data"`
	Total int         `json:"total"`
}

// printJSON writes the record on one line.
func (a answer[T]) printJSON(out io.Writer) error {
	var line bytes.Buffer
	if err := json.Compact(&line, a.raw); err != nil {
		return err
	}
	_, err := fmt.Fprintln(out, line.String())
	return err
}

// ownerFlags name the key of an account's owner. Without one, what needs its
// signature stays open and the hash to sign is printed.
type ownerFlags struct {
	OwnerKeyFile string `type:"existingfile" help:"File with the private key of the account's owner in hex; without it the hash to sign is printed. The development server's owner signs by itself." env:"LATCHKEY_OWNER_KEY_FILE"`
}

// owner answers the key that signs for an account, nil when there is none.
func (f ownerFlags) owner(ctx context.Context, r remote, accountID string) (*signer.Local, error) {
	if f.OwnerKeyFile != "" {
		return signer.LoadFile(f.OwnerKeyFile)
	}
	if r.development == nil {
		return nil, nil
	}
	key, err := signer.Parse(r.development.OwnerPrivateKey)
	if err != nil {
		return nil, err
	}
	var account struct {
		OwnerAddress string `json:"ownerAddress"`
	}
	if err := r.Get(ctx, "/v1/accounts/"+accountID, &account); err != nil {
		return nil, err
	}
	if !strings.EqualFold(account.OwnerAddress, key.Address().Hex()) {
		return nil, nil
	}
	return key, nil
}

// explain adds the next step to errors that have one.
func (r remote) explain(err error) error {
	var refused *client.Refusal
	switch {
	case err == nil:
		return nil
	case errors.As(err, &refused):
		return fmt.Errorf("the server refused: %s", shown(refused.Message))
	case r.development != nil:
		return fmt.Errorf("%w\nIs `latchkey dev` running?", err)
	}
	return err
}

// printList prints a list of the API: what table makes of it, or one line of
// JSON a record. An empty one is said with none.
func printList[T any](ctx context.Context, f remoteFlags, path, none string, table func(io.Writer, listAnswer[T]) error) error {
	r, err := f.open()
	if err != nil {
		return err
	}
	var found listAnswer[T]
	if err := r.Get(ctx, path, &found); err != nil {
		return r.explain(err)
	}
	if f.JSON {
		return printAll(os.Stdout, found)
	}
	if len(found.Data) == 0 {
		fmt.Println(none)
		return nil
	}
	return table(os.Stdout, found)
}

// listQuery is the query of a list that is narrowed by what is not "".
func listQuery(limit int, narrow map[string]string) string {
	q := url.Values{"limit": {strconv.Itoa(limit)}}
	for name, value := range narrow {
		if value != "" {
			q.Set(name, value)
		}
	}
	return "?" + q.Encode()
}
