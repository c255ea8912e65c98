package main

import (
	"fmt"
	"path/filepath"

	"github.com/latchkey-dev/latchkey/internal/store"
)

// lockDatabase keeps a second process away from a SQLite database, whichever
// command opens it and however it spells the path: only one may use it. sole
// says that nobody else can. On PostgreSQL the leases sort out who sends.
func lockDatabase(url string) (unlock func(), sole bool, err error) {
	at, err := store.Locate(url)
	if err != nil || at.File == "" {
		return func() {}, at.Memory, err
	}
	file, err := resolve(at.File)
	if err != nil {
		return nil, false, fmt.Errorf("find database %s: %w", at.File, err)
	}
	lock, err := lockFile(file + ".lock")
	if err != nil {
		return nil, false, fmt.Errorf("database %s is in use by another latchkey: stop that one, or use PostgreSQL (--database postgres://…) for several: %w", file, err)
	}
	return func() { _ = lock.Close() }, true, nil
}

// resolve answers the absolute path of a file that need not exist yet, without
// symbolic links.
func resolve(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real, nil
	}
	folder, err := filepath.EvalSymlinks(filepath.Dir(path))
	return filepath.Join(folder, filepath.Base(path)), err
}
