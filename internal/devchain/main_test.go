package devchain_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"

	"github.com/latchkey-dev/latchkey/internal/devchain"
)

// childDataDir makes the test binary run a chain instead of tests: the process
// that TestKillKeepsTheHead kills.
const childDataDir = "DEVCHAIN_TEST_CHILD_DATA_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDataDir); dir != "" {
		runChild(dir)
	}
	goleak.VerifyTestMain(m,
		// The node starts these once for the process.
		goleak.IgnoreTopFunction("github.com/ethereum/go-ethereum/core.(*txSenderCacher).cache"),
		// Ends by itself a second after its database was closed.
		goleak.IgnoreTopFunction("github.com/syndtr/goleveldb/leveldb.(*DB).mpoolDrain"),
	)
}

// runChild prints the chain's URL and waits to be killed.
func runChild(dir string) {
	node, err := devchain.Start(context.Background(), config(dir))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(node.URL())
	select {}
}
