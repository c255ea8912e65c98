package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// One SQLite file has one lock, however it is spelled and whoever opens it.
func TestLockDatabase(t *testing.T) {
	folder := t.TempDir()
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(folder, link); err != nil {
		t.Fatal(err)
	}
	t.Chdir(folder)
	if err := os.Mkdir("sub", 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "latchkey.db")
	spellings := []string{path, "sqlite:" + path, "sqlite://" + path, "sqlite:latchkey.db", "latchkey.db", "./sub/../latchkey.db", filepath.Join(link, "latchkey.db")}
	for _, held := range spellings {
		unlock, sole, err := lockDatabase(held)
		if err != nil || !sole {
			t.Fatalf("%s: sole %t, %v", held, sole, err)
		}
		for _, other := range spellings {
			if _, _, err := lockDatabase(other); err == nil || !strings.Contains(err.Error(), "in use by another latchkey") {
				t.Errorf("%s while %s is locked: %v", other, held, err)
			}
		}
		unlock()
	}
}

func TestLockDatabase_thatNeedsNone(t *testing.T) {
	folder := t.TempDir()
	t.Chdir(folder)
	for url, sole := range map[string]bool{"sqlite::memory:": true, ":memory:": true, "postgres://user@host/name": false} {
		unlock, got, err := lockDatabase(url)
		if err != nil || got != sole {
			t.Errorf("%s: sole %t, want %t, %v", url, got, sole, err)
		}
		unlock()
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if _, _, err := lockDatabase("mysql://host/name"); err == nil {
		t.Error("an unknown database has a lock")
	}
}

// serve --data X and dev --data X use the same file, one at a time.
func TestLockDatabase_devAndServe(t *testing.T) {
	data := t.TempDir()
	folder, err := openDevFolder(devCommand{Data: data, ChainID: 31337})
	if err != nil {
		t.Fatal(err)
	}
	serve := "sqlite:" + filepath.Join(data, "latchkey.db")
	if _, _, err := lockDatabase(serve); err == nil {
		t.Error("serve opens the database of a running dev")
	}
	if err := folder.close(); err != nil {
		t.Fatal(err)
	}
	unlock, _, err := lockDatabase(serve)
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	if _, err := openDevFolder(devCommand{Data: data, ChainID: 31337}); err == nil {
		t.Error("dev opens the database of a running serve")
	}
}
