package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/latchkey-dev/latchkey/internal/store"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"latchkey": func() { os.Exit(run(context.Background(), os.Args[1:])) },
	})
}

// Scripts run the program as people do. Each has an installation's database in
// the folder .latchkey, and nothing else.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			folder := filepath.Join(env.WorkDir, ".latchkey")
			if err := os.Mkdir(folder, 0o700); err != nil {
				return err
			}
			db, err := store.Open(context.Background(), "sqlite:"+filepath.Join(folder, "latchkey.db"))
			if err != nil {
				return err
			}
			return db.Close()
		},
	})
}

// Scripts about session keys have a development server of their own, whose
// folder is where the commands look for it.
func TestSessionScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/session",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			dev := start(t, filepath.Join(env.WorkDir, ".latchkey"))
			env.Defer(dev.close)
			env.Setenv("CONTRACT", dev.info.ContractAddress)
			return nil
		},
	})
}
