package signer

import (
	"context"
	"crypto/ecdsa"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math/big"
	"os"
	"strings"

	"github.com/ethereum/go-ethereum/accounts"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
)

// SignatureLength is the length of a signature r|s|v, v being 27 or 28.
const SignatureLength = 65

// Local is a secp256k1 key in the process's memory. It is safe for use by
// many goroutines. Formatting it, in whatever way, shows its address only.
type Local struct {
	_       [0]func() // keys are not compared with ==
	key     *ecdsa.PrivateKey
	address common.Address
}

// Generate makes a new random key.
func Generate() (*Local, error) {
	key, err := crypto.GenerateKey()
	if err != nil {
		return nil, fmt.Errorf("generate key: %w", err)
	}
	return fromECDSA(key), nil
}

// Parse reads a private key of 32 bytes in hex, with or without 0x.
func Parse(text string) (*Local, error) {
	raw, err := hex.DecodeString(strings.TrimPrefix(text, "0x"))
	if err != nil || len(raw) != 32 {
		// The cause is left out: it would quote a part of the key.
		return nil, fmt.Errorf("private key must be 64 hex digits, with or without 0x; %d characters were given", len(text))
	}
	key, err := crypto.ToECDSA(raw)
	if err != nil {
		return nil, errors.New("private key is not on the curve: it must be from 1 to the order of secp256k1 less 1")
	}
	return fromECDSA(key), nil
}

// LoadFile reads a key that was saved in hex. The file must be readable by its
// owner only.
func LoadFile(path string) (*Local, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("load key file %s: it does not exist; give the path of a file with a private key in hex: %w", path, err)
	}
	if err != nil {
		return nil, fmt.Errorf("load key file %s: %w", path, err)
	}
	if info.IsDir() {
		return nil, fmt.Errorf("load key file %s: it is a directory", path)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return nil, fmt.Errorf("load key file %s: others may read it (mode %04o); run: chmod 600 %s", path, mode, path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("load key file %s: %w", path, err)
	}
	key, err := Parse(strings.TrimSpace(string(text)))
	if err != nil {
		return nil, fmt.Errorf("load key file %s: %w", path, err)
	}
	return key, nil
}

// SaveFile writes the key in hex to a new file that only its owner may read.
// An existing file is an error, and is left as it was.
func (l *Local) SaveFile(path string) (err error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("save key of %s: %w", l.address, err)
	}
	_, err = file.WriteString(l.Reveal() + "\n")
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("save key of %s: %w", l.address, errors.Join(err, os.Remove(path)))
	}
	return nil
}

func fromECDSA(key *ecdsa.PrivateKey) *Local {
	return &Local{key: key, address: crypto.PubkeyToAddress(key.PublicKey)}
}

// Address is the address of the key.
func (l *Local) Address() common.Address { return l.address }

// SignHash signs the 32 bytes as they are, with low s.
func (l *Local) SignHash(_ context.Context, hash common.Hash) ([SignatureLength]byte, error) {
	sig, err := crypto.Sign(hash[:], l.key)
	if err != nil {
		return [SignatureLength]byte{}, fmt.Errorf("sign with key %s: %w", l.address, err)
	}
	sig[64] += 27
	return [SignatureLength]byte(sig), nil
}

// SignPersonal signs the EIP-191 form of the 32 bytes, as wallets sign
// messages.
func (l *Local) SignPersonal(ctx context.Context, hash common.Hash) ([SignatureLength]byte, error) {
	return l.SignHash(ctx, common.Hash(accounts.TextHash(hash[:])))
}

// SignTx returns a signed copy of tx for the chain.
func (l *Local) SignTx(_ context.Context, tx *types.Transaction, chainID *big.Int) (*types.Transaction, error) {
	signed, err := types.SignTx(tx, types.LatestSignerForChainID(chainID), l.key)
	if err != nil {
		return nil, fmt.Errorf("sign transaction with key %s for chain %s: %w", l.address, chainID, err)
	}
	return signed, nil
}

// Reveal returns the private key in hex with 0x. It is meant for key files and
// for development keys that a person is to use elsewhere.
func (l *Local) Reveal() string { return fmt.Sprintf("0x%x", crypto.FromECDSA(l.key)) }

// String shows the address, never the key.
func (l *Local) String() string { return "key of " + l.address.Hex() }

// Format makes every verb of fmt show what String does.
func (l *Local) Format(s fmt.State, _ rune) { _, _ = fmt.Fprint(s, l.String()) }

// LogValue makes slog show the address only.
func (l *Local) LogValue() slog.Value { return slog.StringValue(l.String()) }

// MarshalText keeps the key out of JSON and other text encodings.
func (l *Local) MarshalText() ([]byte, error) { return []byte(l.String()), nil }
