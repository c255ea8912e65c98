package user

import (
	"context"
	"fmt"
	"runtime"

	"github.com/alexedwards/argon2id"
)

// Passwords hashes passwords by Argon2id. It holds back those who come when
// every processor is busy with it already: each hash takes 19 MiB.
type Passwords struct {
	params *argon2id.Params
	slots  chan struct{}
	decoy  string
}

// NewPasswords hashes with the least that OWASP advises.
func NewPasswords() (*Passwords, error) {
	p := &Passwords{
		params: &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32},
		slots:  make(chan struct{}, runtime.NumCPU()),
	}
	var err error
	p.decoy, err = p.Hash(context.Background(), newToken())
	return p, err
}

func (p *Passwords) enter(ctx context.Context) error {
	select {
	case p.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait to hash a password: %w", context.Cause(ctx))
	}
}

// Hash answers a hash that says how it was made.
func (p *Passwords) Hash(ctx context.Context, password string) (string, error) {
	if err := p.enter(ctx); err != nil {
		return "", err
	}
	defer func() { <-p.slots }()
	hash, err := argon2id.CreateHash(password, p.params)
	if err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	return hash, nil
}

// Check reports whether a password is that of a hash. With a hash of "" it takes
// the same time to say no: how fast an answer comes does not tell whether there
// is an account.
func (p *Passwords) Check(ctx context.Context, password, hash string) (bool, error) {
	known := hash != ""
	if !known {
		hash = p.decoy
	}
	if err := p.enter(ctx); err != nil {
		return false, err
	}
	defer func() { <-p.slots }()
	right, err := argon2id.ComparePasswordAndHash(password, hash)
	if err != nil {
		return false, fmt.Errorf("check password: %w", err)
	}
	return right && known, nil
}
