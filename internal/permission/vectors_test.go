package permission

import (
	"bytes"
	"encoding/json"
	"math/big"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/google/go-cmp/cmp"

	"github.com/latchkey-dev/latchkey/internal/userop"
)

// vectors are shared with the contracts' own tests.
type vectors struct {
	Valid []struct {
		Name       string
		Permission hexutil.Bytes
		Fields     fieldsVector
		ChainID    string
		Account    common.Address
		Epoch      string
		SessionID  common.Hash
	}
	Malformed []struct {
		Name       string
		Permission hexutil.Bytes
		Reason     string
	}
}

type fieldsVector struct {
	SignerType, ValidAfter, ValidUntil, Limit, FeeLimit string
	Signer                                              common.Address
	Salt                                                hexutil.Bytes
	Sudo                                                bool
	Contracts, Paymasters                               []common.Address
	Rules                                               []hexutil.Bytes // records
	Functions                                           []struct {
		Target   common.Address
		Selector hexutil.Bytes
	}
}

func readVectors(t *testing.T) vectors {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "contracts", "test", "vectors", "permissions.json"))
	if err != nil {
		t.Fatal(err)
	}
	var out vectors
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	if len(out.Valid) == 0 || len(out.Malformed) == 0 {
		t.Fatal("permissions.json holds no vectors")
	}
	return out
}

func (f fieldsVector) permission(t *testing.T) Permission {
	t.Helper()
	p := Permission{
		SignerType: SignerType(number(t, f.SignerType)),
		Signer:     f.Signer,
		ValidAfter: number(t, f.ValidAfter),
		ValidUntil: number(t, f.ValidUntil),
		Limit:      number(t, f.Limit),
		Salt:       [8]byte(f.Salt),
		Sudo:       f.Sudo,
		Contracts:  f.Contracts,
		Paymasters: f.Paymasters,
	}
	var ok bool
	if p.FeeLimit, ok = new(big.Int).SetString(f.FeeLimit, 10); !ok {
		t.Fatalf("feeLimit %q", f.FeeLimit)
	}
	for _, fn := range f.Functions {
		p.Functions = append(p.Functions, Function{fn.Target, userop.Selector(fn.Selector)})
	}
	for _, record := range f.Rules {
		rule, err := decodeRule(record[0], record[recordHead:], p.Functions)
		if err != nil {
			t.Fatalf("rule %s: %v", record, err)
		}
		p.Rules = append(p.Rules, rule)
	}
	return p
}

func number(t *testing.T, s string) uint64 {
	t.Helper()
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestValidVectors(t *testing.T) {
	t.Parallel()
	for _, v := range readVectors(t).Valid {
		want := v.Fields.permission(t)
		if packed := mustEncode(t, want); !bytes.Equal(packed, v.Permission) {
			t.Errorf("%s: encoded %x, want %x", v.Name, packed, v.Permission)
		}
		got, err := Decode(v.Permission)
		if err != nil {
			t.Errorf("%s: %v", v.Name, err)
		}
		if diff := cmp.Diff(want, got, compare); diff != "" {
			t.Errorf("%s: %s", v.Name, diff)
		}
		id := ID(number(t, v.ChainID), v.Account, number(t, v.Epoch), v.Permission)
		if id != v.SessionID {
			t.Errorf("%s: session id %s, want %s", v.Name, id, v.SessionID)
		}
	}
}

func TestMalformedVectors(t *testing.T) {
	t.Parallel()
	for _, v := range readVectors(t).Malformed {
		if _, err := Decode(v.Permission); err == nil {
			t.Errorf("%s (%s): decodes", v.Name, v.Reason)
		} else {
			t.Logf("%s (%s): %v", v.Name, v.Reason, err)
		}
	}
}
